import { afterEach, expect, test } from "vitest"
import { sqliteStore } from "../../src/adapters/sqlite/index.ts"
import { daybook as define, openDaybook, partsOf } from "../../src/app.ts"
import { defineSchema } from "../../src/schema/infer.ts"
import { createServer } from "../../src/server/server.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { answer, expectSoon, json, type Body } from "./serving.ts"

const schema = defineSchema({
  daybook: 1,
  name: "notes",
  version: 1,
  groups: { nobody: {} },
  entities: {
    Note: {
      permissions: { read: { not: "nobody" }, write: { not: "nobody" } },
      attributes: {
        text: { type: "string" },
        slug: { type: "string", unique: "identity" },
        struck: { type: "boolean", default: false },
      },
    },
  },
  commands: {
    Write: {
      target: "Note",
      data: {
        type: "object",
        properties: { text: { type: "string", maxLength: 20 } },
        required: ["text"],
        additionalProperties: false,
      },
    },
    Strike: { target: "Note", data: { type: "object" } },
  },
  events: {
    Written: { stream: "Note", data: { type: "object", properties: { text: { type: "string" } }, required: ["text"] } },
    Struck: { stream: "Note", data: { type: "object" } },
    AlreadyStruck: { stream: "Note", rejection: true, data: { type: "object" } },
  },
} as const)
const parts = partsOf(schema)

const note = parts.aggregate("Note", {
  decide: {
    Write: ({ text }) => parts.event("Written", { text }),
    Strike: (_data, note) => (note.struck ? parts.reject("AlreadyStruck", {}) : parts.event("Struck", {})),
  },
  evolve: { Written: (note, { text }) => ({ ...note, text }), Struck: note => ({ ...note, struck: true }) },
})
const texts = parts.projection("texts", {
  version: 1,
  on: {
    Written: { keys: e => e.stream.id, fold: (_row, { data }) => ({ text: data.text }) },
  },
})
const failing = parts.processor("failing", {
  on: "Struck",
  attemptsMax: 1,
  effect() {
    throw new Error("no route")
  },
})

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function served() {
  const clock = simulatedClock()
  const app = define({ schema, aggregates: [note], projections: [texts], processors: [failing] })
  const daybook = await openDaybook(app, {
    store: sqliteStore({ path: ":memory:", now: () => clock.now() }),
    clock,
    ids: seededIds(3),
  })
  const server = await createServer(daybook, { dev: true, host: "127.0.0.1", port: 0 })
  closing.push(
    () => daybook.close(),
    () => server.close(),
  )
  return { daybook, clock, url: server.url, call: (path: string, init?: RequestInit) => fetch(server.url + path, init) }
}

const write = (id: string, target: string, text = "hello") => ({
  id,
  type: "Write",
  target: { type: "Note", id: target },
  data: { text },
})
const typesIn = (body: Body) => (body["events"] as { type: string }[]).map(e => e.type)

test("commands become events that are read in streams, in pages and in rows [HA3, HA4, CE1, CE4, N12, N13]", async () => {
  const { call } = await served()
  const first = await answer(
    call(
      "/commands",
      json({ ...write("c1", "n1"), occurredAt: "2011-10-01T00:38:44.546+02:00" }, { "daybook-as": "ada" }),
    ),
  )
  expect(first).toMatchObject({
    status: 200,
    body: {
      id: "c1",
      state: "succeeded",
      t: 1,
      events: [{ type: "Written", stream: { id: "n1", version: 1 }, actor: "ada" }],
    },
  })
  expect(
    await answer(
      call(
        "/commands",
        json([write("c2", "n1", "again"), { id: "c3", type: "Strike", target: { type: "Note", id: "n1" } }]),
      ),
    ),
  ).toMatchObject({
    status: 200,
    body: [
      { id: "c2", state: "succeeded" },
      { id: "c3", state: "succeeded", events: [{ type: "Struck" }] },
    ],
  })
  const again = await answer(call("/commands", json({ id: "c4", type: "Strike", target: { type: "Note", id: "n1" } })))
  expect(again).toMatchObject({
    status: 200,
    body: { state: "rejected", events: [{ type: "AlreadyStruck", rejection: true }] },
  })

  const stream = await answer(call("/streams/Note/n1"))
  expect([typesIn(stream.body), stream.body["version"], stream.body["isEnd"]]).toEqual([
    ["Written", "Written", "Struck", "AlreadyStruck"],
    4,
    true,
  ])
  expect((await answer(call("/streams/Nope/n1"))).status).toBe(404)
  const page = await answer(call("/events?types=Written,AlreadyStruck&after=1"))
  expect([typesIn(page.body), page.body["isEnd"]]).toEqual([["Written", "AlreadyStruck"], true])
  expect((page.body["events"] as Body[])[0]).not.toHaveProperty("occurredAt")
  expect((await answer(call("/streams"))).body).toMatchObject({
    items: [{ type: "Note", id: "n1", version: 4 }],
    next: null,
  })
  expect((await answer(call("/projections/texts/rows?keys=n1&minT=4"))).body).toMatchObject({
    items: [{ key: "n1", row: { text: "again" } }],
  })
  expect((await answer(call("/commands/c1"))).body).toMatchObject({
    owner: "ada",
    state: "succeeded",
    history: [{ state: "succeeded", t: 1 }],
  })
  expect((await answer(call("/commands?owner=ada"))).body).toMatchObject({ items: [{ id: "c1" }], next: null })
  expect((await answer(call("/commands?after=nobody"))).body).toMatchObject({ code: "not-found" })
})

test("what is refused is said with its place, and is found under its id [X6, CE7, N14]", async () => {
  const { call } = await served()
  await call("/commands", json(write("c1", "n1")))
  const refusals = [
    await answer(call("/commands", json({ ...write("c2", "n1"), expectedVersion: 7 }))),
    await answer(call("/commands", json({ ...write("c3", "n1"), expectedVersion: 0 }))),
    await answer(call("/commands", json({ ...write("c4", "n1"), basisT: 0 }))),
    await answer(call("/commands", json(write("c1", "n1", "other")))),
    await answer(call("/commands", json(write("c5", "n1", "x".repeat(21))))),
    await answer(call("/commands", json({ ...write("c6", "n1"), target: null }))),
    await answer(call("/commands", json({ ...write("c7", "n1"), type: "Nope" }))),
  ]
  expect(refusals.map(({ status, body }) => [status, body["code"]])).toEqual([
    [409, "conflict"],
    [409, "conflict"],
    [409, "conflict"],
    [409, "duplicate-conflict"],
    [422, "invalid"],
    [422, "invalid"],
    [422, "unknown-command"],
  ])
  expect(refusals[4]!.body).toMatchObject({ errors: [{ path: "/data/text" }] })
  expect(refusals[5]!.body).toMatchObject({ errors: [{ path: "/target", code: "required" }] })
  expect((await answer(call("/commands/c5"))).body).toMatchObject({
    state: "rejected",
    error: { code: "invalid" },
    t: null,
  })
  expect((await answer(call("/events"))).body).toMatchObject({ events: [{ t: 1 }], next: 1, isEnd: true })
  expect((await answer(call("/commands", json({ ...write("c8", "n1"), expectedVersion: 1, basisT: 1 })))).status).toBe(
    200,
  )
})

test("an instant stands for a t in a basis and in a page", async () => {
  const { call, clock } = await served()
  await call("/commands", json(write("c1", "n1")))
  await clock.advance(60_000)
  await call("/commands", json(write("c2", "n1", "again")))
  const early = encodeURIComponent("2030-01-01T01:00:30+01:00")
  expect((await answer(call(`/events?after=${early}`))).body).toMatchObject({ events: [{ t: 2 }] })
  expect((await answer(call("/commands", json({ ...write("c3", "n1"), basisT: "2030-01-01T00:00:30Z" })))).status).toBe(
    409,
  )
  expect((await answer(call("/commands", json({ ...write("c4", "n1"), basisT: "2030-01-01T00:01:00Z" })))).status).toBe(
    200,
  )
})

test("Transact needs no target and answers with the ids it made", async () => {
  const { call } = await served()
  const ops = [{ entity: "Note", id: "~new", set: { text: "a", slug: "first" } }]
  const { status, body } = await answer(call("/commands", json({ type: "Transact", data: { ops } })))
  expect([status, body["state"]]).toEqual([200, "succeeded"])
  expect(body).toMatchObject({
    events: [{ type: "EntityCreated" }],
    result: { ids: { "~new": expect.any(String) as string } },
  })
})

test("the feed goes on from where a reader was, across what is there and what comes [HA4]", async () => {
  const { call } = await served()
  const ops = (n: number) => [0, 1, 2].map(i => ({ entity: "Note", id: `n${n}-${i}`, set: { text: "x" } }))
  for (let n = 1; n <= 20; n++) await call("/commands", json({ type: "Transact", data: { ops: ops(n) } }))
  const controller = new AbortController()
  const response = await call("/events", {
    headers: { accept: "text/event-stream", "last-event-id": "7.1" },
    signal: controller.signal,
  })
  let text = ""
  const ended = (async () => {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) text += chunk
  })().catch(() => {})
  for (let n = 21; n <= 30; n++) await call("/commands", json({ type: "Transact", data: { ops: ops(n) } }))
  await expectSoon(() => text).toContain("id: 30.2\n")
  const all = Array.from({ length: 90 }, (_, i) => `${Math.floor(i / 3) + 1}.${i % 3}`)
  expect([...text.matchAll(/^id: (.+)$/gm)].map(found => found[1])).toEqual(all.slice(all.indexOf("7.2")))
  controller.abort()
  await ended
})

test("a delivery that fails becomes a dead letter, which is driven again or dropped [A32, HA7]", async () => {
  const { call, daybook } = await served()
  await call("/commands", json({ id: "c1", type: "Strike", target: { type: "Note", id: "n1" } }))
  await daybook.drain()
  const letters = async () => (await answer(call("/dead-letters"))).body["items"] as { id: string }[]
  const [letter, ...more] = await letters()
  expect(more).toEqual([])
  expect(letter).toMatchObject({
    state: "dead",
    error: expect.stringContaining("no route") as string,
    event: { type: "Struck" },
    entity: "n1",
  })
  const path = `/dead-letters/${encodeURIComponent(letter!.id)}`
  expect((await answer(call(`${path}/redrive`, { method: "POST" }))).status).toBe(200)
  await daybook.drain()
  expect(await letters()).toHaveLength(1)
  expect((await answer(call(`${path}/drop`, { method: "POST" }))).status).toBe(200)
  expect(await letters()).toEqual([])
  expect((await answer(call(`${path}/drop`, { method: "POST" }))).status).toBe(404)
  expect((await answer(call("/dead-letters/nonsense/drop", { method: "POST" }))).status).toBe(404)
})

test("a projection is rebuilt while it is read, and says how far it is", async () => {
  const { call, daybook } = await served()
  await call("/commands", json(write("c1", "n1")))
  await daybook.drain()
  expect(await answer(call("/projections/texts/rebuild", { method: "POST" }))).toMatchObject({
    status: 200,
    body: { name: "texts", t: 1, live: true },
  })
  expect((await answer(call("/projections"))).body).toMatchObject({
    items: [{ name: "texts", version: 1, t: 1, lag: 0 }],
  })
  expect((await answer(call("/projections/texts/rows"))).body).toMatchObject({
    items: [{ key: "n1", row: { text: "hello" } }],
  })
})

test("the schema, the catalogue and the documents are those of this very app [HA5]", async () => {
  const { call } = await served()
  expect((await answer(call("/schema"))).body).toEqual(schema)
  expect((await answer(call("/catalogue"))).body).toMatchObject({
    commands: expect.arrayContaining([expect.objectContaining({ type: "Write" })]) as unknown,
  })
  const document = (await answer(call("/openapi.json"))).body as { components: { schemas: Record<string, Body> } }
  expect(document.components.schemas["CommandData.Write"]).toMatchObject({ required: ["text"] })
  expect((await answer(call("/asyncapi.json"))).body).toMatchObject({ asyncapi: "3.0.0", info: { title: "notes" } })
  expect((await answer(call("/ready"))).body).toEqual({ status: "ready", basisT: 0 })
})
