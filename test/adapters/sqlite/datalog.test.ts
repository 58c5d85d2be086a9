import { expect, test } from "vitest"
import { sqliteStore } from "../../../src/adapters/sqlite/index.ts"
import { agreement } from "../sql/agreement.ts"

test("random queries are answered as the most obvious way answers them, or not at all", async () => {
  const counts = { asked: 0, answered: 0 }
  for (const seed of [1, 2, 3]) {
    const store = sqliteStore({ path: ":memory:", now: () => 0 })
    const { asked, answered } = await agreement(store, seed, 300)
    counts.asked += asked
    counts.answered += answered
    store.close()
  }
  expect(counts.answered).toBeGreaterThan(counts.asked / 2)
})
