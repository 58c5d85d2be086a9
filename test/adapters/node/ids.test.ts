import { expect, test } from "vitest"
import { ascendingIds, systemIds } from "../../../src/adapters/node/ids.ts"
import { seededIds } from "../../../src/testing/ids.ts"

const v7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const v5 = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

test("a hundred thousand ids are valid UUIDv7s, all different, each greater than the one before", () => {
  const ids = systemIds()
  const made = Array.from({ length: 100_000 }, () => ids.next())
  expect(made.every(id => v7.test(id))).toBe(true)
  expect(made.every((id, i) => i === 0 || made[i - 1]! < id)).toBe(true)
})

test("an id tells the millisecond it was made in", () => {
  const before = Date.now()
  const ms = Number.parseInt(systemIds().next().replaceAll("-", "").slice(0, 12), 16)
  expect(ms).toBeGreaterThanOrEqual(before)
  expect(ms).toBeLessThanOrEqual(Date.now())
})

test("two makers in one process do not make the same ids", () => {
  const [a, b] = [systemIds(), systemIds()]
  const made = Array.from({ length: 5_000 }, () => [a.next(), b.next()]).flat()
  expect(new Set(made).size).toBe(10_000)
})

test("ids ascend although the clock is set back", () => {
  const times = [1_000, 1_000, 400, 999, 1_001]
  const next = ascendingIds(
    () => times.shift()!,
    chars => "a".repeat(chars),
  )
  const made = Array.from({ length: 5 }, next)
  expect(made.toSorted()).toEqual(made)
  expect(new Set(made).size).toBe(5)
  expect(made[0]).toBe("00000000-03e8-72aa-aaaa-aaaaaaaaaaaa")
})

test("a millisecond that is used up borrows from the next one", () => {
  // Chance is made to begin the counter two short of its end, first, and at zero after that.
  const begins = ["3fffffe"]
  const next = ascendingIds(
    () => 1_000,
    chars => (chars === 6 ? begins.shift() : undefined) ?? "0".repeat(chars),
  )
  expect(next()).toBe("00000000-03e8-7fff-bffe-000000000000")
  expect(next()).toBe("00000000-03e8-7fff-bfff-000000000000")
  expect(next()).toBe("00000000-03e9-7000-8000-000000000000")
})

test("the id of a cause is a UUIDv5, the same each time, and another for another cause", () => {
  const ids = systemIds()
  expect(ids.of("command-1", 0)).toMatch(v5)
  expect(ids.of("command-1", 0)).toBe(systemIds().of("command-1", "0"))
  expect(new Set([ids.of("a", 1), ids.of("a", 2), ids.of("b", 1)]).size).toBe(3)
})

test("tests and production derive the same ids, whatever is in the name", () => {
  for (const cause of ["a", "x".repeat(5_000), 'emoji 🐝 "quoted"', "ü"]) {
    for (const what of [0, 17, "processor:3"]) expect(seededIds().of(cause, what)).toBe(systemIds().of(cause, what))
  }
})
