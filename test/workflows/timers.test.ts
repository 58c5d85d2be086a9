import { expect, test } from "vitest"
import { every } from "../../src/kernel/moments.ts"
import { missedUntil } from "../../src/workflows/due.ts"
import { aShelf, arm } from "./shelf.ts"

const hour = 3_600_000
const day = 24 * hour

test("a timer goes off when it is due, once, and nothing is read while it waits [W42 W43]", async () => {
  const world = aShelf()
  const { clock, shelf, timers, fired, start } = world
  timers.start()
  await clock.idle()
  arm(world, "a", start + 30 * day)
  const { reads } = shelf
  await clock.advance(30 * day - 1)
  expect(fired).toEqual([])
  expect(shelf.reads).toBe(reads)
  await clock.advance(1)
  expect(fired).toEqual([{ id: "a", at: start + 30 * day, due: start + 30 * day }])
  await clock.advance(30 * day)
  expect(fired).toHaveLength(1)
  // When it is due, it is read, and when it has gone off, it is looked whether it is gone.
  expect(shelf.reads).toBe(reads + 4)
  expect(clock.nextDue()).toBe(null)
})

test("what is overdue at the start goes off once, at once, earliest first [W47]", async () => {
  const { clock, shelf, timers, fired, start } = aShelf()
  shelf.set("b", start - day)
  shelf.set("a", start - 1)
  shelf.set("now", start)
  shelf.set("later", start + 1)
  timers.start()
  await clock.idle()
  expect(fired.map(({ id, at }) => [id, at - start])).toEqual([
    ["b", 0],
    ["a", 0],
    ["now", 0],
  ])
  await clock.advance(1)
  expect(fired.at(-1)).toMatchObject({ id: "later", at: start + 1 })
  expect(fired).toHaveLength(4)
})

test("one that is set earlier than the next goes off first, one that is set for now at once [W42]", async () => {
  const world = aShelf()
  const { clock, timers, fired, start } = world
  timers.start()
  await clock.idle()
  arm(world, "late", start + 300)
  arm(world, "early", start + 100)
  arm(world, "between", start + 200)
  expect(timers.busy).toBe(false)
  arm(world, "now", start)
  arm(world, "past", start - 5)
  expect(timers.busy).toBe(true)
  await clock.idle()
  expect(fired).toHaveLength(2)
  expect(timers.busy).toBe(false)
  await clock.advance(1_000)
  expect(fired.map(({ id, at }) => [id, at - start])).toEqual([
    ["past", 0],
    ["now", 0],
    ["early", 100],
    ["between", 200],
    ["late", 300],
  ])
})

test("one that is taken back does not go off, and one that is moved goes off at its new time only [W46]", async () => {
  const world = aShelf()
  const { clock, shelf, timers, fired, start } = world
  timers.start()
  arm(world, "back", start + 100)
  arm(world, "moved", start + 100)
  await clock.advance(50)
  shelf.set("back", null)
  arm(world, "moved", start + 200)
  await clock.advance(1_000)
  expect(fired.map(({ id, at }) => [id, at - start])).toEqual([["moved", 200]])
})

test("what another process has set is found when the bell rings; many rings lead to few looks [W42]", async () => {
  const { clock, shelf, timers, fired, start } = aShelf()
  timers.start()
  await clock.advance(1_000)
  shelf.set("theirs", start + 2_000)
  const { reads } = shelf
  for (let ms = 0; ms < 100; ms++) {
    for (let ring = 0; ring < 50; ring++) timers.rang()
    await clock.advance(1)
  }
  expect(shelf.reads - reads).toBeLessThanOrEqual(2 * 11)
  await clock.advance(2_000)
  expect(fired.map(({ id, at }) => [id, at - start])).toEqual([["theirs", 2_000]])
})

test("a timer does not go off again while it does so, whatever is looked for meanwhile [W47]", async () => {
  const held = Promise.withResolvers<void>()
  const world = aShelf({ fire: async ({ id }, shelf) => held.promise.then(() => shelf.set(id, null)) })
  const { clock, timers, fired, start } = world
  arm(world, "slow", start)
  timers.start()
  await clock.advance(1_000)
  for (const id of ["a", "b"]) {
    arm(world, id, start + 1_000)
    timers.rang()
    await clock.advance(500)
  }
  expect(fired.map(({ id }) => id)).toEqual(["slow", "a", "b"])
  expect(timers.busy).toBe(true)
  held.resolve()
  await clock.advance(day)
  expect(fired).toHaveLength(3)
  expect(timers.busy).toBe(false)
})

test("a recurring one that sets itself anew comes at each of its times, for half a year [W44 W47]", async () => {
  const times = every("0 9 * * MON", "Europe/Zurich")
  const world = aShelf({
    fire({ id, due }) {
      const { next } = missedUntil(times, due, world.clock.now())
      arm(world, id, next!)
    },
  })
  const { clock, timers, fired, start } = world
  arm(world, "weekly", start)
  timers.start()
  await clock.advance(182 * day)
  expect(fired).toHaveLength(27)
  const local = new Intl.DateTimeFormat("en-GB", {
    timeZone: "Europe/Zurich",
    weekday: "short",
    timeStyle: undefined,
    hour: "2-digit",
    minute: "2-digit",
  })
  expect(new Set(fired.slice(1).map(({ at }) => local.format(at)))).toEqual(new Set(["Mon 09:00"]))
})

test("two thousand that are due in the same second go off once each, 512 at a time at most [W47]", async () => {
  const world = aShelf({
    async fire({ id }, shelf) {
      await world.turn()
      shelf.set(id, null)
    },
  })
  const { clock, shelf, timers, fired, underWay, start } = world
  timers.start()
  await clock.idle()
  for (let i = 0; i < 2_000; i++) shelf.set(`t${i}`, start + 1_000 + (i % 1_000))
  timers.rang()
  await clock.advance(1_000)
  await clock.advance(1_000)
  expect(fired).toHaveLength(2_000)
  expect(new Set(fired.map(({ id }) => id)).size).toBe(2_000)
  expect(fired.every(({ at, due }) => at >= due && at - due < 5)).toBe(true)
  expect(underWay.most).toBeLessThanOrEqual(512)
  expect(shelf.size).toBe(0)
})

test("ten thousand that are overdue together are read hardly more than once each [W47]", async () => {
  const world = aShelf({
    async fire({ id }, shelf) {
      await world.turn()
      shelf.set(id, null)
    },
  })
  const { clock, shelf, timers, fired, underWay, start } = world
  for (let i = 0; i < 10_000; i++) shelf.set(`t${i}`, start - (i % 1_000))
  timers.start()
  await clock.idle()
  expect(fired).toHaveLength(10_000)
  expect(new Set(fired.map(({ id }) => id)).size).toBe(10_000)
  expect(underWay.most).toBe(512)
  expect(shelf.rowsRead).toBeLessThan(11_000)
  expect(shelf.reads).toBeLessThan(60)
})

test("after it was stopped nothing goes off; what was under way is waited for; then it may start again [W47]", async () => {
  const held = Promise.withResolvers<void>()
  const world = aShelf({ fire: async ({ id }, shelf) => held.promise.then(() => shelf.set(id, null)) })
  const { clock, timers, fired, start } = world
  timers.start()
  arm(world, "a", start)
  arm(world, "b", start + 100)
  await clock.idle()
  let isStopped = false
  const stopped = timers.stop().then(() => (isStopped = true))
  timers.rang()
  timers.armed(start)
  await clock.advance(1_000)
  expect([fired.length, isStopped]).toEqual([1, false])
  held.resolve()
  await stopped
  await timers.stop()
  expect(timers.busy).toBe(false)
  await clock.advance(1_000)
  expect(fired).toHaveLength(1)
  expect(clock.nextDue()).toBe(null)
  timers.start()
  await clock.idle()
  expect(fired.map(({ id }) => id)).toEqual(["a", "b"])
})

test("one in a hundred years is waited for in parts, and goes off to the millisecond [W43 W47]", async () => {
  const world = aShelf()
  const { clock, shelf, timers, fired, start } = world
  timers.start()
  const due = start + 50 * day + 1
  arm(world, "a", due)
  arm(world, "far", start + 36_500 * day)
  await clock.advance(1)
  const { reads } = shelf
  expect(clock.nextDue()).toBeLessThanOrEqual(600_000)
  await clock.advance(50 * day - 1)
  expect([fired.length, shelf.reads]).toEqual([0, reads])
  await clock.advance(1)
  expect(fired).toEqual([{ id: "a", at: due, due }])
})
