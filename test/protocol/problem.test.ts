import { expect, test } from "vitest"
import { Refusal } from "../../src/kernel/refusal.ts"
import { problem, problemOf, problems, retryAfterSeconds } from "../../src/protocol/problem.ts"

test("each code has the status of the contract", () => {
  const statuses = Object.fromEntries(Object.entries(problems).map(([code, { status }]) => [code, status]))
  expect(statuses).toEqual({
    malformed: 400,
    unauthenticated: 401,
    forbidden: 403,
    "not-found": 404,
    "method-not-allowed": 405,
    conflict: 409,
    "duplicate-conflict": 409,
    "too-large": 413,
    "unsupported-media": 415,
    invalid: 422,
    "unknown-command": 422,
    "unknown-type": 422,
    "query-unsupported": 422,
    "rate-limited": 429,
    overloaded: 503,
    unavailable: 503,
    timeout: 504,
    internal: 500,
  })
})

test("a refusal says its sentence, its faults and its facts, and facts take no standard member's place [HA8]", () => {
  const fault = { path: "/data/a", code: "type", message: "is not a string" }
  const said = problemOf(new Refusal("invalid", "No.", { stream: "s", status: 200, code: "x", errors: [1] }, [fault]))
  expect(said).toEqual({
    type: "urn:daybook:problem:invalid",
    title: "Against the schema",
    status: 422,
    detail: "No.",
    code: "invalid",
    errors: [fault],
    stream: "s",
  })
  expect(Object.keys(said).slice(0, 5)).toEqual(["type", "title", "status", "detail", "code"])
  expect(problemOf(new Refusal("conflict", "No."))).not.toHaveProperty("errors")
})

test("what will pass says when to come back", () => {
  expect(retryAfterSeconds(problem("overloaded", ""))).toBe(1)
  expect(retryAfterSeconds(problem("unavailable", ""))).toBe(2)
  expect(retryAfterSeconds(problem("rate-limited", "", { retryAfterSeconds: 7.2 }))).toBe(8)
  expect(retryAfterSeconds(problem("conflict", ""))).toBeNull()
})
