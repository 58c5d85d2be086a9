import { describe, expect, test } from "vitest"
import { CodeError } from "../../src/commands/code-error.ts"
import { afterFailure, asRefusal, bugJson, errorJson } from "../../src/commands/failure.ts"
import { limits } from "../../src/kernel/limits.ts"
import { Refusal, type RefusalCode } from "../../src/kernel/refusal.ts"

const codes: RefusalCode[] = ["unavailable", "overloaded", "rate-limited", "timeout", "conflict"]
const finals: RefusalCode[] = ["malformed", "forbidden", "not-found", "invalid", "unknown-command", "too-large"]

describe("after a failure", () => {
  test.each(codes)("%s may pass, so it is tried again [TR1]", code => {
    expect(afterFailure(new Refusal(code, "No"), 1, 0)).toMatchObject({ kind: "again", waitMs: limits.retryBaseMs })
  })

  test.each(finals)("%s will be the same next time [TR1]", code => {
    expect(afterFailure(new Refusal(code, "No"), 1, 0)).toMatchObject({
      kind: "failed",
      error: { class: "user", code },
    })
  })

  test.each([
    new TypeError("x"),
    new RangeError("x"),
    new ReferenceError("x"),
    new SyntaxError("x"),
    new CodeError("x"),
  ])("%s is a bug [CP8]", thrown => {
    expect(afterFailure(thrown, 1, 0)).toMatchObject({ kind: "failed", error: { class: "dev", code: "bug" } })
  })

  test.each([[new Error("down")], [new TypeError("fetch failed", { cause: "ECONNRESET" })], ["a text"], [undefined]])(
    "%s says nothing about whose fault it is, so it is tried again [CP8]",
    thrown => {
      expect(afterFailure(thrown, 1, 0)).toMatchObject({ kind: "again", error: { class: "system" } })
    },
  )

  test("the waits grow from attempt to attempt, and after the last one it has failed [TR2 TR3]", () => {
    const after = Array.from({ length: limits.attemptsMax }, (_, i) => afterFailure(new Error("down"), i + 1, 0))
    const waits = after.map(a => (a.kind === "again" ? a.waitMs : null))
    expect(waits).toEqual([50, 100, 200, 400, 800, 1_600, 3_200, null])
  })
})

describe("an error as it is kept", () => {
  test("says its class, its sentence and what is wrong where", () => {
    const faults = [{ path: "/a", code: "type", message: "no" }]
    expect(errorJson(new Refusal("invalid", "No", { n: 1 }, faults))).toEqual({
      class: "user",
      code: "invalid",
      message: "No",
      errors: faults,
      facts: { n: 1 },
    })
    expect(errorJson(new CodeError("Wrong", faults))).toEqual({
      class: "dev",
      code: "bug",
      message: "Wrong",
      errors: faults,
    })
    expect(errorJson(7)).toEqual({ class: "system", code: "error", message: "7" })
  })

  test("of a decision is always a bug, unless it is a refusal", () => {
    expect(bugJson(new Error("x"))).toEqual({ class: "dev", code: "bug", message: "Error: x" })
    expect(bugJson(new Refusal("invalid", "x"))).toMatchObject({ class: "user" })
  })

  test("of a store means that it could not take it", () => {
    expect(asRefusal(new Error("disk"))).toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("disk"),
    })
    const refusal = new Refusal("overloaded", "x")
    expect(asRefusal(refusal)).toBe(refusal)
  })
})
