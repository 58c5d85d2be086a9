import { expect, test } from "vitest"
import { differences, mergePatch, patched, type KeyedRow } from "../../../src/queries/live/differences.ts"

test("what differs between two answers is told row by row, what is gone first", () => {
  const before: readonly KeyedRow[] = [
    ["a", { name: "A", size: 1 }],
    ["b", { name: "B" }],
    ["c", { name: "C" }],
  ]
  const after: readonly KeyedRow[] = [
    ["a", { name: "A", size: 2 }],
    ["c", { name: "C" }],
    ["d", { name: "D" }],
  ]
  expect(differences(before, after)).toEqual([
    ["-", "b"],
    ["~", "a", { size: 2 }],
    ["+", "d", { name: "D" }],
  ])
  expect(differences(after, after)).toEqual([])
})

test("a patch says what is gone with null, however deep", () => {
  const [before, after] = [
    { org: { name: "Acme", city: "Bern" }, tags: ["x"] },
    { org: { name: "Acme" }, tags: ["x", "y"] },
  ]
  expect(mergePatch(before, after)).toEqual({ org: { city: null }, tags: ["x", "y"] })
  expect(patched(before, mergePatch(before, after))).toEqual(after)
})

test("a row with a null in it takes the place of the one before, since a patch cannot say null", () => {
  expect(differences([["a", { rate: 1 }]], [["a", { rate: null }]])).toEqual([["+", "a", { rate: null }]])
})
