import { expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import { openDaybook } from "../../src/app/open.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { testStore } from "../../src/testing/test-store.ts"

const app = daybook({
  schema: {
    daybook: 1,
    name: "things",
    version: 1,
    entities: { Thing: { attributes: { size: { type: "integer" } } } },
  },
})

test("whatever entities many commands name by their ids are looked up at once, be they ops or targets [CP2]", async () => {
  const clock = simulatedClock()
  const store = await testStore(clock)
  const asked: number[] = []
  const heads: typeof store.entities.heads = ids => {
    asked.push(ids.length)
    return store.entities.heads(ids)
  }
  const watched = { ...store, entities: { ...store.entities, heads } }
  const running = await openDaybook(app, { store: watched, clock, ids: seededIds() })
  const ops = (i: number) => [{ entity: "Thing", id: `thing-${i}`, set: { size: i } }]
  const requests = Array.from({ length: 100 }, async (_, i) =>
    running.request({ id: `c-${i}`, type: "Transact", target: null, data: { ops: ops(i) } }, { actor: "system" }),
  )
  const outcomes = await Promise.all(requests)
  expect(outcomes.every(({ state }) => state === "succeeded")).toBe(true)
  expect(asked.length).toBeLessThan(10)
  expect(asked.reduce((sum, count) => sum + count, 0)).toBe(100)
  await running.close()
})
