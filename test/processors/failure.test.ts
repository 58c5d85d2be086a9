import { expect, test } from "vitest"
import { limits } from "../../src/kernel/limits.ts"
import { Refusal, type RefusalCode } from "../../src/kernel/refusal.ts"
import { afterFailure, errorSentence, isBug } from "../../src/processors/failure.ts"

const passing: readonly RefusalCode[] = [
  "unavailable",
  "overloaded",
  "rate-limited",
  "timeout",
  "conflict",
  "not-found",
]
const final: readonly RefusalCode[] = ["invalid", "malformed", "unknown-command", "unknown-type", "too-large"]

test.each<[string, unknown, string]>([
  ...passing.map((code): [string, unknown, string] => [`a refusal ${code}`, new Refusal(code, "No"), "again"]),
  ...final.map((code): [string, unknown, string] => [`a refusal ${code}`, new Refusal(code, "No"), "bug"]),
  ["an Error from outside", new Error("451 try later"), "again"],
  ["a thrown text", "no line", "again"],
  ["a TypeError", new TypeError("x is not a function"), "bug"],
  ["a ReferenceError", new ReferenceError("x is not defined"), "bug"],
  ["a RangeError", new RangeError("Maximum call stack size exceeded"), "bug"],
  ["what fetch throws without a network", new TypeError("fetch failed", { cause: new Error("refused") }), "again"],
])("after %s a delivery is tried again, or is dead at once where it is a bug [CP8, TR1, X6]", (_, error, expected) => {
  const next = afterFailure(error, 1, limits.attemptsMax, 0)
  expect(next.kind === "again" ? "again" : next.why).toBe(expected)
  expect(isBug(error)).toBe(expected === "bug")
})

test("the waits double, are capped, and carry jitter that is never more than the wait [TR2, TR3]", () => {
  const waits = (random: number) =>
    [1, 2, 3, 4, 11, 12, 20].map(attempt => {
      const next = afterFailure(new Error(), attempt, 100, random)
      return next.kind === "again" ? next.waitMs : null
    })
  expect(waits(0)).toEqual([50, 100, 200, 400, 51_200, 60_000, 60_000])
  expect(waits(0.5)).toEqual([75, 150, 300, 600, 51_700, 60_500, 60_500])
})

test("after the last attempt it is dead [L19, TR7]", () => {
  expect(afterFailure(new Error(), 2, 3, 0).kind).toBe("again")
  expect(afterFailure(new Error(), 3, 3, 0)).toEqual({ kind: "dead", why: "attempts" })
})

test("an error is kept as one sentence", () => {
  expect(errorSentence(new Refusal("timeout", "Too late"))).toBe("timeout: Too late")
  expect(errorSentence(new RangeError("too far"))).toBe("RangeError: too far")
  expect(errorSentence(7)).toBe("7")
})
