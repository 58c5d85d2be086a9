import { expect, test } from "vitest"
import type { Document } from "../../src/kernel/entity.ts"
import type { RecordedEvent } from "../../src/kernel/message.ts"
import type { Projection } from "../../src/kernel/projection.ts"
import { foldingOf, foldPage, planPage, type Failed } from "../../src/processors/fold.ts"
import { RowCache } from "../../src/processors/row-cache.ts"
import { World } from "./world.ts"

const count = (row: { n: number } | null) => ({ n: (row?.n ?? 0) + 1 })

function foldAll(on: Projection["on"], work: (world: World) => void, rows = new Map<string, Document>()) {
  const world = new World()
  work(world)
  const events = world.memory.transactions.flatMap(({ events: of }) => of.map(({ event }) => event))
  const failed: Failed[] = []
  const cache = new RowCache(10)
  const page = planPage(foldingOf({ on }), events, e => e, failed)
  for (const { steps } of page) for (const { key } of steps) if (!cache.has(key)) cache.set(key, rows.get(key) ?? null)
  const folded = foldPage(foldingOf({ on }), page, cache, failed)
  return { rows: Object.fromEntries(folded.rows), failed: failed.map(f => f.event.t) }
}

test("events fold into the rows that their keys name, each from what the row was before [N45]", () => {
  const byThing = { keys: (e: RecordedEvent) => e.stream.id, fold: count }
  const everywhere = { keys: () => ["all", "more"], fold: count }
  const { rows, failed } = foldAll(
    { Put: [byThing, everywhere] },
    world => {
      world.put("a", { n: 1 })
      world.put("b", { n: 1 })
      world.put("a", { n: 2 })
      world.put("c", { n: 1 }, { type: "Paid" })
    },
    new Map([["b", { n: 40 }]]),
  )
  expect(rows).toEqual({ a: { n: 2 }, b: { n: 41 }, all: { n: 3 }, more: { n: 3 } })
  expect(failed).toEqual([])
})

test("two effects of one event on one row follow each other, and a row may go", () => {
  const twice = { keys: () => ["all", "all"], fold: count }
  const gone = {
    keys: (e: RecordedEvent) => e.stream.id,
    fold: (row: Document | null) => (row === null ? { n: 1 } : null),
  }
  const { rows } = foldAll({ Put: [twice, gone] }, world => {
    world.put("a", { n: 1 })
    world.put("a", { n: 2 })
  })
  expect(rows).toEqual({ all: { n: 4 }, a: null })
})

test("any event has the effects of every event, after those of its own type", () => {
  const last = (what: string) => ({
    keys: () => "last",
    fold: (row: Document | null) => ({ was: row?.["is"], is: what }),
  })
  const each = { keys: (e: RecordedEvent) => e.type, fold: count }
  const { rows } = foldAll({ Put: [last("put")], "*": [last("any"), each] }, world => {
    world.put("a", { n: 1 }, { type: "Paid" })
    world.put("b", { n: 1 })
  })
  expect(rows).toEqual({ Put: { n: 1 }, Paid: { n: 1 }, last: { was: "put", is: "any" } })
})

test("an event of which one effect throws has no effect at all, and the rest goes on", () => {
  const fine = { keys: () => "all", fold: count }
  const throwing = {
    keys: (e: RecordedEvent) => e.stream.id,
    fold: (_row: Document | null, e: RecordedEvent) => {
      if (e.stream.id === "b") throw new Error("no b")
      return { n: 1 }
    },
  }
  const { rows, failed } = foldAll({ Put: [fine, throwing] }, world => {
    for (const thing of ["a", "b", "c"]) world.put(thing, { n: 1 })
  })
  expect(rows).toEqual({ all: { n: 2 }, a: { n: 1 }, c: { n: 1 } })
  expect(failed).toEqual([2])
})

test.each([
  [() => undefined as never],
  [() => 7 as never],
  [() => [7] as never],
  [
    () => {
      throw new Error("no key")
    },
  ],
])("an event whose keys cannot be told is left out alone", keys => {
  const said = { keys: (e: RecordedEvent) => (e.stream.id === "a" ? keys() : "all"), fold: count }
  const { rows, failed } = foldAll({ Put: [said] }, world => {
    world.put("a", { n: 1 })
    world.put("b", { n: 1 })
  })
  expect([rows, failed]).toEqual([{ all: { n: 1 } }, [1]])
})

test("the cache keeps what was touched lately, within its bound", () => {
  const cache = new RowCache(3)
  for (let page = 0; page < 50; page++) {
    expect(cache.has("hot")).toBe(page > 0)
    cache.set("hot", { page })
    for (const key of [`${page}a`, `${page}b`]) cache.set(key, null)
    cache.turnPage()
    expect(cache.size).toBeLessThanOrEqual(6)
    expect(cache.has(`${page}a`)).toBe(true)
  }
  expect(cache.has("hot") && cache.get("hot")).toEqual({ page: 49 })
  expect(cache.has("0a")).toBe(false)
})
