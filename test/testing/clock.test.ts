import { expect, test } from "vitest"
import { simulatedClock, type SimulatedClock } from "../../src/testing/clock.ts"

test("time stands still until it is moved", async () => {
  const clock = simulatedClock("2030-05-01T12:00:00.000Z")
  await clock.idle()
  expect(clock.iso()).toBe("2030-05-01T12:00:00.000Z")
  await clock.advance(90_000)
  expect(clock.iso()).toBe("2030-05-01T12:01:30.000Z")
  expect(clock.ticks()).toBe(90_000)
})

test("what falls due runs in its order, each at its own instant, also what is asked for on the way", async () => {
  const clock = simulatedClock("1970-01-01T00:00:00.000Z")
  const seen: [string, number][] = []
  const note = (what: string) => () => void seen.push([what, clock.now()])
  clock.after(300, note("third"))
  clock.after(100, () => {
    note("first")()
    clock.after(50, note("second"))
  })
  clock.after(300, note("fourth"))
  clock.after(1_001, note("too late"))
  await clock.advance(1_000)
  expect(seen).toEqual([
    ["first", 100],
    ["second", 150],
    ["third", 300],
    ["fourth", 300],
  ])
  expect(clock.nextDue()).toBe(1)
})

test("promises settle between two waits that fall due", async () => {
  const clock = simulatedClock()
  const seen: string[] = []
  clock.after(
    10,
    () =>
      void Promise.resolve().then(async () => {
        await Promise.resolve()
        await turnOf(clock)
        seen.push("awaited")
      }),
  )
  clock.after(20, () => seen.push("next"))
  await clock.advance(20)
  expect(seen).toEqual(["awaited", "next"])
})

test("work that is to run soon goes on by itself, without time passing", async () => {
  const clock = simulatedClock()
  const begun = clock.now()
  for (let i = 0; i < 5; i++) await turnOf(clock)
  expect(clock.now()).toBe(begun)
})

test("idle lets chains of soon end, and runs what is due already, but moves no time", async () => {
  const clock = simulatedClock()
  const seen: string[] = []
  clock.soon(() => clock.soon(() => clock.soon(() => void seen.push("deep"))))
  clock.after(0, () => seen.push("due"))
  clock.after(1, () => seen.push("later"))
  await clock.idle()
  expect(seen.toSorted()).toEqual(["deep", "due"])
})

test("what was taken back does not run, and taking it back twice does nothing", async () => {
  const clock = simulatedClock()
  const cancels = [clock.after(5, () => expect.unreachable()), clock.soon(() => expect.unreachable())]
  for (const cancel of [...cancels, ...cancels]) cancel()
  expect(clock.nextDue()).toBeNull()
  await clock.advance(10)
})

test("a clock that is set back shows an earlier time, and shortens no wait", async () => {
  const clock = simulatedClock("2030-01-01T00:00:10.000Z")
  let over = false
  clock.after(1_000, () => (over = true))
  clock.back(5_000)
  expect(clock.iso()).toBe("2030-01-01T00:00:05.000Z")
  expect(clock.ticks()).toBe(0)
  await clock.advance(999)
  expect(over).toBe(false)
  await clock.advance(1)
  expect(over).toBe(true)
  expect(clock.nextDue()).toBeNull()
})

test("it can be set to an instant, forward with all that falls due, or back", async () => {
  const clock = simulatedClock("2030-01-01T00:00:00.000Z")
  let over = false
  clock.after(60_000, () => (over = true))
  await clock.set("2030-01-01T00:01:00.000Z")
  expect(over).toBe(true)
  await clock.set("2029-12-31T00:00:00.000Z")
  expect(clock.iso()).toBe("2029-12-31T00:00:00.000Z")
})

test("an instant that is none, and time that goes forward by less than nothing, are mistakes", async () => {
  expect(() => simulatedClock("yesterday")).toThrow("yesterday is not an instant")
  await expect(simulatedClock().set("tomorrow")).rejects.toThrow("tomorrow is not an instant")
  await expect(simulatedClock().advance(-1)).rejects.toThrow("use back()")
})

function turnOf(clock: SimulatedClock): Promise<void> {
  return new Promise(resolve => {
    clock.soon(resolve)
  })
}
