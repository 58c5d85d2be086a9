import { describe, expect, onTestFinished, test } from "vitest"
import { sqliteStore } from "../../../src/adapters/sqlite/index.ts"
import { daybook as define } from "../../../src/app/define.ts"
import { openDaybook } from "../../../src/app/open.ts"
import { partsOf } from "../../../src/app/parts.ts"
import { verifyRebuild } from "../../../src/app/rebuild.ts"
import { fitted } from "../../../src/cli/fitted.ts"
import { restore } from "../../../src/cli/import/transcript.ts"
import { systemClock } from "../../../src/adapters/node/clock.ts"
import type { App } from "../../../src/kernel/app.ts"
import { limits } from "../../../src/kernel/limits.ts"
import type { RecordedEvent } from "../../../src/kernel/message.ts"
import { Refusal } from "../../../src/kernel/refusal.ts"
import type { Finding } from "../../../src/ports/maintenance.ts"
import type { Store } from "../../../src/ports/store.ts"
import { defineSchema } from "../../../src/schema/infer.ts"
import { seededIds } from "../../../src/testing/ids.ts"
import { jsonFileOf } from "./lines.ts"

const text = { type: "object", properties: { text: { type: "string" } }, required: ["text"] } as const
const nothing = { type: "object", properties: {} } as const

const schema = defineSchema({
  daybook: 1,
  name: "notes",
  version: 1,
  groups: { anybody: {} },
  entities: {
    Note: {
      assign: [{ group: "anybody", when: true }],
      permissions: { read: "anybody", write: "anybody" },
      attributes: { text: { type: "string", unique: "value" }, copies: { type: "integer" } },
    },
  },
  commands: {
    Write: { target: "Note", data: text },
    Strike: { target: "Note", data: nothing },
    Copy: { target: "Note", data: nothing },
  },
  events: {
    Written: { stream: "Note", data: text },
    Struck: { stream: "Note", data: nothing },
    Copied: { stream: "Note", data: nothing },
    NothingThere: { stream: "Note", data: nothing, rejection: true },
  },
})

const { aggregate, handler, processor, projection, event, reject, command } = partsOf(schema)

/** The app of these tests, and how often it has posted something to the outside. */
function notes(): { app: App; posted: string[] } {
  const posted: string[] = []
  const note = aggregate("Note", {
    decide: {
      Write: data => event("Written", data),
      Strike: (_data, _note, { exists }) => (exists ? event("Struck", {}) : reject("NothingThere", {})),
      Copy: () => event("Copied", {}),
    },
    evolve: {
      Written: (note, data) => ({ ...note, ...data }),
      Struck: () => null,
      Copied: note => ({ ...note, copies: (note.copies ?? 0) + 1 }),
    },
  })
  // Decided by the aggregate alone where it is asked by the processor; here it is code, and takes two transactions.
  const { Copy, ...decide } = note.decide
  const copier = handler("Copy", async ({ uow, command: { target } }) => {
    await uow.record(target!, (Copy as () => ReturnType<typeof event>)())
  })
  const post = processor("post", {
    on: "Written",
    effect: ({ event: written }) => {
      posted.push(written.stream.id)
      return written.data.text === "keep" ? command("Copy", written.stream.id, {}) : null
    },
  })
  const texts = projection("texts", {
    version: 1,
    on: {
      Written: { keys: e => e.data.text, fold: (_row, e) => ({ note: e.stream.id }) },
    },
  })
  const parts = { aggregates: [{ ...note, decide }], handlers: [copier], processors: [post], projections: [texts] }
  return { app: define({ schema, ...parts }), posted }
}

const asker = { actor: "ann" }
const target = (id: string) => ({ type: "Note", id })

async function open(app: App, store: Store) {
  return openDaybook(app, { store, clock: systemClock(), ids: seededIds("app") })
}

/** A daybook with some history, as its export shows it. */
async function history(
  run: (request: (type: string, id: string, data?: object) => Promise<unknown>) => Promise<unknown>,
) {
  const { app } = notes()
  const store = sqliteStore({ path: ":memory:" })
  onTestFinished(() => store.close())
  const daybook = await open(app, store)
  let n = 0
  await run((type, id, data = {}) =>
    daybook.request({ id: `c${++n}`, type, target: target(id), data: { ...data } }, asker),
  )
  await daybook.drain()
  const events = (await store.log.read(0, 1_000)).events.map(logged => logged.event)
  return { app, store, daybook, events }
}

const ordinary = () =>
  history(async request => {
    await request("Write", "a", { text: "keep" })
    await request("Strike", "b")
    await request("Write", "b", { text: "b" })
    await request("Write", "b", { text: "bb" })
    await request("Strike", "b")
    await request("Write", "c", { text: "b" })
  })

async function restored(events: readonly unknown[], app: App, store: Store = sqliteStore({ path: ":memory:" })) {
  onTestFinished(() => void store.close())
  const counts = { lines: 0, past: 0, transactions: 0, events: 0 }
  const stop = new AbortController().signal
  await restore("a.jsonl", jsonFileOf(events), { app, store, ids: seededIds("cli"), counts, stop })
  return { store, counts }
}

async function allEvents(store: Store): Promise<RecordedEvent[]> {
  return (await store.log.read(0, 1_000)).events.map(logged => logged.event)
}

async function findings(app: App, store: Store): Promise<Finding[]> {
  const { routes, upcast } = fitted(app)
  const all: Finding[] = []
  for await (const finding of store.maintenance.verify()) all.push(finding)
  for await (const finding of verifyRebuild(store, routes, upcast)) all.push(finding)
  return all
}

describe("what was exported is restored as it was recorded", () => {
  test("with every number, instant, id, actor and cause, and with what it means for entities at each moment", async () => {
    const source = await ordinary()
    const { store, counts } = await restored(source.events, source.app)
    expect(await allEvents(store)).toEqual(source.events)
    expect(counts).toMatchObject({ lines: 7, past: 0, transactions: 7, events: 7 })
    const kinds = async (of: Store) => (await of.log.read(0, 100)).events.map(({ kind }) => kind)
    expect(await kinds(store)).toEqual(await kinds(source.store))
    for (let t = 0; t <= source.store.basis(); t++) {
      for (const id of ["a", "b", "c"]) expect(await store.entities.at(id, t)).toEqual(source.store.entities.at(id, t))
      expect(await store.entities.holdersAt("Note/text", "b", t)).toEqual(
        source.store.entities.holdersAt("Note/text", "b", t),
      )
    }
    expect(await findings(source.app, store)).toEqual([])
  })

  test("to a chain of hashes over its events, in which a change is found as well", async () => {
    const source = await history(request => request("Write", "a", { text: "a" }))
    const again = await Promise.all([1, 2].map(() => restored(source.events, source.app)))
    const [one, other] = again.map(({ store }) => store.maintenance.chain())
    expect(one).toEqual(other)
    expect(await findings(source.app, again[0]!.store)).toEqual([])
    const changed = source.events.map(event => ({ ...event, id: "another" }))
    const { store } = await restored(changed, source.app)
    expect(await store.maintenance.chain()).not.toEqual(one)
  })

  test("with the numbers of transactions that left no event, such as the first step of a handler", async () => {
    const source = await ordinary()
    const ts = source.events.map(e => e.t)
    expect(ts.at(-1)).toBeGreaterThan(ts.length)
    const { store } = await restored(source.events, source.app)
    expect(await store.basis()).toBe(ts.at(-1))
  })

  test("however long the log was silent", async () => {
    const source = await history(async request => {
      await request("Write", "a", { text: "a" })
      await request("Write", "b", { text: "b" })
    })
    const [first, second] = source.events
    const late = [first!, { ...second!, t: 3 * limits.batchUnitsMax }]
    const { store } = await restored(late, source.app)
    expect(await allEvents(store)).toEqual(late)
    expect((await restored(late, source.app, store)).counts).toMatchObject({ past: 2, transactions: 0 })
  })

  test("also where the very first transaction was silent", async () => {
    const source = await history(request => request("Copy", "a"))
    expect(source.events.map(e => e.t)).toEqual([2])
    expect(await allEvents((await restored(source.events, source.app)).store)).toEqual(source.events)
  })
})

describe("a daybook that was restored", () => {
  test("has the read models, and has not posted again what was posted in its time [N40 N43]", async () => {
    const source = await ordinary()
    const { app, posted } = notes()
    const { store } = await restored(source.events, app)
    const daybook = await open(app, store)
    await daybook.drain()
    expect(await daybook.list("texts", { limit: 10 })).toEqual(await source.daybook.list("texts", { limit: 10 }))
    expect({ posted, basis: await daybook.basis() }).toEqual({ posted: [], basis: source.store.basis() })

    await daybook.request({ id: "new", type: "Write", target: target("d"), data: { text: "d" } }, asker)
    await daybook.drain()
    expect(posted).toEqual(["d"])
  })

  test("knows its commands: none of them is done twice [N54]", async () => {
    const source = await ordinary()
    const { store } = await restored(source.events, source.app)
    const daybook = await open(source.app, store)
    const again = daybook.request({ id: "c1", type: "Write", target: target("a"), data: { text: "keep" } }, asker)
    await expect(again).rejects.toMatchObject({ code: "duplicate-conflict" })
    expect(await daybook.command("c2")).toMatchObject({ state: "rejected", owner: "ann" })
  })
})

describe("a restoration", () => {
  test("goes on where it was interrupted", async () => {
    const source = await ordinary()
    const { store } = await restored(source.events.slice(0, 3), source.app)
    const { counts } = await restored(source.events, source.app, store)
    expect(counts).toMatchObject({ past: 3, transactions: 4 })
    expect(await allEvents(store)).toEqual(source.events)
    const tail = await restored(source.events.slice(5), source.app, store)
    expect(tail.counts).toMatchObject({ past: 2, transactions: 0 })
  })

  test("into another history is refused at the first t that differs", async () => {
    const source = await ordinary()
    const other = await history(request => request("Write", "a", { text: "other" }))
    const { store } = await restored(other.events, other.app)
    await expect(restored(source.events, source.app, store)).rejects.toMatchObject({
      code: "conflict",
      facts: { t: 1 },
    })
    expect(await allEvents(store)).toEqual(other.events)
  })

  test("of a file that leaves out what is here is refused", async () => {
    const source = await ordinary()
    const { store } = await restored(source.events, source.app)
    const [first, , third] = source.events
    const gap = restored([first!, third!], source.app, store)
    await expect(gap).rejects.toMatchObject({ code: "conflict", facts: { t: source.events[1]!.t } })
  })

  test("of the end alone, into an empty daybook, is refused", async () => {
    const source = await ordinary()
    const tail = restored(source.events.slice(3), source.app)
    await expect(tail).rejects.toMatchObject({ code: "conflict", facts: { next: 1 } })
  })

  test("with an app that does not know what was recorded names the first place", async () => {
    const source = await ordinary()
    const stranger = define({ schema: { daybook: 1, name: "x", version: 1, entities: { Note: { attributes: {} } } } })
    const store = sqliteStore({ path: ":memory:" })
    await expect(restored(source.events, stranger, store)).rejects.toThrow(
      /knows no event Written, which is recorded at t 1/,
    )
    expect(store.basis()).toBe(0)
  })

  test("with an app in which a value may no longer be there twice names the transaction", async () => {
    const source = await ordinary()
    const twice = source.events.map(e => (e.type === "Written" ? { ...e, data: { text: "same" } } : e))
    const refused = await restored(twice, source.app).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(Refusal)
    const { t } = twice.filter(e => e.type === "Written")[1]!
    expect(refused).toMatchObject({ facts: { t }, message: expect.stringContaining("Note/text") })
  })
})

test.each<[string, (event: RecordedEvent) => unknown, string]>([
  ["that is no object", () => 7, "it is no recorded event"],
  ["without a stream", e => ({ ...e, stream: null }), '"stream" is no object'],
  ["without an instant", e => ({ ...e, at: "yesterday" }), '"at" is no instant'],
  ["out of order", e => ({ ...e, t: 1 }), "transaction 1 comes after 2"],
  ["that begins in the middle", e => ({ ...e, n: 1 }), "transaction 3 begins with event 1, not with 0"],
])("a line %s is a bad place, and what is known to be whole before it is restored", async (_what, spoil, reason) => {
  const source = await history(async request => {
    await request("Write", "a", { text: "a" })
    await request("Write", "b", { text: "b" })
    await request("Write", "c", { text: "c" })
  })
  const [first, second, third] = source.events
  const store = sqliteStore({ path: ":memory:" })
  await expect(restored([first, second, spoil(third!)], source.app, store)).rejects.toThrow(
    `Cannot read a.jsonl at line 3: ${reason}`,
  )
  expect(store.basis()).toBe(1)
})
