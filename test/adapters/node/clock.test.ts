import { afterEach, expect, test, vi } from "vitest"
import { systemClock } from "../../../src/adapters/node/clock.ts"

afterEach(() => {
  vi.useRealTimers()
})

test("it shows the machine's time, and ticks that go forward", () => {
  const clock = systemClock()
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(50)
  expect(clock.ticks()).toBeLessThanOrEqual(clock.ticks())
})

test("what is to run soon runs after the promises of this turn, unless it is taken back", async () => {
  const clock = systemClock()
  const seen: string[] = []
  clock.soon(() => seen.push("soon"))
  const cancel = clock.soon(() => seen.push("never"))
  cancel()
  cancel()
  await Promise.resolve().then(() => seen.push("promise"))
  expect(seen).toEqual(["promise"])
  await new Promise<void>(resolve => {
    clock.soon(resolve)
  })
  expect(seen).toEqual(["promise", "soon"])
})

test("a wait is never over before its time", async () => {
  const clock = systemClock()
  const begun = clock.ticks()
  await new Promise<void>(resolve => {
    clock.after(3, resolve)
  })
  expect(clock.ticks() - begun).toBeGreaterThanOrEqual(3)
})

test("a wait of fifty days is neither over at once nor late", () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] })
  const ms = 50 * 86_400_000
  let over = false
  systemClock().after(ms, () => (over = true))
  vi.advanceTimersByTime(ms - 1)
  expect(over).toBe(false)
  vi.advanceTimersByTime(1)
  expect(over).toBe(true)
})

test("a wait that was taken back is never over, in whichever of its parts it is", () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] })
  let over = 0
  const cancel = systemClock().after(50 * 86_400_000, () => (over += 1))
  vi.advanceTimersByTime(30 * 86_400_000)
  cancel()
  vi.advanceTimersByTime(90 * 86_400_000)
  expect(over).toBe(0)
  expect(vi.getTimerCount()).toBe(0)
})
