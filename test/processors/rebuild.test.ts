import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { limits } from "../../src/kernel/limits.ts"
import type { Write } from "../../src/ports/write.ts"
import { rowsOf, statusOf, tally, type Tally } from "./tally.ts"
import { World } from "./world.ts"

test("built late, built again, or fed all along, in whatever pages: the rows are the same [N49, X1]", async () => {
  const step = fc.record({
    thing: fc.integer({ min: 0, max: 4 }),
    type: fc.constantFrom("Put", "Paid", "Noted"),
    pause: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60 }), fc.nat(60), async (steps, restartAt) => {
      const world = new World()
      let { consumers, kill } = await world.start([], [tally()])
      for (const [i, { thing, type, pause }] of steps.entries()) {
        world.put(`t${thing}`, { n: world.basis }, { type })
        if (pause) await world.clock.idle()
        if (i === restartAt) {
          kill()
          ;({ consumers, kill } = await world.start([], [tally()]))
        }
      }
      await world.finish()
      const live = await rowsOf(consumers)

      const rebuilt = consumers.rebuild("tally")
      await world.finish()
      await rebuilt
      expect(await rowsOf(consumers)).toEqual(live)

      kill()
      const late = await world.start([], [tally(1, { name: "late" })])
      await world.finish()
      expect(await rowsOf(late.consumers, "late")).toEqual(live)
    }),
    { numRuns: 25 },
  )
})

describe("a new version", () => {
  test("is built beside the old one, which stays readable, and takes its place in one step [N48, N49]", async () => {
    const world = new World()
    const first = await world.start([], [tally(1)])
    for (let n = 0; n < 5; n++) world.put(`t${n}`, { n })
    await first.consumers.idle()
    first.kill()
    let isHeld = true
    const held: (() => void)[] = []
    const beforeWrite = (write: Write) => {
      if (write.kind !== "projection" || !isHeld) return
      const { promise, resolve } = Promise.withResolvers<void>()
      held.push(resolve)
      return promise
    }
    // The old code is still there: the old version is fed until the new one takes over.
    const { consumers } = await world.start([], [tally(1), tally(2)], { meddling: { beforeWrite } })
    await world.clock.idle()
    expect(await statusOf(consumers)).toEqual([
      { version: 1, t: 5, lag: 0, live: true },
      { version: 2, t: 0, lag: 5, live: false },
    ])
    expect(await rowsOf(consumers)).toHaveProperty("all-1")
    isHeld = false
    for (const release of held) release()
    await consumers.idle()
    expect(await statusOf(consumers)).toEqual([{ version: 2, t: 5, lag: 0, live: true }])
    expect(await rowsOf(consumers)).toHaveProperty("all-2", { n: 5, last: 5 })
    expect(world.memory.projections.get("tally")!.size).toBe(1)
  })

  test("without the code of the old one: the old one is readable where it stands [N48]", async () => {
    const world = new World()
    const first = await world.start([], [tally(1)])
    world.put("a", { n: 1 })
    await first.consumers.idle()
    first.kill()
    world.put("a", { n: 2 })
    const second = await world.start([], [tally(2)])
    expect((await second.consumers.projections()).map(p => [p.version, p.live])).toEqual([
      [1, true],
      [2, false],
    ])
    expect(await rowsOf(second.consumers)).toHaveProperty("all-1", { n: 1, last: 1 })
    await second.consumers.idle()
    expect(await rowsOf(second.consumers)).toHaveProperty("all-2", { n: 2, last: 2 })
  })

  test("may be an older one again [N48]", async () => {
    const world = new World()
    const first = await world.start([], [tally(2)])
    world.put("a", { n: 1 })
    await first.consumers.idle()
    first.kill()
    const second = await world.start([], [tally(1)])
    await second.consumers.idle()
    expect(await statusOf(second.consumers)).toEqual([{ version: 1, t: 1, lag: 0, live: true }])
  })
})

describe("a rebuild", () => {
  const many = 2 * limits.projectionPageEventsMax + 10

  test("goes on where it was when the process ended [L13, N48]", async () => {
    const world = new World()
    for (let n = 0; n < many; n++) world.put("a", { n })
    let writes = 0
    const beforeWrite = (write: Write) => {
      if (write.kind === "projection") writes += 1
    }
    const first = await world.start([], [tally()])
    await world.finish()
    const before = await rowsOf(first.consumers)
    void first.consumers.rebuild("tally")
    while (![...world.memory.projections.get("tally")!.values()].some(p => !p.live && p.reached > 0)) {
      await world.turn()
    }
    first.kill()
    const second = await world.start([], [tally()], { meddling: { beforeWrite } })
    await world.finish()
    expect(writes).toBeLessThan(3)
    expect(await rowsOf(second.consumers)).toEqual(before)
    expect(await statusOf(second.consumers)).toEqual([{ version: 1, t: many, lag: 0, live: true }])
  })

  test("while events keep coming never lets a reader see less than before, and ends [N46, N49]", async () => {
    const world = new World()
    for (let n = 0; n < many; n++) world.put(`t${n % 5}`, { n })
    const underway = new Set<number>()
    const astray: unknown[] = []
    const beforeWrite = async (write: Write) => {
      if (write.kind !== "projection") return
      const { version } = write
      if (underway.has(version) || !world.memory.projections.get("tally")!.has(version)) astray.push(version)
      underway.add(version)
      for (let turns = 0; turns < 5; turns++) await world.turn()
      underway.delete(version)
    }
    const { consumers } = await world.start([], [tally()], { meddling: { beforeWrite } })
    await world.finish()
    const rebuilding = { isOver: false }
    const rebuilt = consumers.rebuild("tally").then(() => (rebuilding.isOver = true))
    let seen = 0
    while (!rebuilding.isOver) {
      world.put("t1", { n: world.basis })
      await world.turn()
      const t = (await consumers.projections()).find(p => p.live)!.t
      expect(t).toBeGreaterThanOrEqual(seen)
      const row = (await consumers.rows("tally", ["all-1"])).get("all-1") as Tally
      expect(row.n).toBeGreaterThanOrEqual(many)
      seen = t
    }
    await rebuilt
    await consumers.idle()
    expect((await consumers.rows("tally", ["all-1"])).get("all-1")).toEqual({ n: world.basis, last: world.basis })
    // One write of a build at a time, and none to a build that is no more.
    expect(astray).toEqual([])
  })

  test("that ends between two pages counts nothing twice, though a transaction lies across them [X1]", async () => {
    const world = new World()
    const size = limits.projectionPageEventsMax / 2 + 100
    const ending: { kill?: () => void } = {}
    const afterCommit = () => {
      if (world.memory.projections.get("tally")!.get(1_000)!.reached > 0) ending.kill?.()
    }
    const first = await world.start([], [tally()], { meddling: { afterCommit } })
    await first.consumers.idle()
    ending.kill = first.kill
    for (let t = 1; t <= 5; t++) world.putAll(Array.from({ length: size }, (_, i) => `t${t}-${i}`))
    await world.finish()
    expect(world.memory.projections.get("tally")!.get(1_000)!.reached).toBe(1)
    const second = await world.start([], [tally()])
    await world.finish()
    expect((await second.consumers.rows("tally", ["all-1"])).get("all-1")).toEqual({ n: 5 * size, last: 5 })
  })

  test("asked for twice at once is made once, and both are told", async () => {
    const world = new World()
    world.put("a", { n: 1 })
    const { consumers } = await world.start([], [tally()])
    await consumers.idle()
    const both = Promise.all([consumers.rebuild("tally"), consumers.rebuild("tally")])
    await world.finish()
    await both
    expect(world.journal.filter(line => line.sentence.includes("new build"))).toHaveLength(1)
  })

  test("may be made as often as one likes", async () => {
    const world = new World()
    world.put("a", { n: 1 })
    const { consumers } = await world.start([], [tally()])
    for (let times = 0; times < 5; times++) {
      const rebuilt = consumers.rebuild("tally")
      await world.finish()
      await rebuilt
    }
    expect(await statusOf(consumers)).toEqual([{ version: 1, t: 1, lag: 0, live: true }])
  })
})

test("a projection that the app has no more is forgotten; added again, it is as if it had always been there [N48, N49]", async () => {
  const world = new World()
  const first = await world.start([], [tally()])
  world.put("a", { n: 1 })
  await first.consumers.idle()
  first.kill()
  const without = await world.start([], [])
  expect([...world.memory.projections.keys()]).toEqual([])
  world.put("a", { n: 2 })
  without.kill()
  const again = await world.start([], [tally()])
  await again.consumers.idle()
  expect(await rowsOf(again.consumers)).toHaveProperty("all-1", { n: 2, last: 2 })
})
