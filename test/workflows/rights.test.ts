import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { daybook as define } from "../../src/app/define.ts"
import { openDaybook } from "../../src/app/open.ts"
import type { Daybook } from "../../src/daybook.ts"
import { in_ } from "../../src/kernel/moments.ts"
import { done, step } from "../../src/kernel/workflow.ts"
import { createServer, type Server } from "../../src/server/server.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { testStore } from "../../src/testing/test-store.ts"
import { answer, json } from "../server/serving.ts"
import { child, heard, timed, workflow } from "./machine.ts"

const oneself = { group: "oneself", when: { is: ["$self", "$security"] } }
const app = define({
  schema: {
    daybook: 1,
    name: "rights",
    version: 1,
    entities: {
      Person: {
        attributes: { name: { type: "string" } },
        assign: [oneself],
        permissions: { read: "oneself", edit: "oneself", operate: "bosses" },
      },
    },
    groups: { oneself: {}, bosses: {} },
    commands: {
      Dream: { target: null, requires: "edit", data: { type: "object" } },
      Rule: { target: null, requires: "operate", data: { type: "object" } },
      Part: { target: null, requires: "edit", data: { type: "object" } },
    },
    events: {
      Woke: { stream: "Outside", requires: "edit", data: { type: "object" } },
      Crowned: { stream: "Outside", requires: "operate", data: { type: "object" } },
    },
  },
  workflows: [
    workflow({
      type: "Dream",
      start: ({ data }) =>
        step({ ...data, secret: "of ann" })
          .spawn("part", { type: "Part", target: null, data: { secret: "of the part" } })
          .wait("woke")
          .timer("late", in_("1 day")),
      on: {
        part: child(({ data }) => step(data)),
        woke: heard("Woke", ({ data }) => done(data)),
        late: timed(() => done("late")),
      },
    }),
    workflow({
      type: "Part",
      start: ({ data }) => step(data).timer("over", in_("2 days")),
      on: { over: timed(() => done()) },
    }),
    workflow({ type: "Rule", start: () => done("ruled") }),
  ],
})

let daybook: Daybook
let server: Server
const clock = simulatedClock()
const as = (who: string) => ({ "daybook-as": who })
const get = (path: string, who: string) => answer(fetch(server.url + path, { headers: as(who) }))
const post = (path: string, body: object, who: string) => answer(fetch(server.url + path, json(body, as(who))))
const code = ({ status, body }: { status: number; body: unknown }) => [status, (body as { code?: string }).code]

beforeAll(async () => {
  const store = await testStore(clock)
  daybook = await openDaybook(app, { store, clock, ids: seededIds(1) })
  server = await createServer(daybook, { dev: true, host: "127.0.0.1", port: 0 })
  for (const name of ["ann", "bob"]) {
    const data = { ops: [{ entity: "Person", id: name, set: { name } }] }
    await daybook.request({ id: `make-${name}`, type: "Transact", target: null, data }, { actor: "system" })
  }
  await post("/commands", { id: "d", type: "Dream", data: { about: "sheep" } }, "ann")
  await clock.idle()
})
afterAll(async () => {
  await server.close()
  await daybook.close()
})

describe("an instance", () => {
  test("is seen by whose it is, with its children, and what came of them [W23 W32]", async () => {
    const { body } = await get("/commands/d", "ann")
    expect(body).toMatchObject({
      state: "waiting",
      owner: "ann",
      data: { secret: "of ann" },
      waits: [{ name: "part" }, { name: "woke" }],
    })
    const [part] = (body as { children: string[] }).children
    expect((await get(`/commands/${part}`, "ann")).body).toMatchObject({
      owner: "ann",
      parent: "d",
      data: { secret: "of the part" },
    })
    expect((await get("/commands?parent=d", "ann")).body).toMatchObject({ items: [{ id: part }] })
  })

  test.each(["/commands/d", "/streams/CommandInstance/instance:d", "/commands/d?asOf=5"])(
    "is not there for somebody else at %s [W23 L73]",
    async path => {
      expect((await get(path, "bob")).status).toBe(404)
      expect((await get(path, "nobody")).status).toBe(404)
    },
  )

  test("is told of to nobody else by any list, feed, or query [W23 L73]", async () => {
    const find = [["?e", "CommandInstance/workflow", "?w"]]
    const answers = [
      await get("/commands", "bob"),
      await get("/commands?owner=ann", "bob"),
      await get("/commands?parent=d", "bob"),
      await get("/events", "bob"),
      await get("/prompts?owner=ann", "bob"),
      await post("/query", { find: ["?e", "?w"], where: find }, "bob"),
      await post("/query", { pull: ["*"], of: "instance:d" }, "bob"),
      await post("/query", { history: "instance:d" }, "bob"),
    ]
    for (const { body } of answers) {
      expect(JSON.stringify(body)).not.toMatch(/secret|sheep|Dream/)
    }
  })

  test("is aborted, resumed, changed or let fail by nobody else [W23 W48]", async () => {
    expect(code(await post("/commands/d/abort", {}, "bob"))).toEqual([404, "not-found"])
    for (const verb of ["resume", "change", "fail"]) {
      const body = verb === "change" ? { data: {} } : {}
      expect((await post(`/commands/d/${verb}`, body, "bob")).status).toBeGreaterThanOrEqual(403)
      expect((await post(`/commands/d/${verb}`, body, "ann")).status).toBe(403)
    }
    expect((await get("/commands/d", "ann")).body).toMatchObject({ state: "waiting" })
  })

  test("is started by who may, and events are told by who may [W24 W30]", async () => {
    expect(code(await post("/commands", { id: "r", type: "Rule", data: {} }, "ann"))).toEqual([403, "forbidden"])
    expect(code(await post("/events", { type: "Crowned", data: {}, to: "d" }, "bob"))).toEqual([403, "forbidden"])
    expect(code(await post("/events", { type: "Woken", data: {} }, "bob"))).toEqual([422, "unknown-type"])
    expect(code(await post("/commands", { id: "n", type: "Nothing", data: {} }, "ann"))).toEqual([
      422,
      "unknown-command",
    ])
    expect((await post("/events", { type: "Woke", data: {}, to: "nobody" }, "bob")).status).toBe(404)
  })

  test("is aborted by whose it is, with its children, and told so [W23 W48]", async () => {
    await post("/commands", { id: "e", type: "Dream", data: {} }, "bob")
    await clock.idle()
    const aborted = await post("/commands/e/abort", { reason: "awake" }, "bob")
    expect(aborted.status).toBe(200)
    await clock.idle()
    const { body } = await get("/commands/e", "bob")
    expect(body).toMatchObject({ state: "aborted", waits: [], timers: [] })
    const [part] = (body as { children: string[] }).children
    expect((await get(`/commands/${part}`, "bob")).body).toMatchObject({ state: "aborted" })
    expect((await post("/commands/e/abort", {}, "bob")).body).toMatchObject({ state: "aborted" })
  })

  test("hears an event from outside once, however often it is told by the same id [W30 W45 N9]", async () => {
    const event = { id: "woken", type: "Woke", data: {} }
    const first = await post("/events", event, "bob")
    expect((await post("/events", event, "bob")).body).toEqual(first.body)
    expect(code(await post("/events", { ...event, data: { other: 1 } }, "bob"))).toEqual([409, "duplicate-conflict"])
    await clock.idle()
    expect((await get("/commands/d", "ann")).body).toMatchObject({ state: "succeeded", result: { about: "sheep" } })
    const findings = []
    for await (const finding of daybook.verify()) findings.push(finding)
    expect(findings).toEqual([])
  })
})
