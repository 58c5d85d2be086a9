import { setImmediate as turn } from "node:timers/promises"
import { expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import { openDaybook } from "../../src/app/open.ts"
import type { Instance } from "../../src/kernel/instance.ts"
import { at } from "../../src/kernel/moments.ts"
import { done, step } from "../../src/kernel/workflow.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { memoryStore } from "../../src/testing/memory-store.ts"
import { timed, workflow } from "./machine.ts"

const asker = { actor: "system" }
const hour = (n: number) => at(`2030-01-01T0${n}:00:00.000Z`)

// Two timers for one instant: what the second one leads to follows what the first one has led to.
const twice = workflow({
  type: "Twice",
  start: () => step({ count: 0 }).timer("a", hour(1)).timer("b", hour(1)),
  on: Object.fromEntries(
    ["a", "b"].map(name => [
      name,
      timed(({ data: known }) => (known["count"] === 0 ? step({ count: 1 }) : done({ after: known["count"]! }))),
    ]),
  ),
})
const app = daybook({
  schema: {
    daybook: 1,
    name: "twice",
    version: 1,
    entities: { Thing: { attributes: { name: { type: "string" } } } },
    commands: { Twice: { target: null, data: { type: "object" } } },
    events: {},
  },
  workflows: [twice],
})

test("hundreds whose timers go off at once, where commits take their time, take every step once and in order [W47 W49]", async () => {
  const clock = simulatedClock("2030-01-01T00:00:00.000Z")
  const store = memoryStore({ clock, isShared: true })
  const sizes: number[] = []
  const slow: typeof store = {
    ...store,
    async commit(writes) {
      sizes.push(writes.filter(({ kind }) => kind === "transaction").length)
      for (let turns = 0; turns < 20; turns++) await turn()
      return store.commit(writes)
    },
  }
  const open = await openDaybook(app, { store: slow, clock, ids: seededIds(1) })
  const ids = Array.from({ length: 600 }, (_, i) => `t${i}`)
  await Promise.all(ids.map(async id => open.request({ id, type: "Twice", target: null, data: {} }, asker)))
  const ended = Promise.all(ids.map(async id => open.ended(id)))
  sizes.length = 0
  await clock.advance(3_700_000)
  const outcomes = await ended
  expect(outcomes.map(({ state, result }) => [state, result])).toEqual(ids.map(() => ["succeeded", { after: 1 }]))
  const instances = await Promise.all(ids.map(async id => open.command(id)))
  // Begun, and two steps that may have come in one transaction.
  const lengths = new Set(instances.map(instance => (instance as Instance).history.length))
  expect([...lengths].every(length => length === 2 || length === 3)).toBe(true)
  expect(sizes.filter(size => size > 0).length).toBeGreaterThan(1)
  for await (const finding of open.verify()) expect(finding).toBe(null)
  await open.close()
})
