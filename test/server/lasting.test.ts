import { afterEach, expect, test } from "vitest"
import { sqliteStore } from "../../src/adapters/sqlite/index.ts"
import {
  daybook as define,
  done,
  in_,
  openDaybook,
  partsOf,
  step,
  stuck,
  type App,
  type Parts,
} from "../../src/index.ts"
import { defineSchema } from "../../src/schema/infer.ts"
import { createServer } from "../../src/server/server.ts"
import { simulatedClock, type SimulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { testStore } from "../../src/testing/test-store.ts"
import { answer, json } from "./serving.ts"

const schema = defineSchema({
  daybook: 1,
  name: "offers",
  version: 1,
  entities: {
    Person: {
      attributes: { self: { type: "ref", to: ["Person"] } },
      assign: [{ group: "oneself", when: { is: ["$self", "$security"] } }],
      permissions: { read: "oneself", write: "oneself" },
    },
  },
  groups: { oneself: {} },
  commands: {
    Offer: { target: null, data: { type: "object", properties: { special: { type: "string" } } } },
    Think: { target: null, data: { type: "object" } },
  },
  events: {
    SpecialClicked: {
      stream: "Outside",
      requires: "read",
      data: { type: "object", properties: { special: { type: "string" } }, required: ["special"] },
    },
    Paid: { stream: "Outside", data: { type: "object" } },
  },
} as const)
const { workflow } = partsOf(schema)

const offer = workflow("Offer", {
  start: ({ data }) =>
    step({ special: data.special ?? "none" })
      .wait("clicked", { special: data.special ?? "none" }, { user: true })
      .timer("over", in_("3 days")),
  on: ({ heard }) => ({
    clicked: heard("SpecialClicked", () => done("clicked")),
    over: () => done("over"),
  }),
})
const think = workflow("Think", {
  start: ({ id }) => step({ enough: false, id }).wait("paid"),
  on: ({ heard }) => ({
    paid: heard("Paid", ({ data }) => (data.enough ? done("paid") : stuck("That is not enough", { missing: 3 }))),
  }),
})

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function served() {
  const clock = simulatedClock("2030-01-01T00:00:00Z")
  const store = sqliteStore({ path: ":memory:", now: () => clock.now() })
  return servedBy(define({ schema, workflows: [offer, think] }), { store, clock, ids: seededIds(3) })
}

async function servedBy(app: App, parts: Parts & { readonly clock: SimulatedClock }) {
  const daybook = await openDaybook(app, parts)
  const server = await createServer(daybook, { dev: true, host: "127.0.0.1", port: 0 })
  closing.push(
    () => daybook.close(),
    () => server.close(),
  )
  const call = (path: string, init?: RequestInit) => answer(fetch(server.url + path, init))
  return { daybook, clock: parts.clock, call }
}

const asked = (id: string, type: string, data = {}) => json({ id, type, data })

test("a command that waits is answered with that, and tells what it waits for, since when and until when [W25 W35]", async () => {
  const { call } = await served()
  expect(await call("/commands", asked("o1", "Offer", { special: "pears" }))).toMatchObject({
    status: 202,
    body: { id: "o1", state: "waiting" },
  })
  expect((await call("/commands/o1")).body).toMatchObject({
    state: "waiting",
    owner: "system",
    data: { special: "pears" },
    waits: [{ name: "clicked", event: "SpecialClicked", filter: { special: "pears" }, mode: "any", user: true }],
    timers: [{ name: "over", due: "2030-01-04T00:00:00.000Z" }],
  })
})

test("an event from outside wakes whoever waits for it, once, whoever may tell it [W30 W45]", async () => {
  const { call, daybook } = await served()
  await call("/commands", asked("o1", "Offer", { special: "pears" }))
  await call("/commands", asked("o2", "Offer", { special: "plums" }))
  const click = { id: "e1", type: "SpecialClicked", data: { special: "pears" } }
  expect(await call("/events", json(click, { "daybook-as": "nobody" }))).toMatchObject({ status: 403 })
  const told = await call("/events", json(click))
  expect(told).toMatchObject({ status: 200, body: { id: "e1", state: "succeeded" } })
  expect((await call("/events", json(click))).body).toEqual(told.body)
  await daybook.drain()
  expect((await call("/commands/o1")).body).toMatchObject({
    state: "succeeded",
    result: "clicked",
    waits: [],
    timers: [],
  })
  expect((await call("/commands/o2")).body).toMatchObject({ state: "waiting" })
})

test("what is not told from outside is refused with what is, and a body of another shape with its places", async () => {
  const { call } = await served()
  expect(await call("/events", json({ type: "Nothing" }))).toMatchObject({
    status: 422,
    body: { code: "unknown-type", detail: expect.stringContaining("SpecialClicked, Paid") },
  })
  expect(await call("/events", json({ type: "SpecialClicked", data: {} }))).toMatchObject({
    status: 422,
    body: { code: "invalid" },
  })
  expect(await call("/events", json({ kind: "SpecialClicked", to: 3 }))).toMatchObject({
    status: 400,
    body: { code: "malformed", errors: [{ path: "/kind" }, { path: "/to" }, { path: "/type" }] },
  })
  expect(await call("/events", json({ type: "Paid", to: "nobody" }))).toMatchObject({ status: 404 })
})

test("one that is stuck says why, and a person changes it and lets it go on, or fail [W21 W46]", async () => {
  const { call, daybook } = await served()
  for (const id of ["t1", "t2"]) {
    await call("/commands", asked(id, "Think"))
    await call("/events", json({ type: "Paid", to: id }))
  }
  await daybook.drain()
  expect((await call("/commands/t1")).body).toMatchObject({
    state: "stuck",
    stuck: { reason: { message: "That is not enough", facts: { missing: 3 } } },
  })
  expect((await call("/commands?state=stuck")).body["items"]).toHaveLength(2)
  expect(await call("/commands/t1/resume", json({}, { "daybook-as": "ann" }))).toMatchObject({ status: 403 })
  await call("/commands/t1/change", json({ data: { enough: true } }))
  expect((await call("/commands/t1/resume", json({}))).body).toMatchObject({ state: "waiting" })
  expect((await call("/commands/t2/fail", json({ reason: "nobody pays" }))).body).toMatchObject({ state: "failed" })
  expect((await call("/commands/t2")).body).toMatchObject({ error: { message: "nobody pays", by: "system" } })
})

test("one whose workflow is gone from the code says why it is stuck, and what it is now and was [W21 W46]", async () => {
  const clock = simulatedClock("2030-01-01T00:00:00Z")
  const store = await testStore(clock)
  // The store stays open when the first daybook is closed.
  const parts = { store: { ...store, close: async () => {} }, clock, ids: seededIds(3) }
  const before = await servedBy(define({ schema, workflows: [offer, think] }), parts)
  await before.call("/commands", asked("o1", "Offer", { special: "pears" }))
  await before.call("/commands", asked("t1", "Think"))
  await before.daybook.drain()
  const t = await before.daybook.basis()
  await before.daybook.close()
  const { Offer: _, ...commands } = schema.commands
  const app = define({ schema: { ...schema, version: 2, commands }, workflows: [think] })
  const { call, daybook } = await servedBy(app, { store, clock, ids: seededIds(4) })
  await clock.advance(3 * 86_400_000)
  await daybook.drain()
  const stuck = { state: "stuck", data: { special: "pears" }, mailbox: 1, stuck: { reason: { code: "version" } } }
  expect(await call("/commands/o1")).toMatchObject({ status: 200, body: stuck })
  expect((await call("/commands?state=stuck")).body["items"]).toMatchObject([stuck])
  expect((await call(`/commands/o1?asOf=${t}`)).body).toMatchObject({
    state: "waiting",
    waits: [{ name: "clicked", user: true }],
    timers: [{ name: "over" }],
  })
  const { body } = await call("/commands/o1/fail", json({ reason: "nobody offers any more" }))
  expect(body).toEqual({ id: "o1", state: "failed" })
  expect((await call("/commands/o1")).body).toMatchObject({ state: "failed", data: { special: "pears" }, waits: [] })
})

test("whoever says how long they wait is told the end of a lasting command", async () => {
  const { call, clock } = await served()
  const waiting = call("/commands", {
    ...asked("o1", "Offer"),
    headers: { "content-type": "application/json", prefer: "wait=10" },
  })
  await expect.poll(() => clock.nextDue()).not.toBeNull()
  await call("/events", json({ type: "SpecialClicked", data: { special: "none" } }))
  expect(await waiting).toMatchObject({ status: 200, body: { state: "succeeded", result: "clicked" } })
})

test("a command is aborted by whose it is, and what it was at a t is told [W46 W48 X4]", async () => {
  const { call, daybook, clock } = await served()
  await call("/commands", asked("o1", "Offer", { special: "pears" }))
  const t = await daybook.basis()
  expect(await call("/commands/o1/abort", json({}, { "daybook-as": "ann" }))).toMatchObject({ status: 404 })
  expect((await call("/commands/o1/abort", json({ reason: "no more pears" }))).body).toMatchObject({ state: "aborted" })
  await clock.advance(4 * 86_400_000)
  expect((await call("/commands/o1")).body).toMatchObject({ state: "aborted", waits: [], timers: [] })
  expect((await call(`/commands/o1?asOf=${t}`)).body).toMatchObject({ state: "waiting", waits: [{ name: "clicked" }] })
  expect(await call("/commands/o1?asOf=0")).toMatchObject({ status: 404 })
  const { events } = await daybook.stream("instance:o1", 1, 10)
  expect(events.map(({ type, data }) => [type, data["reason"] ?? data["on"]])).toEqual([
    ["InstanceStarted", "start"],
    ["AbortRequested", "no more pears"],
    ["InstanceEnded", "abort"],
  ])
})

test("whoever waits for an end is told that the daybook closes", async () => {
  const { daybook, call } = await served()
  await call("/commands", asked("o1", "Offer"))
  const ended = daybook.ended("o1").catch((error: unknown) => error)
  await daybook.close()
  expect(await ended).toMatchObject({ code: "unavailable" })
})
