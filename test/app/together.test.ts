import { expect, test } from "vitest"
import { Together } from "../../src/app/together.ts"
import { limits } from "../../src/kernel/limits.ts"
import { Refusal } from "../../src/kernel/refusal.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { testStore } from "../../src/testing/test-store.ts"
import { aTransaction } from "../../src/testing/writes.ts"

async function withCommands(count: number, isShared: boolean) {
  const clock = simulatedClock()
  const store = await testStore(clock)
  const ids = Array.from({ length: count }, (_, i) => `c-${i}`)
  await store.commit(ids.map(id => aTransaction({ id })))
  const questions: number[] = []
  let isAway = false
  const commands = {
    ...store.commands,
    find: async (asked: readonly string[]) => {
      questions.push(asked.length)
      if (isAway) throw new Refusal("unavailable", "The store is away")
      return store.commands.find(asked)
    },
  }
  const together = new Together({ store: { commands, leases: { ...store.leases, isShared } }, clock })
  return { ids, questions, together, goAway: () => (isAway = true) }
}

test("commands that are asked for in one turn are asked for in one question, each once, where others write too [L82]", async () => {
  const { ids, questions, together, goAway } = await withCommands(20, true)
  const found = await Promise.all([...ids, "nobody", ...ids].map(async id => together.find(id)))
  expect(found.map(one => one?.command.id ?? null)).toEqual([...ids, null, ...ids])
  expect(questions).toEqual([21])
  await Promise.all(Array.from({ length: limits.batchUnitsMax + 1 }, async (_, i) => together.find(`n-${i}`)))
  expect(questions).toEqual([21, limits.batchUnitsMax, 1])
  goAway()
  const failed = await Promise.allSettled(ids.map(async id => together.find(id)))
  expect(failed.every(({ status }) => status === "rejected")).toBe(true)
})

test("where the store is at hand, each is asked for by itself, in the same turn", async () => {
  const { ids, questions, together } = await withCommands(3, false)
  const found = await Promise.all(ids.map(async id => together.find(id)))
  expect(found.map(one => one?.command.id)).toEqual(ids)
  expect(questions).toEqual([1, 1, 1])
})
