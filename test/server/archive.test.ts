import { expect, onTestFinished, test } from "vitest"
import { daybook as define, openDaybook } from "../../src/app.ts"
import { sqliteStore } from "../../src/adapters/sqlite/index.ts"
import { createServer } from "../../src/server/server.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { answer, json } from "./serving.ts"

const isOne = { is: ["$self", "$security"] }
const everybody = { read: ["one", "operator"], write: ["one", "operator"], create: ["one"] }
const schema = {
  daybook: 1,
  name: "people",
  version: 1,
  groups: { one: {}, operator: {} },
  entities: {
    Person: {
      attributes: { name: { type: "string" }, operates: { type: "boolean", default: false } },
      assign: [
        { group: "one", when: isOne },
        { group: "operator", when: { and: [isOne, { eq: [{ path: ["$self", "operates"] }, true] }] } },
      ],
      permissions: { ...everybody, operate: ["operator"] },
    },
  },
}

/** A server with an operator and ann, who has renamed herself three times, the last time lately. */
async function served() {
  const clock = simulatedClock()
  const store = sqliteStore({ path: ":memory:", now: () => clock.now() })
  const daybook = await openDaybook(define({ schema }), { store, clock, ids: seededIds(3) })
  const server = await createServer(daybook, { dev: true, host: "127.0.0.1", port: 0 })
  onTestFinished(async () => {
    await server.close()
    await daybook.close()
  })
  const call = async (path: string, as: string, body?: object) => {
    const headers = { "daybook-as": as }
    const { status, body: told } = await answer(fetch(server.url + path, body ? json(body, headers) : { headers }))
    return { status, body: told }
  }
  const rename = (id: string, name: string, as = "ann") =>
    call("/commands", as, {
      id,
      type: "Transact",
      target: null,
      data: { ops: [{ entity: "Person", id: "ann", set: { name } }] },
    })
  const people = ["ann", "op"].map(id => ({ entity: "Person", id, set: { operates: id === "op" } }))
  await call("/commands", "system", { id: "people", type: "Transact", target: null, data: { ops: people } })
  await rename("one", "Ann")
  await rename("two", "Anne")
  await clock.advance(100 * 86_400_000)
  await rename("three", "Anna")
  return { call, rename }
}

const idsIn = ({ body }: { body: unknown }) => (body as { items: { id: string }[] }).items.map(({ id }) => id)

test("who operates archives, and everybody still finds their own commands [W55 W56]", async () => {
  const { call, rename } = await served()
  const before = await rename("one", "Ann")
  const archived = await call("/archive", "op", { olderThan: "P90D" })
  expect(archived).toMatchObject({ status: 200, body: { archived: 3, t: 5 } })
  expect(idsIn(await call("/commands", "ann"))).toEqual(["three"])
  expect(idsIn(await call("/commands?archived=false", "ann"))).toEqual(["three"])
  expect(idsIn(await call("/commands?archived=true", "ann"))).toEqual(["two", "one"])
  expect(idsIn(await call("/commands?archived=both&limit=2", "ann"))).toEqual(["three", "two"])
  expect(idsIn(await call("/commands?archived=true", "system"))).toEqual(["two", "one", "people"])
  const { id } = archived.body as { id: string }
  expect(idsIn(await call("/commands", "system"))).toEqual([id, "three"])
  const own = await call("/commands/one", "ann")
  expect(own.body).toMatchObject({ id: "one", state: "succeeded", archivedAt: "2030-04-11T00:00:00.000Z" })
  expect(await rename("one", "Ann")).toEqual(before)
  expect((await rename("one", "Bob")).status).toBe(409)
})

test("what was archived is brought back [W56]", async () => {
  const { call } = await served()
  await call("/archive", "op", { olderThan: "2030-02-01T00:00:00Z" })
  expect(await call("/archive/restore", "op", { ids: ["two"] })).toMatchObject({ status: 200, body: { restored: 1 } })
  expect(idsIn(await call("/commands", "ann"))).toEqual(["three", "two"])
  expect((await call("/commands/two", "ann")).body).not.toHaveProperty("archivedAt")
})

test.each<readonly [string, string, object, number, string]>([
  ["ann", "/archive", { olderThan: "P90D" }, 403, "forbidden"],
  ["ann", "/archive/restore", { ids: ["one"] }, 403, "forbidden"],
  ["op", "/archive", {}, 400, "malformed"],
  ["op", "/archive", { olderThan: 90 }, 400, "malformed"],
  ["op", "/archive", { olderThan: "P90D", what: "else" }, 400, "malformed"],
  ["op", "/archive", [], 400, "malformed"],
  ["op", "/archive", { olderThan: "last year" }, 422, "invalid"],
  ["op", "/archive/restore", { ids: "one" }, 400, "malformed"],
  ["op", "/archive/restore", { ids: [""] }, 400, "malformed"],
  ["op", "/archive/restore", { ids: ["nobody"] }, 404, "not-found"],
  ["op", "/archive/restore", { ids: Array.from({ length: 1_001 }, (_, i) => `c${i}`) }, 413, "too-large"],
])("%s is told why not when asking %s for what may not be [W56]", async (as, path, body, status, code) => {
  const { call } = await served()
  expect(await call(path, as, body)).toMatchObject({ status, body: { code } })
  expect(idsIn(await call("/commands?archived=true", "system"))).toEqual([])
})
