import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { defaultBackoff, waitMs } from "../../src/kernel/backoff.ts"
import { instant } from "../../src/kernel/clock.ts"
import { isId } from "../../src/kernel/ids.ts"
import { event, isEnd, reject, type CommandState } from "../../src/kernel/message.ts"
import { changed, created, retracted } from "../../src/kernel/processor.ts"
import { limits } from "../../src/kernel/limits.ts"
import { assert, Refusal, unreachable } from "../../src/kernel/refusal.ts"

describe("the waits between attempts", () => {
  const waits = (random: number, count = 14) => Array.from({ length: count }, (_, i) => waitMs(i + 1, random))

  test("double from the base on, and stay at the cap [TR2 TR3]", () => {
    expect(waits(0)).toEqual([
      50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 51_200, 60_000, 60_000, 60_000,
    ])
  })

  test("get up to a second more by chance, and never more than the wait itself [TR2 TR3]", () => {
    expect(waits(1, 7)).toEqual([100, 200, 400, 800, 1_600, 2_600, 4_200])
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, random) => {
          const [least, wait] = [waitMs(attempt, 0), waitMs(attempt, random)]
          expect(wait).toBeGreaterThanOrEqual(least)
          expect(wait).toBeLessThanOrEqual(least + Math.min(least, 1_000))
        },
      ),
    )
  })

  test("are what one says they are [TR3]", () => {
    const backoff = { baseMs: 1_000, factor: 3, capMs: 5_000, jitterMs: 0 }
    expect([1, 2, 3].map(attempt => waitMs(attempt, 0.9, backoff))).toEqual([1_000, 3_000, 5_000])
    expect(defaultBackoff.capMs).toBe(limits.retryCapMs)
  })
})

describe("an id", () => {
  test.each(["a", "x".repeat(200), "ä", "a b", "/~%", "0190c0de-0000-7000-8000-000000000000", "\u{1f600}"])(
    "may be %j",
    id => {
      expect(isId(id)).toBe(true)
    },
  )

  test.each(["", "x".repeat(201), "a\u0000", "a\n", "\u007f", "\ud83d", 7, null, undefined, ["a"]])(
    "may not be %j",
    id => {
      expect(isId(id)).toBe(false)
    },
  )
})

describe("a no", () => {
  test("has a code for programs, a sentence for people, and the facts [CE7]", () => {
    const refusal = new Refusal("not-found", "There is no loan 7", { loan: 7 })
    expect(refusal).toBeInstanceOf(Error)
    expect(refusal).toMatchObject({ name: "Refusal", message: "There is no loan 7", facts: { loan: 7 }, faults: [] })
  })

  test("is not what stops what cannot be", () => {
    expect(() => assert(false, "two and two is five")).toThrow("Cannot be: two and two is five")
    expect(() => assert(1, "never said")).not.toThrow()
    expect(() => unreachable("a case" as never)).toThrow('Cannot be: "a case"')
  })
})

test("an instant is written in one way", () => {
  expect(instant(0)).toBe("1970-01-01T00:00:00.000Z")
  const odd = [1, 59, 999, 1_000, 1_009, 999, -1, -1_000, -1_500, -0, 1.9, -1.9, 1_763_749_000_099.7]
  for (const ms of [...odd, 8.64e15, -8.64e15, 253_402_300_800_000, -62_198_755_200_000]) {
    expect(instant(ms)).toBe(new Date(ms).toISOString())
    expect(instant(ms)).toBe(new Date(ms).toISOString())
  }
  for (const ms of [Number.NaN, Infinity, 8.64e15 + 1]) expect(() => instant(ms)).toThrow("Invalid time value")
})

test("every bound is a positive number", () => {
  for (const [name, bound] of Object.entries(limits)) expect([name, bound > 0]).toEqual([name, true])
})

test("four states of a command are ends, and six are not", () => {
  const states: Readonly<Record<CommandState, boolean>> = {
    queued: false,
    running: false,
    waiting: false,
    retrying: false,
    aborting: false,
    stuck: false,
    succeeded: true,
    rejected: true,
    failed: true,
    aborted: true,
  }
  for (const [state, ends] of Object.entries(states))
    expect([state, isEnd(state as CommandState)]).toEqual([state, ends])
})

test("an event is said or refused in one word [N33 CE1]", () => {
  expect(event("Paid", { sum: 1 })).toEqual({ type: "Paid", data: { sum: 1 }, rejection: false })
  expect(reject("Broke", { sum: 1 })).toEqual({ type: "Broke", data: { sum: 1 }, rejection: true })
})

test("what a processor listens to is a value [N21 L12]", () => {
  expect(created("Tab")).toEqual({ kind: "created", type: "Tab" })
  expect(changed("Tab")).toEqual({ kind: "changed", type: "Tab" })
  expect(changed("Tab", "items")).toEqual({ kind: "changed", type: "Tab", attribute: "items" })
  expect(retracted("Tab")).toEqual({ kind: "retracted", type: "Tab" })
})
