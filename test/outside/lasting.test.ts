import { describe, expect, test } from "vitest"
import { done, every, failed, in_, step, stuck, type Workflow } from "../../src/index.ts"
import { daybook as define } from "../../src/app/define.ts"
import { json } from "../server/serving.ts"
import { child, heard, timed, workflow } from "../workflows/machine.ts"
import { served, type Body, type Server } from "./lasting-server.ts"

const data = { type: "object" }
const ask = (type: string, said = {}) => ({ type, target: null, data: said })

/** Waits for whatever a test tells it; `how` says what it does then. */
const job = workflow({
  type: "Job",
  start: ({ data: known }) =>
    step({ ...known, got: [] })
      .wait("it", { of: known["of"] ?? "me" }, { mode: "each", user: true })
      .timer("late", in_("1 hour")),
  on: {
    it: heard("It", ({ data: known, event }) => {
      const got = [...(known["got"] as string[]), event!.data["n"] as string]
      switch (event!.data["how"]) {
        case "end":
          return done(got)
        case "fail":
          return failed("It was told to")
        case "stick":
          return stuck("It was told to", { got })
        case "throw":
          throw new Error("It was told to")
        case "ask":
          return step({ ...known, got }).spawn("parts", [ask("Job", { of: "part" }), ask("Slow")], { mode: "all" })
        default:
          return step({ ...known, got })
      }
    }, { match: ({ of }) => ({ of: of ?? "me" }) }), // prettier-ignore
    late: timed(({ data: known }) =>
      step({ ...known, late: true }).timer("late", every("0 9 * * 1-5", "Europe/Zurich")),
    ),
    parts: child(({ outcomes }) => done(outcomes.map(({ state }) => state))),
  },
  abort: ({ data: known, reason }) =>
    known["undo"] === true ? step({ ...known, reason }).spawn("parts", ask("Slow")) : step({ ...known, reason }),
})
const line = workflow({
  type: "Line",
  start: () => step({}).timer("over", in_("1 day")),
  on: { over: timed(() => done()) },
  limit: { running: 1, key: null, priority: null },
})
const started = workflow({
  type: "Started",
  start: ({ data: known }) => step(known).wait("it", { of: "started" }),
  on: { it: heard("It", () => done()) },
  startedBy: { Begun: ({ data: said }) => (said["yes"] === true ? { target: null, data: { by: "event" } } : null) },
})

const appOf = (workflows: readonly Workflow[]) =>
  define({
    schema: {
      daybook: 1,
      name: "outside",
      version: 1,
      entities: { Thing: { attributes: { name: { type: "string" } } } },
      commands: Object.fromEntries(
        ["Slow", ...workflows.map(({ type }) => type)].map(type => [type, { target: null, data }]),
      ),
      events: Object.fromEntries(["It", "Begun"].map(type => [type, { stream: "Outside", requires: "edit", data }])),
    },
    workflows,
    handlers: [
      { kind: "handler", type: "Slow", inject: [], run: () => Promise.reject(new Error("The world is away")) },
    ],
  })
const app = appOf([job, line, started])

/** How an instance `j` comes into each state. */
const into: Readonly<Record<string, (server: Server) => Promise<unknown>>> = {
  async queued({ post }) {
    await post("/commands", { id: "first", ...ask("Line") })
    return post("/commands", { id: "j", ...ask("Line") })
  },
  waiting: ({ post }) => post("/commands", { id: "j", ...ask("Job") }),
  async stuck(server) {
    await into["waiting"]!(server)
    return server.tell("a", { how: "stick" })
  },
  async aborting(server) {
    await server.post("/commands", { id: "j", ...ask("Job", { undo: true }) })
    return server.post("/commands/j/abort", { reason: "rain" })
  },
  async succeeded(server) {
    await into["waiting"]!(server)
    return server.tell("a", { how: "end" })
  },
  async failed(server) {
    await into["waiting"]!(server)
    return server.tell("a", { how: "fail" })
  },
  async aborted(server) {
    await into["waiting"]!(server)
    return server.post("/commands/j/abort", {})
  },
  async retrying({ call, clock }) {
    let isAnswered = false
    void call("/commands", json({ id: "j", ...ask("Slow") }, { prefer: "respond-async" })).then(
      () => (isAnswered = true),
    )
    // Not even no time at all passes by itself.
    await expect.poll(() => clock.advance(0).then(() => isAnswered)).toBe(true)
  },
  rejected: ({ post }) => post("/commands", { id: "j", ...ask("Nothing") }),
}

/** By state: what each thing that is done comes to, as its status and the state after it. */
const outcomes: Readonly<Record<string, Readonly<Record<string, readonly [number, string]>>>> = {
  queued: { abort: [200, "aborted"], resume: [409, "queued"], change: [200, "queued"], fail: [200, "failed"], event: [200, "queued"] }, // prettier-ignore
  waiting: { abort: [200, "aborted"], resume: [409, "waiting"], change: [200, "waiting"], fail: [200, "failed"], event: [200, "succeeded"] }, // prettier-ignore
  stuck: { abort: [200, "aborted"], resume: [200, "waiting"], change: [200, "stuck"], fail: [200, "failed"], event: [200, "stuck"] }, // prettier-ignore
  aborting: { abort: [200, "aborting"], resume: [409, "aborting"], change: [200, "aborting"], fail: [200, "failed"], event: [200, "aborting"] }, // prettier-ignore
  succeeded: { abort: [200, "succeeded"], resume: [409, "succeeded"], change: [409, "succeeded"], fail: [409, "succeeded"], event: [200, "succeeded"] }, // prettier-ignore
  failed: { abort: [200, "failed"], resume: [409, "failed"], change: [409, "failed"], fail: [409, "failed"], event: [200, "failed"] }, // prettier-ignore
  aborted: { abort: [200, "aborted"], resume: [409, "aborted"], change: [409, "aborted"], fail: [409, "aborted"], event: [200, "aborted"] }, // prettier-ignore
  retrying: { abort: [200, "aborted"], resume: [404, "retrying"], change: [404, "retrying"], fail: [404, "retrying"], event: [404, "retrying"] }, // prettier-ignore
  rejected: { abort: [200, "rejected"], resume: [404, "rejected"], change: [404, "rejected"], fail: [404, "rejected"], event: [404, "rejected"] }, // prettier-ignore
}
const aboutJ = expect.stringContaining("j") as string
const deeds: Readonly<Record<string, (server: Server) => Promise<{ status: number; body: Body }>>> = {
  abort: ({ post }) => post("/commands/j/abort", { reason: "enough" }),
  resume: ({ post }) => post("/commands/j/resume", {}),
  change: ({ post }) => post("/commands/j/change", { data: { got: [], other: true } }),
  fail: ({ post }) => post("/commands/j/fail", { reason: "nobody wants it" }),
  event: ({ tell }) => tell("z", { how: "end" }),
}
const matrix = Object.entries(outcomes).flatMap(([state, row]) =>
  Object.entries(row).map(([deed, [status, after]]) => ({ state, deed, status, after })),
)

describe("what is done with a command, by the state in which it is:", () => {
  test.each(matrix)(
    "$deed while it is $state is answered with $status, and leaves it $after [W35 W46 W48 W49]",
    async ({ state, deed, status, after }) => {
      const server = await served(app)
      await into[state]!(server)
      expect(await server.of("j")).toMatchObject({ state })
      const before = await server.of("j")
      const said = await deeds[deed]!(server)
      expect(said.status).toBe(status)
      const code = { 409: "conflict", 404: "not-found" }[said.status]
      // What was refused has changed nothing.
      const unchanged = code === undefined ? {} : before
      const problem = code === undefined ? {} : { code, detail: aboutJ }
      expect(said.body).toMatchObject(problem)
      expect(await server.of("j")).toMatchObject(unchanged)
      const now = await server.of("j")
      expect(now).toMatchObject({ state: after })
      // Each state has its instant, and the newest is the one in which it is.
      const history = now["history"] as { state: string; at: string; t: number | null }[]
      expect(history.at(-1)?.state).toBe(after)
      const isEnd = ["succeeded", "failed", "aborted"].includes(after)
      expect(now).toMatchObject(isEnd ? { waits: [], timers: [] } : {})
      // Said twice, it comes to the same.
      const again = deed === "abort" ? (await deeds[deed]!(server)).body["state"] : after
      expect(again).toBe(after)
    },
  )

  test.each(["abort", "resume", "change", "fail"])(
    "%s of what is not there is not found, and a body of another shape is malformed",
    async verb => {
      const server = await served(app)
      expect(await server.post(`/commands/nobody/${verb}`, {})).toMatchObject({
        status: 404,
        body: { code: "not-found" },
      })
      await into["waiting"]!(server)
      for (const body of [[], 3, "x", { why: "so" }, { reason: 3, data: [] }]) {
        expect(await server.post(`/commands/j/${verb}`, body)).toMatchObject({
          status: 400,
          body: { code: "malformed" },
        })
      }
      expect(await server.of("j")).toMatchObject({ state: "waiting" })
    },
  )
})

describe("an event from outside", () => {
  test("that comes before anybody waits is kept, and is told when somebody does [W35]", async () => {
    const { post, of, tell } = await served(app)
    await post("/commands", { id: "first", ...ask("Line") })
    await post("/commands", { id: "s", ...ask("Started") })
    await tell("early", { of: "started" }, "first")
    expect(await of("first")).toMatchObject({ state: "waiting", mailbox: 1 })
    expect(await tell("now", { of: "started" }, null)).toMatchObject({ status: 200 })
    expect(await of("s")).toMatchObject({ state: "succeeded" })
  })

  test("is for those whose filter it is like, once, however often it is told [W35 W45]", async () => {
    const { post, of, tell } = await served(app)
    for (const who of ["a", "b"]) await post("/commands", { id: who, ...ask("Job", { of: who }) })
    await tell("1", { of: "a" }, null)
    await tell("1", { of: "a" }, null)
    await tell("2", { of: "c" }, null)
    // Told to one, it is that one's and no other's; what is not like its filter is kept, and told to nobody.
    await tell("3", { of: "b" }, "b")
    expect(await of("a")).toMatchObject({ data: { got: ["1"] } })
    expect(await of("b")).toMatchObject({ data: { got: ["3"] } })
    expect(await tell("1", { of: "b" }, null)).toMatchObject({ status: 409, body: { code: "duplicate-conflict" } })
  })

  test("starts what it starts, once, and says who asked [W30]", async () => {
    const { post, call } = await served(app)
    for (let n = 0; n < 2; n++) await post("/events", { id: "b", type: "Begun", data: { yes: true } })
    await post("/events", { id: "c", type: "Begun", data: { yes: false } })
    const { body } = await call("/commands?type=Started")
    expect(body["items"]).toMatchObject([{ state: "waiting", parent: "b", data: { by: "event" } }])
  })

  test.each([
    [{ type: "Nothing" }, 422, "unknown-type"],
    [{ type: "InstanceStarted" }, 422, "invalid"],
    [{ data: {} }, 400, "malformed"],
    [{ type: 3 }, 400, "malformed"],
    [{ type: "It", data: [] }, 400, "malformed"],
    [{ type: "It", more: 1 }, 400, "malformed"],
    [{ type: "It", to: "nobody" }, 404, "not-found"],
    [{ type: "It", id: "x".repeat(201) }, 400, "malformed"],
  ])("%j is refused with %i %s", async (body, status, code) => {
    const { post } = await served(app)
    expect(await post("/events", body)).toMatchObject({ status, body: { code } })
  })
})

describe("GET /commands/ID", () => {
  test("says why it waits: for what, since when, for whom, which children, and what is due next [W25 W35 W43 W44]", async () => {
    const server = await served(app)
    await into["waiting"]!(server)
    await server.tell("a", { how: "ask" })
    const { waits, timers, children } = await server.of("j")
    const [job, slow] = children as string[]
    expect(waits).toEqual([
      { name: "it", event: "It", filter: { of: "me" }, mode: "each", user: true, since: "2030-01-01T00:00:00.000Z", came: 0 },
      { name: "parts", children: [job, slow], mode: "all", user: false, since: "2030-01-01T00:00:00.000Z", came: 0 },
    ]) // prettier-ignore
    expect(timers).toEqual([{ name: "late", due: "2030-01-01T01:00:00.000Z" }])
    await server.clock.advance(3_600_000)
    // Tuesday, ten in the morning in Zurich is past nine of UTC; the next one is of the same day.
    expect((await server.of("j"))["timers"]).toEqual([
      { name: "late", due: "2030-01-01T08:00:00.000Z", every: { cron: "0 9 * * 1-5", zone: "Europe/Zurich" } },
    ])
    expect((await server.call(`/commands?parent=j`)).body["items"]).toHaveLength(2)
  })

  test("of one that is stuck says the reason, whether its code threw or said so [W22]", async () => {
    const server = await served(app)
    await into["stuck"]!(server)
    expect(await server.of("j")).toMatchObject({
      stuck: { reason: { message: "It was told to", facts: { got: ["a"] } } },
    })
    await server.post("/commands", { id: "k", ...ask("Job") })
    await server.tell("b", { how: "throw" }, "k")
    expect(await server.of("k")).toMatchObject({
      state: "stuck",
      stuck: { reason: { message: "Error: It was told to" } },
      mailbox: 1,
    })
    expect((await server.call("/commands?state=stuck")).body["items"]).toHaveLength(2)
  })

  test("as of any t says the state of that t, step by step [X4]", async () => {
    const server = await served(app)
    const seen: [number, unknown][] = []
    const note = async () =>
      seen.push([await server.daybook.basis(), await server.of("j").then(({ state, data: d }) => ({ state, data: d }))])
    await into["waiting"]!(server)
    await note()
    for (const n of ["a", "b"]) await server.tell(n).then(note)
    await server.tell("c", { how: "stick" }).then(note)
    await server.post("/commands/j/resume").then(note)
    await server.tell("d", { how: "end" }).then(note)
    for (const [t, then] of seen)
      expect((await server.call(`/commands/j?asOf=${t}`)).body).toMatchObject(then as object)
  })
})

describe("GET /commands", () => {
  test("by state, type, parent and owner, page by page, newest first, each once [W25]", async () => {
    const server = await served(app)
    for (let n = 0; n < 7; n++) await server.post("/commands", { id: `j${n}`, ...ask("Job", { of: `x${n}` }) })
    for (const n of [1, 4]) await server.post(`/commands/j${n}/abort`)
    const ids: string[] = []
    for (let after: string | null = ""; after !== null;) {
      const { body } = await server.call(
        `/commands?type=Job&state=waiting&limit=2${after === "" ? "" : `&after=${after}`}`,
      )
      ids.push(...(body["items"] as { id: string }[]).map(({ id }) => id))
      after = body["next"] as string | null
    }
    expect(ids).toEqual(["j6", "j5", "j3", "j2", "j0"])
    expect((await server.call("/commands?state=aborted&type=Job")).body["items"]).toHaveLength(2)
    expect((await server.call("/commands?owner=nobody")).body["items"]).toEqual([])
    for (const query of ["state=resting", "limit=0", "archived=perhaps", "kind=Job"])
      expect(await server.call(`/commands?${query}`)).toMatchObject({ status: 400 })
  })
})

describe("the archive", () => {
  test("takes trees that have ended, keeps their ids, tells of them when asked to, and gives them back [W55 W56]", async () => {
    const server = await served(app)
    await into["succeeded"]!(server)
    await server.post("/commands", { id: "k", ...ask("Job", { of: "k" }) })
    await server.clock.advance(60_000)
    for (const body of [{}, { olderThan: 3 }, { olderThan: "soon" }, { olderThan: "P1D", more: 1 }])
      expect((await server.post("/archive", body)).status).toBeGreaterThanOrEqual(400)
    expect(await server.post("/archive", { olderThan: "PT30S" })).toMatchObject({ status: 200 })
    expect(await server.of("j")).toMatchObject({ state: "succeeded", archivedAt: expect.any(String) })
    expect(await server.of("k")).toMatchObject({ state: "waiting" })
    expect((await server.call("/commands?type=Job")).body["items"]).toHaveLength(1)
    expect((await server.call("/commands?type=Job&archived=both")).body["items"]).toHaveLength(2)
    expect((await server.call("/commands?type=Job&archived=true")).body["items"]).toMatchObject([{ id: "j" }])
    expect(await server.post("/commands", { id: "j", ...ask("Job", { of: "other" }) })).toMatchObject({ status: 409 })
    for (const deed of ["abort"])
      expect((await server.post(`/commands/j/${deed}`)).body).toMatchObject({ state: "succeeded" })
    expect(await server.post("/commands/j/resume")).toMatchObject({ status: 409 })
    expect(await server.post("/archive/restore", { ids: ["j"] })).toMatchObject({ status: 200, body: { restored: 1 } })
    expect(await server.of("j")).not.toHaveProperty("archivedAt")
  })
})
