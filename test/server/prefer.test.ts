import { expect, test } from "vitest"
import { patienceOf } from "../../src/server/prefer.ts"

test.each<[string | undefined, number, boolean, string | null]>([
  [undefined, 10_000, false, null],
  ["", 10_000, false, null],
  ["respond-async", 0, true, "respond-async"],
  ["Respond-Async", 0, true, "respond-async"],
  ["wait=3", 3_000, false, "wait=3"],
  ['wait="3"', 3_000, false, "wait=3"],
  ["wait = 3 ; a=b", 3_000, false, "wait=3"],
  ["wait=0", 0, false, "wait=0"],
  ["wait=99", 10_000, false, "wait=10"],
  ["wait=soon", 10_000, false, null],
  ["wait=-1", 10_000, false, null],
  ["wait", 10_000, false, null],
  ["respond-async, wait=2", 2_000, false, "respond-async, wait=2"],
  ['foo="a, wait=1; b", wait=2', 2_000, false, "wait=2"],
  ['foo="a\\", wait=1", wait=2', 2_000, false, "wait=2"],
  ["wait=1, wait=2", 1_000, false, "wait=1"],
  [",,, return=minimal ,,wait=1", 1_000, false, "wait=1"],
  ['"'.repeat(9_999), 10_000, false, null],
])("Prefer: %s", (header, waitMs, leaves, applied) => {
  expect(patienceOf(header)).toEqual({ waitMs, leaves, applied })
})
