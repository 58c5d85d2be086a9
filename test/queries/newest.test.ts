import { expect, test } from "vitest"
import { Newest } from "../../src/queries/newest.ts"

type Begun = { readonly t: number; readonly left: () => boolean }

/** A store whose newest t is told when the test says so, and the work that was begun on it. */
function aStore(presumed: number | null) {
  const asked: ((t: number) => void)[] = []
  const begun: Begun[] = []
  const basis = () => {
    const { promise, resolve } = Promise.withResolvers<number>()
    asked.push(resolve)
    return promise
  }
  const newest = new Newest({ basis, presumed: () => presumed })
  const at = () =>
    newest.at(async (t, leaving) => {
      begun.push({ t, left: () => leaving.aborted })
      await Promise.resolve()
      if (t < 7) throw new Error("nothing was there yet")
      return `as of ${t}`
    })
  return { asked, begun, at }
}

test("work is begun at the presumed t while the newest is asked for, and stands if that is the same [QS7]", async () => {
  const { asked, begun, at } = aStore(7)
  const answer = at()
  expect(begun.map(({ t }) => t)).toEqual([7])
  asked[0]!(7)
  expect(await answer).toBe("as of 7")
  expect(begun).toHaveLength(1)
})

test("work that was begun too early is given up and done anew at the newest t, whatever it came to [QS7]", async () => {
  const { asked, begun, at } = aStore(6)
  const answer = at()
  asked[0]!(8)
  expect(await answer).toBe("as of 8")
  expect(begun.map(({ t, left }) => [t, left()])).toEqual([
    [6, true],
    [8, false],
  ])
  // Somebody else is writing: for a while nothing is begun before it is known.
  const next = at()
  expect(begun).toHaveLength(2)
  asked[1]!(9)
  expect(await next).toBe("as of 9")
})

test("what a store tells at once is worked at in the same turn, and nothing is presumed", async () => {
  const newest = new Newest({ basis: () => 3, presumed: () => 2 })
  const at: number[] = []
  const answer = newest.at(async t => at.push(t))
  expect(at).toEqual([3])
  expect(await answer).toBe(1)
})
