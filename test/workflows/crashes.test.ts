import { beforeAll, describe, expect, test } from "vitest"
import { testStoreVariable } from "../../src/testing/test-store.ts"
import { play, type Trouble } from "./playing.ts"

const isElsewhere = (process.env[testStoreVariable] ?? "") !== ""
const every = isElsewhere ? 11 : 4

describe("every instance ends as it would have", () => {
  let whole: Awaited<ReturnType<typeof play>>
  beforeAll(async () => {
    whole = await play()
  })

  test("without any trouble, as its workflow says [W22]", () => {
    const { ends, paid, findings } = whole.told
    const states = (type: string) => ends.filter(end => end.type === type).map(({ end }) => end)
    expect(states("Trip")).toEqual(["succeeded", "aborted"])
    expect(states("Leg").toSorted()).toEqual([...Array(3).fill("aborted"), "failed", ...Array(3).fill("succeeded")]) // prettier-ignore
    expect(states("Queue")).toEqual(["succeeded", "succeeded", "succeeded"])
    expect(states("Thank")).toEqual(["succeeded"])
    // Four legs, one trip, what makes up for the other one, and who was thanked.
    expect(paid).toBe(7)
    expect(findings).toEqual([])
  })

  test("whichever commit was the last before a crash [W22 W47 W49 L22]", async () => {
    for (let n = 1; n <= whole.count; n += every) {
      expect((await play({ lastCommit: n })).told, `the ${n}th commit was the last`).toEqual(whole.told)
    }
  })

  const troubles: readonly (readonly [string, Trouble["before"]])[] = [
    ["is started again all the time", running => running.restart()],
    [
      "is told of everything again and again from the beginning",
      async (running, store) => {
        await store.commit([{ kind: "deliveries", consumer: "workflows", reached: 0, parked: [], done: [] }])
        await running.restart()
      },
    ],
    ["has a clock that is set back", ({ clock }) => clock.back(2_000)],
    ["has a clock that is set forth", ({ clock }) => clock.back(-2_000)],
  ]

  test.each(troubles)("though the application %s [W22 W47 W51]", async (_, before) => {
    expect((await play({ before: before! })).told).toEqual(whole.told)
  })
})
