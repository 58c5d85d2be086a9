import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { beforeAll, describe, expect, test } from "vitest"
import { sqliteStore } from "../../src/adapters/sqlite/index.ts"
import type { Instance } from "../../src/kernel/instance.ts"
import { isEnd } from "../../src/kernel/message.ts"
import type { SimulatedClock } from "../../src/testing/clock.ts"
import { testStore } from "../../src/testing/test-store.ts"
import { whenTestEnds } from "../ending.ts"
import { errands, happenings, play, type Deed } from "./errands.ts"

type Played = Awaited<ReturnType<typeof play>>

/** A store in memory that outlives the application. */
const inMemory = () => {
  let kept: ReturnType<typeof testStore> | undefined
  return async (clock: SimulatedClock) => ({ ...(await (kept ??= testStore(clock))), close: async () => {} })
}
/** A file that is opened anew with each start. */
const onFile = () => {
  const folder = mkdtempSync(join(tmpdir(), "daybook-errands-"))
  whenTestEnds(() => rmSync(folder, { recursive: true }))
  return async (clock: SimulatedClock) => sqliteStore({ path: join(folder, "log.db"), now: () => clock.now() })
}

const plain = { killedAfter: null, waitMs: 1_000, clockMs: 0, isRewound: false }
const inPlainOrder: readonly Deed[] = happenings.map(happening => ({ deed: { tell: happening }, ...plain }))

const trouble = fc.record({
  killedAfter: fc.option(fc.nat({ max: 12 }), { freq: 3 }),
  waitMs: fc.oneof(fc.constant(0), fc.nat({ max: 20_000 })),
  clockMs: fc.oneof(
    { arbitrary: fc.constant(0), weight: 2 },
    { arbitrary: fc.integer({ min: -90_000, max: 90_000 }), weight: 1 },
  ),
  isRewound: fc.oneof({ arbitrary: fc.constant(false), weight: 19 }, { arbitrary: fc.constant(true), weight: 1 }),
})
/** All that happens, some of it twice, in any order, with whatever goes wrong meanwhile; and aborts in between. */
const muddled = (abortsMax: number) =>
  fc
    .tuple(fc.subarray([...happenings]), fc.array(fc.constantFrom(...errands), { maxLength: abortsMax }))
    .chain(([twice, aborts]) => {
      const deeds: readonly Deed["deed"][] = [
        ...[...happenings, ...twice].map(tell => ({ tell })),
        ...aborts.map(abort => ({ abort })),
      ]
      return fc.tuple(
        fc.shuffledSubarray([...deeds], { minLength: deeds.length }),
        fc.array(trouble, { minLength: deeds.length, maxLength: deeds.length }),
      )
    })
    .map(([order, troubles]) => order.map((deed, n): Deed => ({ deed, ...troubles[n]! })))

const endOf = ({ command, state, result }: Instance) => ({ type: command.type, state, result })
const childrenOf = ({ commands }: Played, id: string) => commands.filter(({ parent }) => parent === id)
/** What an errand and all it has asked for came to, each by its type. */
const treeOf = (played: Played, id: string): readonly object[] => {
  const own = played.commands.filter(({ command }) => command.id === id).map(endOf)
  const below = childrenOf(played, id).flatMap(({ command }) => treeOf(played, command.id))
  return [...own, ...below.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))]
}

describe("errands that are told of everything in some order end as they do in the usual one", () => {
  let usual: Played
  beforeAll(async () => {
    usual = await play(inPlainOrder, inMemory())
  })

  test("which is with all they were told and all their children's results [W36 W45]", () => {
    for (const id of errands) {
      const tree = treeOf(usual, id)
      expect(tree).toHaveLength(6)
      expect(tree[0]).toMatchObject({
        state: "succeeded",
        result: { of: id, ended: ["paid 2", "paid 3", "rested 1", "went"] },
      })
    }
    expect([usual.findings, usual.timers]).toEqual([[], [undefined, undefined, undefined]])
  })

  const same = (played: Played) => {
    for (const id of errands) expect(treeOf(played, id)).toEqual(treeOf(usual, id))
    expect([played.findings, played.timers]).toEqual([[], [undefined, undefined, undefined]])
  }

  test("doubled, late, in any order, with clocks set and kills at any moment [W22 W35 W45 W47 W51]", async () => {
    await fc.assert(
      fc.asyncProperty(muddled(0), async deeds => same(await play(deeds, inMemory()))),
      { numRuns: 3 },
    )
  })

  test("on a file that is opened anew after each kill [W22 W51]", async () => {
    await fc.assert(
      fc.asyncProperty(muddled(0), async deeds => same(await play(deeds, onFile()))),
      { numRuns: 1 },
    )
  })

  test("unless they are aborted, which leaves nothing under way and is made up for once [W48 W49]", async () => {
    await fc.assert(
      fc.asyncProperty(muddled(4), async deeds => {
        const played = await play(deeds, inMemory())
        const aborted = new Set(deeds.flatMap(({ deed }) => ("abort" in deed ? [deed.abort] : [])))
        const end = (id: string) => played.commands.find(({ command }) => command.id === id)!.state
        const gone = errands.filter(id => aborted.has(id) && end(id) === "aborted")
        for (const id of errands.filter(one => !gone.includes(one)))
          expect(treeOf(played, id)).toEqual(treeOf(usual, id))
        for (const id of gone) {
          const undoing = childrenOf(played, id).filter(({ command }) => command.type === "Undo")
          expect(undoing).toMatchObject([{ state: "succeeded" }])
          expect(childrenOf(played, id)).toHaveLength(5)
        }
        expect(played.commands.filter(({ state }) => !isEnd(state))).toEqual([])
        expect([played.findings, played.timers]).toEqual([[], [undefined, undefined, undefined]])
      }),
      { numRuns: 3 },
    )
  })
})
