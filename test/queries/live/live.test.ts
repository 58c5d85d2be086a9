import { expect, test } from "vitest"
import type { T } from "../../../src/kernel/message.ts"
import { noMetrics } from "../../../src/ports/metrics.ts"
import { silent } from "../../../src/ports/journal.ts"
import { Refusal } from "../../../src/kernel/refusal.ts"
import { Live, type LiveUpdate, type Watched } from "../../../src/queries/live/live.ts"
import { compileSchema } from "../../../src/schema/compile.ts"
import { parseSchema } from "../../../src/schema/parse.ts"
import { simulatedClock } from "../../../src/testing/clock.ts"
import { memoryStore } from "../../../src/testing/memory-store.ts"
import { writer, type Putting } from "../../../src/testing/writes.ts"

const schema = compileSchema(
  parseSchema({
    daybook: 1,
    name: "things",
    version: 1,
    entities: {
      Thing: {
        attributes: {
          name: { type: "string", unique: "value" },
          tag: { type: "string", index: true },
          size: { type: "integer" },
        },
      },
    },
  }),
)

function aWorld() {
  const clock = simulatedClock()
  const store = memoryStore({ clock })
  const counts = { changed: 0, same: 0, refused: 0 }
  const metrics = {
    ...noMetrics,
    count: (_: string, labels?: Readonly<Record<string, string>>) => {
      counts[labels!["outcome"] as keyof typeof counts]++
    },
  }
  const live = new Live({
    metrics,
    ...store,
    facts: store.facts,
    basis: () => store.basis(),
    schema,
    clock,
    journal: silent,
    isAboutRights: () => false,
  })
  const write = writer()
  return {
    live,
    counts,
    clock,
    store,
    /** Commits, and tells the live queries as a running daybook does. */
    async put(...things: readonly Putting[]) {
      const transaction = write.puts(things)
      const [outcome] = await store.commit([transaction])
      if (outcome?.kind !== "done") throw new Error("It was not committed")
      live.committed({ t: outcome.t, at: outcome.at, events: [], kinds: [], changes: transaction.changes })
      await clock.idle()
    },
    /** The things with a tag, by id, with their sizes. */
    tagged:
      (tag: string) =>
      async (t: T): Promise<Watched> => {
        const ids = await store.entities.holdersAt("Thing/tag", tag, t)
        const rows = await Promise.all(
          ids.map(async id => [id, (await store.entities.at(id, t))!.document["size"] ?? 0] as const),
        )
        const attributes = new Set(["Thing/tag", "Thing/size"])
        return { rows, subjects: [{ attributes, narrowing: { attribute: "Thing/tag", values: [tag] } }] }
      },
  }
}

function aListener() {
  const told: LiveUpdate[] = []
  return { told, tell: (update: LiveUpdate) => void told.push(update) }
}

test("who watches is told the answer, and then what differs in it [QS7]", async () => {
  const world = aWorld()
  await world.put(["a", { tag: "red", size: 1 }])
  const { told, tell } = aListener()
  await world.live.watch({ principal: "p", isJudged: true, answer: world.tagged("red"), tell })
  await world.put(["b", { tag: "red", size: 2 }])
  await world.put(["a", { tag: "blue", size: 1 }], ["b", { tag: "red", size: 3 }])
  expect(told).toEqual([
    { kind: "answer", t: 1, rows: [["a", 1]] },
    { kind: "changes", from: 1, to: 2, changes: [["+", "b", 2]] },
    {
      kind: "changes",
      from: 2,
      to: 3,
      changes: [
        ["-", "a"],
        ["~", "b", 3],
      ],
    },
  ])
})

test("a transaction that cannot change an answer does not have it asked again", async () => {
  const world = aWorld()
  await world.put(["a", { tag: "red", size: 1 }])
  for (const tag of ["red", "blue", "green"]) {
    await world.live.watch({ principal: "p", isJudged: true, answer: world.tagged(tag), tell: aListener().tell })
  }
  await world.put(["a", { tag: "red", size: 1, name: "A" }])
  expect(world.counts).toEqual({ changed: 0, same: 0, refused: 0 })
  await world.put(["b", { tag: "blue" }])
  expect(world.counts).toEqual({ changed: 1, same: 0, refused: 0 })
})

test("what was committed by another process is found in the log when the bell rings", async () => {
  const world = aWorld()
  const { told, tell } = aListener()
  await world.live.watch({ principal: "p", isJudged: true, answer: world.tagged("red"), tell })
  await world.store.commit([writer("other").put("a", { tag: "red", size: 7 })])
  world.live.rang()
  await world.clock.idle()
  expect(told[1]).toEqual({ kind: "changes", from: 0, to: 1, changes: [["+", "a", 7]] })
})

test("what others commit while it is being looked at is not passed over, though nobody rings", async () => {
  const world = aWorld()
  const { told, tell } = aListener()
  await world.live.watch({ principal: "p", isJudged: false, answer: world.tagged("red"), tell })
  await world.store.commit([writer("other").put("a", { tag: "red", size: 7 })])
  await world.put(["b", { tag: "red", size: 8 }])
  expect(told.slice(1).flatMap(update => (update.kind === "changes" ? update.changes : []))).toEqual([
    ["+", "a", 7],
    ["+", "b", 8],
  ])
})

test("what is committed while the look has begun is for the next look, and none of it is lost", async () => {
  const world = aWorld()
  const { told, tell } = aListener()
  await world.live.watch({ principal: "p", isJudged: false, answer: world.tagged("red"), tell })
  await Promise.all(["a", "b", "c", "d"].map((id, i) => world.put([id, { tag: "red", size: i }])))
  await world.clock.idle()
  const rows = told.flatMap(update => (update.kind === "changes" ? update.changes : []))
  expect(rows.map(([, id]) => id)).toEqual(["a", "b", "c", "d"])
})

test("who may see more or less is asked for again at once, and not who sees everything [X17]", async () => {
  const world = aWorld()
  await world.put(["a", { tag: "red", size: 1 }])
  let sees = true
  const { told, tell } = aListener()
  const answer = async (t: T) => (sees ? world.tagged("red")(t) : { rows: [], subjects: [] })
  await world.live.watch({ principal: "p", isJudged: true, answer, tell })
  await world.live.watch({ principal: "system", isJudged: false, answer: world.tagged("red"), tell: aListener().tell })
  sees = false
  world.live.rightsChanged()
  await world.clock.idle()
  sees = true
  world.live.rightsChanged()
  await world.clock.idle()
  expect(told.slice(1)).toEqual([
    { kind: "changes", from: 1, to: 1, changes: [["-", "a"]] },
    { kind: "changes", from: 1, to: 1, changes: [["+", "a", 1]] },
  ])
  expect(world.counts).toEqual({ changed: 2, same: 0, refused: 0 })
})

test("a query that cannot be answered any more says why, and is answered anew when it can", async () => {
  const world = aWorld()
  let isRefused = false
  const answer = async (t: T) => {
    if (isRefused) throw new Refusal("too-large", "There are too many rows")
    return world.tagged("red")(t)
  }
  const { told, tell } = aListener()
  await world.live.watch({ principal: "p", isJudged: true, answer, tell })
  isRefused = true
  await world.put(["a", { tag: "red", size: 1 }])
  isRefused = false
  await world.put(["b", { tag: "red", size: 2 }])
  expect(told.slice(1)).toMatchObject([
    { kind: "refused", t: 1, refusal: { code: "too-large" } },
    {
      kind: "changes",
      to: 2,
      changes: [
        ["+", "a", 1],
        ["+", "b", 2],
      ],
    },
  ])
})

test("what could not be had for a while is asked for again with the next look, whatever that is about", async () => {
  const world = aWorld()
  await world.put(["a", { tag: "red", size: 1 }])
  let isAway = false
  const answer = async (t: T) => {
    if (isAway) throw new Refusal("unavailable", "The store is away")
    return world.tagged("red")(t)
  }
  const { told, tell } = aListener()
  await world.live.watch({ principal: "p", isJudged: true, answer, tell })
  isAway = true
  await world.put(["b", { tag: "red", size: 2 }])
  isAway = false
  await world.put(["c", { tag: "blue", size: 3 }])
  expect(told.slice(1)).toMatchObject([
    { kind: "refused", t: 2, refusal: { code: "unavailable" } },
    {
      kind: "changes",
      to: 3,
      changes: [
        ["+", "a", 1],
        ["+", "b", 2],
      ],
    },
  ])
})

test("who has left is not told anything, and nothing is remembered of them", async () => {
  const world = aWorld()
  const { told, tell } = aListener()
  const leave = await world.live.watch({ principal: "p", isJudged: true, answer: world.tagged("red"), tell })
  leave()
  await world.put(["a", { tag: "red", size: 1 }])
  expect(told).toHaveLength(1)
  expect(world.counts).toEqual({ changed: 0, same: 0, refused: 0 })
})
