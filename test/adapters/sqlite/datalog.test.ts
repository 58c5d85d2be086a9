import { afterEach, expect, test } from "vitest"
import { sqliteStore } from "../../../src/adapters/sqlite/index.ts"
import { agreement } from "../sql/agreement.ts"
import { answersWhatIsKnown, staysWithin } from "../sql/hand-written.ts"

let close = () => {}
afterEach(() => close())

function aStore() {
  const store = sqliteStore({ path: ":memory:", now: () => 0 })
  close = () => store.close()
  return store
}

test("random queries are answered as the most obvious way answers them, or not at all", async () => {
  const counts = { asked: 0, answered: 0 }
  for (const seed of [1, 2, 3]) {
    const { asked, answered } = await agreement(aStore(), seed, 300)
    counts.asked += asked
    counts.answered += answered
    close()
  }
  expect(counts.answered).toBeGreaterThan(counts.asked / 2)
})

// These bring what they expect.
// oxlint-disable-next-line vitest/expect-expect
test("queries by hand are answered as is known", async () => answersWhatIsKnown(aStore()))

// oxlint-disable-next-line vitest/expect-expect
test("what takes too long or is too much is refused", async () => staysWithin(aStore()))
