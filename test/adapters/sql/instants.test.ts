import fc from "fast-check"
import { expect, test } from "vitest"
import { instantOf, msOf } from "../../../src/adapters/sql/instants.ts"
import { recent } from "../../../src/adapters/sql/recent.ts"

test("instants are written as JavaScript writes them, and read back", () => {
  const ms = fc.oneof(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: -62135596800000, max: 8.64e15 }))
  fc.assert(
    fc.property(fc.array(ms), all => {
      for (const one of all) {
        expect(instantOf(one)).toBe(new Date(one).toISOString())
        expect(msOf(instantOf(one))).toBe(one)
      }
    }),
  )
})

test("what was lately asked for is remembered, and never more than the most", () => {
  const map = recent<number, number>(10)
  for (let i = 0; i < 1_000; i++) {
    map.set(i, i)
    expect(map.get(0)).toBe(0)
    expect(map.get(i)).toBe(i)
  }
  expect(Array.from({ length: 1_000 }, (_, i) => map.get(i)).filter(found => found !== undefined).length).toBeLessThan(
    12,
  )
})
