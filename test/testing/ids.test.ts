import { expect, test } from "vitest"
import { seededIds } from "../../src/testing/ids.ts"

test("the same seed makes the same ids and the same chance, another makes others", () => {
  const make = (seed: number | string) => {
    const ids = seededIds(seed)
    return [...Array.from({ length: 100 }, () => ids.next()), ...Array.from({ length: 100 }, () => ids.random())]
  }
  expect(make(7)).toEqual(make(7))
  expect(make("a story")).toEqual(make("a story"))
  expect(make(7)).not.toEqual(make(8))
})

test("seeded ids are valid UUIDv7s that ascend", () => {
  const ids = seededIds(1)
  const made = Array.from({ length: 1_000 }, () => ids.next())
  expect(made.every(id => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(true)
  expect(made.toSorted()).toEqual(made)
})

test("seeded chance is spread evenly in [0, 1)", () => {
  const ids = seededIds(3)
  const buckets = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
  for (let i = 0; i < 10_000; i++) buckets[Math.floor(ids.random() * 10)]! += 1
  expect(Math.min(...buckets)).toBeGreaterThan(900)
  expect(Math.max(...buckets)).toBeLessThan(1_100)
})
