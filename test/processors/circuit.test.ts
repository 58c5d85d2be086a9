import { expect, test } from "vitest"
import { limits } from "../../src/kernel/limits.ts"
import { afterPause, afterSetback, afterSuccess, atOnce, closed, type Circuit } from "../../src/processors/circuit.ts"

const failing = (count: number) =>
  Array.from({ length: count }, (_, i) => `thing-${i}`).reduce<Circuit>(afterSetback, closed)

test("failures of so many entities in a row open the circuit [TR7]", () => {
  expect(failing(limits.failedInARowMax - 1).mode).toBe("closed")
  expect(failing(limits.failedInARowMax)).toEqual({ mode: "open", times: 1 })
})

test("failures of one entity alone never do [TR7]", () => {
  const circuit = Array.from({ length: 50 }, () => "thing").reduce<Circuit>(afterSetback, closed)
  expect(circuit.mode).toBe("closed")
})

test("a success begins the count anew [TR7]", () => {
  const circuit = afterSuccess(failing(limits.failedInARowMax - 1))
  expect(afterSetback(circuit, "other").mode).toBe("closed")
})

test.each<[Circuit, string, Circuit]>([
  [{ mode: "open", times: 2 }, "pause", { mode: "probing", times: 2 }],
  [{ mode: "open", times: 2 }, "success", closed],
  [{ mode: "open", times: 2 }, "setback", { mode: "open", times: 2 }],
  [{ mode: "probing", times: 2 }, "success", closed],
  [{ mode: "probing", times: 2 }, "setback", { mode: "open", times: 3 }],
  [{ mode: "probing", times: 2 }, "pause", { mode: "probing", times: 2 }],
  [closed, "pause", closed],
  [closed, "success", closed],
])("%o after a %s is %o [TR7]", (before, what, after) => {
  const next =
    what === "pause" ? afterPause(before) : what === "success" ? afterSuccess(before) : afterSetback(before, "thing")
  expect(next).toEqual(after)
})

test("many run at once when it is closed, none when it is open, one to probe [TR7]", () => {
  expect(
    [closed, failing(limits.failedInARowMax), afterPause(failing(limits.failedInARowMax))].map(c => atOnce(c, 16)),
  ).toEqual([16, 0, 1])
})
