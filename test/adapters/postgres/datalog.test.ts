import { describe, expect, test } from "vitest"
import { agreement } from "../sql/agreement.ts"
import { answersWhatIsKnown, staysWithin } from "../sql/hand-written.ts"
import { aPlace, aServer, aStore } from "./place.ts"

const server = await aServer()

describe.skipIf(server === null)("PostgreSQL", () => {
  test("answers random queries as the most obvious way does, or not at all", async () => {
    const counts = { asked: 0, answered: 0 }
    for (const seed of [1, 2]) {
      const { asked, answered } = await agreement(await aStore(aPlace(server!)), seed, 150)
      counts.asked += asked
      counts.answered += answered
    }
    expect(counts.answered).toBeGreaterThan(counts.asked / 2)
  })
  // These bring what they expect.
  // oxlint-disable-next-line vitest/expect-expect
  test("answers queries by hand as is known", async () => answersWhatIsKnown(await aStore(aPlace(server!))))

  // oxlint-disable-next-line vitest/expect-expect
  test("refuses what takes too long or is too much", async () => staysWithin(await aStore(aPlace(server!))))
})
