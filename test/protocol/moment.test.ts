import { expect, test } from "vitest"
import { isInstant, isT, momentOf } from "../../src/protocol/moment.ts"

test.each([
  "2011-10-01T00:38:44.546+02:00",
  "2026-11-20T15:00:00Z",
  "2026-11-20T15:00Z",
  "2024-02-29T23:59:59.999999999-11:30",
])("%s is an instant", text => expect(isInstant(text)).toBe(true))

test.each([
  "2026-11-20",
  "2026-11-20T15:00:00",
  "2026-02-29T00:00:00Z",
  "2026-13-01T00:00:00Z",
  "2026-11-20T24:00:00Z",
  "2026-11-20 15:00:00Z",
  "2026-11-20T15:00:60Z",
  "20 Nov 2026",
  "2026-11-20T15:00:00+2",
  "",
])("%j is none", text => expect(isInstant(text)).toBe(false))

test("a t is a whole number that a double holds exactly", () => {
  expect([0, 1, 2 ** 53 - 1].every(isT)).toBe(true)
  expect([-1, 1.5, 2 ** 53, "1", null].some(isT)).toBe(false)
})

test("in a URL a moment is a t or an instant, its plus escaped or not", () => {
  expect(momentOf("120")).toBe(120)
  expect(momentOf("2011-10-01T00:38:44+02:00")).toBe("2011-10-01T00:38:44+02:00")
  expect(momentOf("2011-10-01T00:38:44 02:00")).toBe("2011-10-01T00:38:44+02:00")
  for (const text of ["-1", "1.5", "99999999999999999999", "yesterday", "0x10"]) expect(momentOf(text)).toBeNull()
})
