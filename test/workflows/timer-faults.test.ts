import { expect, test } from "vitest"
import { seededRandom } from "../../src/testing/ids.ts"
import { aShelf, arm } from "./shelf.ts"

const hour = 3_600_000

test("one that fails is tried again, later each time, and holds up nobody [W47 TR2]", async () => {
  let failures = 9
  const world = aShelf({
    fire({ id }, shelf) {
      if (id === "bad" && failures-- > 0) throw new Error("no")
      shelf.set(id, null)
    },
  })
  const { clock, shelf, timers, fired, warnings, start, after } = world
  arm(world, "bad", start)
  timers.start()
  for (let second = 0; second < 100; second++) {
    arm(world, `good ${second}`, clock.now() + 500)
    await clock.advance(1_000)
  }
  const tries = fired.filter(({ id }) => id === "bad").map(({ at }) => after(at))
  expect(tries).toHaveLength(10)
  const waits = tries.slice(1).map((at, n) => at - tries[n]!)
  for (const [n, wait] of waits.entries()) {
    expect(wait).toBeGreaterThanOrEqual(50 * 2 ** n)
    expect(wait).toBeLessThanOrEqual(50 * 2 ** n * 2.25 + 50)
  }
  expect(fired.filter(({ id }) => id !== "bad").map(({ at, due }) => at - due)).toEqual(Array(100).fill(0))
  expect(shelf.size).toBe(0)
  expect(warnings.map(({ sentence }) => sentence)).toEqual(
    Array(9).fill("A timer could not go off, and is tried again"),
  )
  expect(warnings[2]?.facts).toMatchObject({ timer: "bad", attempt: 3, error: new Error("no") })
  expect(clock.nextDue()).toBe(null)
})

test("one that is still there after it went off is tried again as if it had failed, and that is told [W47]", async () => {
  let left = 3
  const world = aShelf({
    fire({ id }, shelf) {
      if (left-- === 0) shelf.set(id, null)
    },
  })
  const { clock, timers, fired, warnings, start, after } = world
  arm(world, "a", start)
  timers.start()
  await clock.advance(20)
  expect(fired).toHaveLength(1)
  expect(warnings).toEqual([
    { sentence: "A timer is still there after it went off, and is tried again", facts: { timer: "a" } },
  ])
  await clock.advance(hour)
  const tries = fired.map(({ at }) => after(at))
  expect(tries).toHaveLength(4)
  expect(tries[2]! - tries[1]!).toBeGreaterThanOrEqual(100)
  expect(tries[3]! - tries[2]!).toBeGreaterThanOrEqual(200)
  expect(warnings).toHaveLength(3)
})

test("one that was set anew for the same instant is another one, and goes off at once [W42]", async () => {
  const world = aShelf({
    fire({ id, due, payload }, shelf) {
      const { fire } = payload
      if (typeof fire === "number" && fire < 5) arm(world, id, due, { fire: fire + 1 })
      else shelf.set(id, null)
    },
  })
  const { clock, timers, fired, warnings, start } = world
  arm(world, "a", start, { fire: 1 })
  timers.start()
  await clock.idle()
  expect(fired).toHaveLength(5)
  expect(warnings).toEqual([])
})

test("while the store is away it is asked again, later each time, and then nothing is lost [W47 TR2]", async () => {
  const world = aShelf()
  const { clock, shelf, timers, fired, warnings, start } = world
  shelf.isAway = true
  timers.start()
  arm(world, "a", start + 1_000)
  await clock.advance(200_000)
  expect(fired).toEqual([])
  expect(shelf.reads).toBeLessThan(20)
  expect(warnings.length).toBe(shelf.reads)
  expect(warnings[0]?.sentence).toBe("Timers could not be read, and are looked for again")
  // Nothing makes it be asked sooner.
  const { reads } = shelf
  arm(world, "b", start + 200_001)
  timers.rang()
  await clock.advance(100)
  expect(shelf.reads).toBe(reads)
  shelf.isAway = false
  await clock.advance(62_000)
  expect(fired.map(({ id }) => id)).toEqual(["a", "b"])
  arm(world, "c", clock.now() + 10)
  await clock.advance(10)
  expect(fired.at(-1)).toMatchObject({ id: "c", at: clock.now() })
})

test("nothing goes off before the clock says so, when it was set back, and nothing is lost [W47]", async () => {
  const world = aShelf()
  const { clock, timers, fired, start } = world
  timers.start()
  arm(world, "a", start + hour)
  await clock.advance(hour / 2)
  clock.back(2 * hour)
  await clock.advance(hour)
  expect(fired).toEqual([])
  // Again an hour forward and two hours back.
  await clock.advance(hour)
  clock.back(2 * hour)
  await clock.advance(2 * hour)
  expect(fired).toEqual([])
  await clock.advance(hour)
  expect(fired).toHaveLength(1)
  expect(fired[0]!.at - (start + hour)).toBe(0)
})

test("one that was read before the clock was set back waits until it is due again [W47]", async () => {
  const world = aShelf()
  const { clock, shelf, timers, fired, start } = world
  timers.start()
  await clock.idle()
  arm(world, "a", start + 100)
  let isSet = false
  shelf.pause = async () => {
    if (clock.now() < start + 100 || isSet) return
    isSet = true
    await world.turn()
    clock.back(hour)
  }
  await clock.advance(200)
  expect(isSet).toBe(true)
  expect(fired).toEqual([])
  await clock.advance(hour - 101)
  expect(fired).toEqual([])
  await clock.advance(1)
  expect(fired).toHaveLength(1)
})

test("thousands that fail together are tried again together, and do not hold up another one [W47]", async () => {
  const world = aShelf({
    fire({ id }, shelf) {
      if (id !== "good") throw new Error("no")
      shelf.set(id, null)
    },
  })
  const { clock, shelf, timers, fired, start } = world
  for (let i = 0; i < 1_000; i++) shelf.set(`t${i}`, start - 1)
  timers.start()
  await clock.advance(10_000)
  const tries = fired.length
  expect(tries).toBeGreaterThanOrEqual(5 * 1_000)
  expect(shelf.rowsRead).toBeLessThan(6 * tries)
  arm(world, "good", clock.now() + 5)
  await clock.advance(5)
  expect(fired.filter(({ id }) => id === "good").map(({ at, due }) => at - due)).toEqual([0])
})

test.each([1, 2, 3, 4, 5])(
  "whatever happens, all that is set goes off in time, and none too early (seed %i) [W47]",
  async seed => {
    const random = seededRandom(seed)
    const below = (n: number) => Math.floor(random() * n)
    const world = aShelf({
      async fire({ id, due }, shelf) {
        for (let turns = below(3); turns > 0; turns--) await world.turn()
        if (below(10) === 0) throw new Error("no")
        // Another transaction may have moved it meanwhile.
        if (wanted.get(id) !== due) return
        wanted.delete(id)
        shelf.set(id, null)
        if (below(4) === 0) set(id, below(500))
      },
    })
    const { clock, shelf, timers, fired } = world
    const wanted = new Map<string, number>()
    const set = (id: string, inMs: number) => {
      const due = clock.now() + inMs
      wanted.set(id, due)
      shelf.set(id, due)
      if (below(3) > 0) timers.armed(due)
      else timers.rang()
    }
    shelf.pause = async () => (below(2) === 0 ? world.turn() : undefined)
    timers.start()
    for (let step = 0; step < 300; step++) {
      set(`t${below(60)}`, below(2_000) - 100)
      if (below(20) === 0) clock.back(below(1_000))
      if (below(30) === 0) shelf.isAway = !shelf.isAway
      if (below(40) === 0) {
        await timers.stop()
        timers.start()
      }
      await clock.advance(below(100))
    }
    shelf.isAway = false
    await clock.advance(200_000)
    expect([...wanted]).toEqual([])
    expect(shelf.size).toBe(0)
    expect(fired.filter(({ at, due }) => at < due)).toEqual([])
    expect(fired.length).toBeGreaterThan(100)
    expect(timers.busy).toBe(false)
    expect(clock.nextDue()).toBe(null)
  },
)
