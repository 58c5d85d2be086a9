import { expect, test } from "vitest"
import { sow, type Sown } from "../../src/cli/seed.ts"
import { Refusal } from "../../src/kernel/refusal.ts"
import { memoryStore } from "../../src/testing/memory-store.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"

const seed = ["first", "second", "third"].map(id => ({ type: "Plant", target: { type: "Tree", id }, data: {} }))

function garden(basis = 0) {
  const asked: string[] = []
  const warned: unknown[] = []
  let refusing: Refusal | null = null
  const daybook: Sown = {
    basis: () => Promise.resolve(basis),
    ids: seededIds("garden"),
    journal: { info() {}, warn: (_sentence, facts) => void warned.push(facts?.["place"]), error() {} },
    request({ id, target }, { actor }) {
      if (refusing !== null && target?.id === "second") return Promise.reject(refusing)
      asked.push(`${actor} ${target?.id} ${id}`)
      return Promise.resolve({ id, state: "succeeded", t: ++basis, events: [] })
    },
  }
  const refuse = (refusal: Refusal | null) => void (refusing = refusal)
  return { daybook, store: memoryStore({ clock: simulatedClock() }), asked, warned, refuse }
}

test("a seed is asked for once, under ids that follow from places [A41]", async () => {
  const { daybook, store, asked } = garden()
  await sow(seed, daybook, store)
  await sow(seed, daybook, store)
  expect(asked).toEqual(seed.map(({ target }, place) => `system ${target.id} ${daybook.ids.of("seed", place)}`))
})

test("a seed that was interrupted goes on under the same ids [A41]", async () => {
  const { daybook, store, asked, refuse } = garden()
  refuse(new Refusal("unavailable", "The disk is full"))
  await expect(sow(seed, daybook, store)).rejects.toThrow("The disk is full")
  refuse(null)
  await sow(seed, daybook, store)
  const [first, again, ...rest] = asked
  expect(again).toBe(first)
  expect(rest).toHaveLength(2)
})

test("a command of a seed that is refused is told, and the others are asked for", async () => {
  const { daybook, store, asked, warned, refuse } = garden()
  refuse(new Refusal("unknown-command", "There is no command Plant"))
  await sow(seed, daybook, store)
  expect({ asked: asked.length, warned }).toEqual({ asked: 2, warned: [1] })
})

test("where something has happened already nothing is sown", async () => {
  const { daybook, store, asked } = garden(7)
  await sow(seed, daybook, store)
  expect(asked).toEqual([])
})
