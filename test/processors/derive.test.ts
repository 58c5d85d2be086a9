import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { Document } from "../../src/kernel/entity.ts"
import type { RecordedEvent } from "../../src/kernel/message.ts"
import type { Write } from "../../src/ports/write.ts"
import { count, rowsOf, tally, type Tally } from "./tally.ts"
import { aProcessor, byText, World } from "./world.ts"

describe("events that a projection derives", () => {
  const deriving = (version = 1) =>
    tally(version, {
      on: {
        Put: [{ keys: (e: RecordedEvent) => e.stream.id, fold: count }],
        Counted: [{ keys: () => "own", fold: count }],
      },
      derive: ({ key, after }: { key: string; after: Document | null }) =>
        (after as Tally).n % 2 === 0
          ? [{ type: "Counted", data: { key, n: (after as Tally).n }, rejection: false }]
          : [],
    })
  const derived = (world: World) =>
    (world.memory.streams.get("tally")?.events ?? []).map(e => [
      e.stream.version,
      e.data["key"],
      e.data["n"],
      e.causedBy.type,
    ])

  test("go into its own stream, once, and others hear them [N50, X18]", async () => {
    const world = new World()
    const heard: unknown[] = []
    const run = ({ event: { stream, data, correlationId } }: { event: RecordedEvent }) => {
      heard.push([stream.type, data["n"], correlationId])
    }
    const hearing = aProcessor({ on: ["Counted"], run })
    const { consumers } = await world.start([hearing], [deriving()])
    for (let n = 0; n < 4; n++) world.put("a", { n })
    world.put("b", { n: 1 })
    await consumers.idle()
    expect(derived(world)).toEqual([
      [1, "a", 2, "Derive"],
      [2, "a", 4, "Derive"],
    ])
    const correlations = [2, 4].map(t => world.memory.transactions[t - 1]!.correlationId)
    expect(heard).toEqual([
      ["Projection", 2, correlations[0]],
      ["Projection", 4, correlations[1]],
    ])
    // It does not hear itself, and no entity comes of it.
    expect(await rowsOf(consumers)).toEqual({ a: { n: 4, last: 4 }, b: { n: 1, last: 5 } })
    expect(world.memory.versions.has("tally")).toBe(false)
  })

  test("are not said again by a rebuild, by another version, or after a crash [N50]", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 2, maxLength: 30 }),
        fc.nat(12),
        async (things, at) => {
          const world = new World()
          let steps = at
          const ending: { kill?: () => void } = {}
          const step = () => {
            if (steps-- === 0) ending.kill?.()
          }
          const first = await world.start([], [deriving()], { meddling: { beforeWrite: step, afterCommit: step } })
          ending.kill = first.kill
          for (const thing of things) {
            world.put(`t${thing}`, { n: world.basis })
            if (thing === 0) await world.clock.idle()
          }
          await world.finish()
          first.kill()
          const second = await world.start([], [deriving()])
          await world.finish()
          const rebuilt = second.consumers.rebuild("tally")
          world.put("t0", { n: 1 })
          await world.finish()
          await rebuilt
          second.kill()
          const third = await world.start([], [deriving(2)])
          world.put("t1", { n: 1 })
          await world.finish()
          const counts = [0, 1, 2].map(t => things.filter(thing => thing === t).length + (t < 2 ? 1 : 0))
          const expected = counts.flatMap((n, t) =>
            Array.from({ length: Math.floor(n / 2) }, (_, i) => JSON.stringify([`t${t}`, 2 * i + 2])),
          )
          const said = derived(world).map(([, key, n]) => JSON.stringify([key, n]))
          expect(said.toSorted(byText)).toEqual(expected.toSorted(byText))
          expect(derived(world).map(([version]) => version)).toEqual(said.map((_, i) => i + 1))
          expect(third.consumers.busy()).toBe(false)
        },
      ),
      { numRuns: 25 },
    )
  })

  test.each([[false], [true]])(
    "are heard, whether their commit is reported or not (silent: %s) [N50, N51]",
    async isSilent => {
      const world = new World()
      const heard: unknown[] = []
      const run = ({ event }: { event: RecordedEvent }) => void heard.push(event.data["n"])
      const { consumers } = await world.start([aProcessor({ on: ["Counted"], run })], [deriving()], {
        meddling: { isSilent },
      })
      await consumers.idle()
      for (let n = 0; n < 4; n++) world.put("a", { n })
      await consumers.idle()
      expect(heard).toEqual([2, 4])
    },
  )

  test("of the past are not even asked for by a rebuild [N50]", async () => {
    const world = new World()
    let asked = 0
    const beforeWrite = (write: Write) => {
      if (write.kind === "transaction") asked += 1
    }
    const { consumers } = await world.start([], [deriving()], { meddling: { beforeWrite } })
    for (let n = 0; n < 10; n++) world.put("a", { n })
    await world.finish()
    expect(asked).toBe(5)
    const rebuilt = consumers.rebuild("tally")
    await world.finish()
    await rebuilt
    expect(asked).toBe(5)
  })

  test("that the schema does not know harm only the event they follow from", async () => {
    const world = new World()
    const { consumers } = await world.start(
      [],
      [tally(1, { derive: () => [{ type: "Unheard", data: {}, rejection: false }] })],
    )
    world.put("a", { n: 1 })
    await consumers.idle()
    expect([...world.memory.parked.values()][0]!.attempts[0]!.error).toContain("The schema knows no event Unheard")
    expect(world.basis).toBe(1)
  })
})
