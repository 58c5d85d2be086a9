import { describe, expect, test } from "vitest"
import type { Step } from "../../src/kernel/workflow.ts"
import { at, daybook, done, every, in_, step } from "../../src/index.ts"
import type { JsonObject } from "../../src/kernel/json.ts"
import { whenTestEnds } from "../ending.ts"
import { child, heard, timed, workflow } from "../workflows/machine.ts"
import { served, type Body, type Server } from "./lasting-server.ts"

const data = { type: "object" }
const ask = (type: string, said: JsonObject = {}) => ({ type, target: null, data: said })
const pay = (who: string, said: JsonObject = {}) => ({ type: "Pay", target: { type: "Person", id: who }, data: said })
const begun = () => step({})

/** First steps of what nobody knows: the command that leads to them is refused with what is known. */
const unknown: readonly (readonly [string, () => Step, RegExp])[] = [
  [
    "cron",
    () => begun().timer("rung", every("99 * * * *", "UTC")),
    /no cron expression.*minute: 99.*Known are five fields/,
  ],
  ["day", () => begun().timer("rung", every("0 9 30 2 *", "UTC")), /no such day.*Known are five fields/],
  [
    "zone",
    () => begun().timer("rung", every("0 * * * *", "Europe/Nowhere")),
    /no time zone: known are those of the IANA/,
  ],
  ["length", () => begun().timer("rung", in_("3 fortnights")), /no unit of time: known is .* minutes, hours, days/],
  ["instant", () => begun().timer("rung", at("tomorrow")), /no instant: known is a day and a time with an offset/],
]

/** First steps that say what cannot be; what is known is part of the answer. */
const wrong: readonly (readonly [string, () => Step, RegExp])[] = [
  ["wait", () => begun().wait("signature"), /waits for an event as signature, .* for an event it has signed/],
  ["timer", () => begun().timer("signed", in_("1 day")), /waits for a timer as signed, .* for a timer it has rung/],
  ["child", () => begun().spawn("signed", ask("Visit")), /waits for a child as signed, .* for a child it has parts/],
]

/** An application in which what is deaf ends when a gate is opened, and what is not hears when it is aborted. */
const appOf = (opened: Promise<string>, over: Promise<string>) =>
  daybook({
    schema: {
      daybook: 1,
      name: "waits",
      version: 1,
      entities: { Person: { attributes: { name: { type: "string" } } } },
      commands: {
        ...Object.fromEntries(
          ["Errand", "Trip", "Visit", "Line", "Odd", "Deaf"].map(type => [type, { target: null, data }]),
        ),
        Pay: { target: "Person", data },
      },
      events: Object.fromEntries(["Signed", "It"].map(type => [type, { stream: "Outside", requires: "edit", data }])),
    },
    workflows: [
      workflow({
        type: "Errand",
        start: ({ data: { how } }) =>
          [...unknown, ...wrong].find(([name]) => name === how)?.[1]() ?? begun().wait("signed"),
        on: {
          signed: heard("Signed", ({ data: { knows = null }, event }) => {
            const { by = null } = event!.data
            if (by === "odd" && knows !== by) throw new Error("Who is that?")
            return done(by)
          }),
          rung: timed(begun),
          parts: child(() => done()),
        },
      }),
      workflow({
        type: "Trip",
        start: () =>
          begun().spawn("parts", [ask("Errand"), ask("Deaf"), ask("Visit"), ask("Line"), pay("ann", { hang: true })], {
            mode: "all",
          }),
        on: { parts: child(({ outcomes }) => done(outcomes.map(({ state }) => state))) },
      }),
      workflow({
        type: "Visit",
        start: () =>
          begun()
            .wait("signed", { by: "host" }, { user: true })
            .spawn("parts", [pay("bob", { hang: true }), ask("Odd")]),
        on: { signed: heard("Signed", () => done()), parts: child(() => begun()) },
      }),
      workflow({
        type: "Line",
        start: () => begun().timer("over", in_("1 day")),
        on: { over: timed(() => done()) },
        limit: {
          running: 1,
          key: ({ desk = null }) => JSON.stringify(desk),
          priority: ({ urgent }) => (urgent === true ? 5 : 0),
        },
      }),
    ],
    handlers: [
      {
        kind: "handler",
        type: "Pay",
        inject: ["data", "signal"],
        run: async ({ hang = false }: { hang?: boolean }, signal: AbortSignal) => {
          if (!hang) return "paid"
          const aborted = Promise.withResolvers<string>()
          signal.addEventListener("abort", () => aborted.reject(signal.reason))
          return Promise.race([aborted.promise, over])
        },
      },
      { kind: "handler", type: "Deaf", inject: [], run: () => opened },
      { kind: "handler", type: "Odd", inject: [], run: () => Promise.reject(new Error("The world is away")) },
    ],
    prompts: [
      {
        kind: "prompt",
        name: "sign",
        of: null,
        order: 1,
        when: ({ pending }) =>
          pending.flatMap(({ command: { id }, waits }) =>
            waits.map(({ event }) => ({ kind: "sign", key: id, text: event })),
          ),
      },
    ],
  })

const items = ({ body }: { body: Body }) => body["items"] as Body[]
const start = async () => {
  const [gate, over] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()]
  const server = await served(appOf(gate.promise, over.promise))
  whenTestEnds(() => {
    gate.resolve("done")
    over.resolve("over")
  })
  return { ...server, open: () => gate.resolve("done") }
}
/** Asks for something and does not wait for its end; it is as far as it gets without any time passing. */
const begin = async ({ call, clock }: Server, body: object) => {
  const asked = call("/commands", {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", prefer: "respond-async" },
  })
  let isThere = false
  void asked.then(() => (isThere = true))
  await expect.poll(() => clock.advance(0).then(() => isThere)).toBe(true)
  return asked
}

describe("GET /commands/ID says why it waits:", () => {
  test("in line, for its turn among those with its key [W37]", async () => {
    const server = await start()
    for (const id of ["l1", "l2"])
      await server.post("/commands", { id, ...ask("Line", { desk: "back", urgent: id === "l2" }) })
    expect(await server.of("l1")).toMatchObject({ state: "waiting", timers: [{ name: "over" }] })
    expect(await server.of("l1")).not.toHaveProperty("turn")
    expect(await server.of("l2")).toMatchObject({
      state: "queued",
      turn: { workflow: "Line", key: '"back"', priority: 5 },
    })
  })

  test("behind another one about the same entity; and until it is tried again [X6]", async () => {
    const server = await start()
    await begin(server, { id: "p1", ...pay("ann", { hang: true }) })
    await begin(server, { id: "p2", ...pay("ann") })
    await begin(server, { id: "o", ...ask("Odd") })
    expect(await server.of("p1")).toMatchObject({ state: "running" })
    expect(await server.of("p2")).toMatchObject({ state: "queued", turn: { about: { type: "Person", id: "ann" } } })
    const { state, retry } = await server.of("o")
    expect([state, retry]).toEqual(["retrying", { attempts: 1, due: expect.stringMatching(/^2030-01-01T00:00:0\d/) }])
  })

  test("while it is aborted, for the ends of its children, and for nothing else [W48 W49]", async () => {
    const server = await start()
    await begin(server, { id: "t", ...ask("Trip") })
    await server.clock.advance(1)
    const children = (await server.of("t"))["children"] as string[]
    expect(await server.of("t")).toMatchObject({ state: "waiting", waits: [{ name: "parts", children, mode: "all" }] })
    await server.call("/commands/t/abort", { method: "POST" })
    await server.clock.advance(1_000)
    const deaf = items(await server.call("/commands?type=Deaf")).map(({ id }) => id)
    const { state, waits } = await server.of("t")
    const rest = { mode: "all", user: false, since: "2030-01-01T00:00:00.001Z", came: 0 }
    expect([state, waits]).toEqual(["aborting", [{ name: "parts", children: deaf, ...rest }]])
    server.open()
    await server.clock.advance(1_000)
    expect(await server.of("t")).toMatchObject({ state: "aborted", waits: [] })
  })
})

describe("POST /commands/ID/abort", () => {
  test("ends children and their children, in whatever state they are, and nobody else; what is over stays as it is [W48 W49]", async () => {
    const server = await start()
    server.open()
    // In the way of one of its children: another one about the same person.
    await begin(server, { id: "before", ...pay("ann", { hang: true }) })
    for (const id of ["t", "other"]) await begin(server, { id, ...ask("Trip") })
    await server.clock.advance(1)
    const statesBelow = async (id: string): Promise<string[]> => {
      const below = items(await server.call(`/commands?parent=${id}`))
      const deeper = await Promise.all(below.map(async one => statesBelow(one["id"] as string)))
      return [...below.map(({ type, state }) => `${type as string} ${state as string}`), ...deeper.flat()].toSorted()
    }
    const under = ["Deaf succeeded", "Errand waiting", "Odd retrying", "Pay queued", "Visit waiting"]
    expect(await statesBelow("t")).toEqual([
      ...under.slice(0, 2),
      "Line waiting",
      "Odd retrying",
      "Pay queued",
      "Pay running",
      "Visit waiting",
    ])
    const others = await statesBelow("other")
    expect(others).toEqual([
      ...under.slice(0, 2),
      "Line queued",
      "Odd retrying",
      "Pay queued",
      "Pay queued",
      "Visit waiting",
    ])
    await server.call("/commands/t/abort", { method: "POST" })
    await server.clock.advance(10)
    expect(await server.of("t")).toMatchObject({ state: "aborted", waits: [], timers: [] })
    expect(await statesBelow("t")).toEqual([
      "Deaf succeeded",
      "Errand aborted",
      "Line aborted",
      "Odd aborted",
      "Pay aborted",
      "Pay aborted",
      "Visit aborted",
    ])
    // What has become free by that is another one's.
    expect((await statesBelow("other")).filter(state => /^(Line|Pay)/.test(state))).toEqual([
      "Line waiting",
      "Pay queued",
      "Pay running",
    ])
    expect(await server.of("before")).toMatchObject({ state: "running" })
  })
})

describe("POST /events", () => {
  test("to nobody is recorded, and changes nothing; to many wakes each of them once [W30 W35 W45]", async () => {
    const server = await start()
    const { post, call, of } = server
    const { body } = await post("/events", { id: "n", type: "Signed", data: {} })
    expect(body).toMatchObject({ state: "succeeded", events: [{ type: "Signed" }] })
    const ids = Array.from({ length: 20 }, (_, n) => `e${n}`)
    await post(
      "/commands",
      ids.map(id => ({ id, ...ask("Errand") })),
    )
    const basis = await server.daybook.basis()
    await post("/events", { type: "It", data: {} })
    expect(await server.daybook.basis()).toBe(basis + 1)
    for (let n = 0; n < 2; n++)
      expect(await post("/events", { id: "s", type: "Signed", data: {} })).toMatchObject({ status: 200 })
    for (const id of ids) {
      const { state, history } = await of(id)
      expect([state, (history as Body[]).map(one => one["state"])]).toEqual(["succeeded", ["waiting", "succeeded"]])
    }
    expect((await call("/events?types=Signed")).body["events"]).toHaveLength(2)
  })
})

test("what comes to one that is stuck is kept, and told in its order when it goes on; its history says since when and until when [W22 W25]", async () => {
  const { post, of } = await start()
  await post("/commands", { id: "e", ...ask("Errand") })
  for (const by of ["odd", "b", "c", "d", "e", "f"]) await post("/events", { type: "Signed", data: { by }, to: "e" })
  const reason = { message: expect.stringMatching("Who is that") as string }
  expect(await of("e")).toMatchObject({ state: "stuck", mailbox: 6, stuck: { reason } })
  // As it is it is stuck again.
  await post("/commands/e/resume")
  const { history, ...before } = await of("e")
  expect(before).toMatchObject({ state: "stuck", mailbox: 6 })
  expect((history as Body[]).map(({ state }) => state)).toEqual(["waiting", "stuck", "stuck"])
  await post("/commands/e/change", { data: { knows: "odd" } })
  await post("/commands/e/resume")
  expect(await of("e")).toMatchObject({ state: "succeeded", result: "odd", mailbox: 0 })
})

describe("a first step that says what cannot be", () => {
  test.each(unknown)(
    "(%s) refuses its command with a sentence that says what is known, and may come again [W43 W44 W46]",
    async (how, _, sentence) => {
      const { post, of } = await start()
      const { status, body } = await post("/commands", { id: "a", ...ask("Errand", { how }) })
      expect([status, body.code]).toEqual([422, "invalid"])
      expect(body.detail).toMatch(sentence)
      expect(await of("a")).toMatchObject({ state: "rejected" })
      expect(await post("/commands", { id: "a", ...ask("Errand") })).toMatchObject({ status: 202 })
    },
  )

  test.each(wrong)(
    "(%s) makes its instance stuck with a sentence that says what is known, and a person leads on [W22 W41 W43 W46]",
    async (how, _, sentence) => {
      const { post, of, daybook: running } = await start()
      for (const id of ["a", "b", "c"]) {
        expect(await post("/commands", { id, ...ask("Errand", { how }) })).toMatchObject({
          status: 202,
          body: { state: "stuck" },
        })
        expect(await of(id)).toMatchObject({
          state: "stuck",
          stuck: { on: "start", reason: { code: "invalid", message: expect.stringMatching(sentence) } },
          waits: [],
          timers: [],
        })
      }
      // As it is it is stuck again; with other data it begins.
      expect(await post("/commands/a/resume")).toMatchObject({ status: 200, body: { state: "stuck" } })
      await post("/commands/a/change", { data: {} })
      expect(await post("/commands/a/resume")).toMatchObject({ status: 200, body: { state: "waiting" } })
      await post("/events", { type: "Signed", data: {} })
      expect(await of("a")).toMatchObject({ state: "succeeded" })
      expect(await post("/commands/b/fail", { reason: "nobody wants it" })).toMatchObject({ status: 200 })
      expect(await of("b")).toMatchObject({
        state: "failed",
        error: { message: expect.stringMatching("nobody wants it") },
      })
      await post("/commands/c/abort")
      expect(await of("c")).toMatchObject({ state: "aborted" })
      const findings = []
      for await (const finding of running.verify()) findings.push(finding)
      expect(findings).toEqual([])
    },
  )
})

describe("GET /prompts", () => {
  test("tells of what waits for its owner as long as it does, and of nobody else's [W11 W12 W15]", async () => {
    const { call, clock } = await start()
    const prompts = async (owner: string) =>
      items(await call(`/prompts?owner=${owner}`)).map(({ key, text }) => [key, text])
    const visit = async (id: string, as: string) =>
      call("/commands", {
        method: "POST",
        body: JSON.stringify({ id, ...ask("Visit") }),
        headers: { "content-type": "application/json", "daybook-as": as },
      })
    expect(await prompts("system")).toEqual([])
    await visit("v1", "system")
    await clock.advance(1)
    await visit("v2", "system")
    expect(await prompts("system")).toEqual([
      ["v2", "Signed"],
      ["v1", "Signed"],
    ])
    expect(await prompts("ann")).toEqual([])
    await call("/commands/v2/abort", { method: "POST" })
    await clock.advance(1)
    expect(await prompts("system")).toEqual([["v1", "Signed"]])
    await call("/events", {
      method: "POST",
      body: JSON.stringify({ type: "Signed", data: { by: "guest" } }),
      headers: { "content-type": "application/json" },
    })
    await clock.advance(1)
    expect(await prompts("system")).toEqual([["v1", "Signed"]])
    await call("/events", {
      method: "POST",
      body: JSON.stringify({ type: "Signed", data: { by: "host" } }),
      headers: { "content-type": "application/json" },
    })
    await clock.advance(1)
    expect(await prompts("system")).toEqual([])
  })
})
