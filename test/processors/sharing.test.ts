import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { limits } from "../../src/kernel/limits.ts"
import type { RecordedEvent } from "../../src/kernel/message.ts"
import type { Processor } from "../../src/kernel/processor.ts"
import type { Write } from "../../src/ports/write.ts"
import { seededRandom } from "../../src/testing/ids.ts"
import { rowsOf, statusOf, tally } from "./tally.ts"
import { aProcessor, byText, nameOf, note, seeing, World, type Run } from "./world.ts"

type Needs = { event: RecordedEvent; key: string }

/** How often the processes must look at each other before everything is where it stays. */
const beats = (count: number) => count * limits.leaseBeatMs

/** The processors that run in a process. */
const running = ({ consumers }: Run) => consumers.lag().map(({ processor }) => processor)

/** Processors that do nothing but say that they were called. */
function many(count: number, called: string[] = []): Processor[] {
  return Array.from({ length: count }, (_, i) =>
    aProcessor({ name: `p${i + 1}`, run: ({ event }: Needs) => void called.push(`p${i + 1} ${nameOf(event)}`) }),
  )
}

async function processes(world: World, count: number, ...parts: Parameters<World["start"]>): Promise<Run[]> {
  const runs: Run[] = []
  for (let n = 0; n < count; n++) runs.push(await world.start(...parts))
  return runs
}

describe("of several processes on one store", () => {
  test("the first runs everything at once, and gives those that come their share [L22, L82, CP6, N4]", async () => {
    const world = new World({ isShared: true })
    const called: string[] = []
    const first = await world.start(many(6, called))
    expect(running(first)).toHaveLength(6)
    const others = await processes(world, 2, many(6, called))
    await world.clock.advance(beats(4))
    expect([first, ...others].map(run => running(run).length)).toEqual([2, 2, 2])
    expect([first, ...others].flatMap(running).toSorted(byText)).toEqual(["p1", "p2", "p3", "p4", "p5", "p6"])
    for (let n = 1; n <= 5; n++) world.put("a", { n })
    await world.clock.advance(1_000)
    expect(called).toHaveLength(30)
    expect(new Set(called).size).toBe(30)
    // Nobody gives back what nobody lacks.
    const before = [first, ...others].map(running)
    await world.clock.advance(beats(20))
    expect([first, ...others].map(running)).toEqual(before)
  })

  test("each takes the work of one that has died, when that has been dead for so long [W54, L13]", async () => {
    const world = new World({ isShared: true })
    const called: string[] = []
    const [first, second] = await processes(world, 2, many(2, called))
    await world.clock.advance(beats(3))
    expect([running(first!), running(second!)].map(names => names.length)).toEqual([1, 1])
    const [lost] = running(first!)
    first!.kill()
    world.put("a", { n: 1 })
    await world.clock.advance(limits.leaseMs - limits.leaseRenewMs - beats(2))
    expect(called).toHaveLength(1)
    await world.clock.advance(limits.leaseRenewMs + beats(2) + 1_000)
    expect(running(second!)).toContain(lost)
    expect(called.toSorted(byText)).toEqual(["p1 a.1", "p2 a.1"])
  })

  test("one that stops gives its work to the others at once [N6]", async () => {
    const world = new World({ isShared: true })
    const [first, second] = await processes(world, 2, many(4))
    await world.clock.advance(beats(3))
    await first!.consumers.stop()
    await first!.leases.close()
    await world.clock.advance(beats(2))
    expect(running(second!)).toHaveLength(4)
    expect(world.store.leases.held()).toHaveLength(5)
  })

  test("one that runs what the others do not know keeps it [N6]", async () => {
    const world = new World({ isShared: true })
    const first = await world.start(many(6))
    const old = await world.start(many(1))
    await world.clock.advance(beats(8))
    expect([...running(first), ...running(old)].toSorted(byText)).toEqual(["p1", "p2", "p3", "p4", "p5", "p6"])
    const before = [running(first), running(old)]
    await world.clock.advance(beats(20))
    expect([running(first), running(old)]).toEqual(before)
  })

  test("a process that does not run anything is not busy, and knows how far the others are", async () => {
    const world = new World({ isShared: true })
    const runs = await processes(world, 2, many(1))
    await world.clock.advance(beats(2))
    const idle = runs.find(run => running(run).length === 0)!
    expect(idle.consumers.busy()).toBe(false)
    await idle.consumers.idle()
  })
})

describe("a process that was asleep for longer than its lease", () => {
  test("writes nothing when it wakes, and what it had begun is done once [X13, L13]", async () => {
    const world = new World({ isShared: true })
    const called: string[] = []
    const { promise: gate, resolve: release } = Promise.withResolvers<void>()
    const slow = aProcessor({
      mode: "effect",
      async run({ event, key }: Needs) {
        called.push(key)
        if (called.length === 1) await gate
        return note("log", nameOf(event))
      },
    })
    const sleeper = await world.start([slow])
    const other = await world.start([slow])
    world.put("a", { n: 1 })
    await world.clock.advance(1_000)
    expect([called.length, running(sleeper)]).toEqual([1, ["p"]])
    sleeper.sleep()
    world.put("b", { n: 1 })
    await world.clock.advance(limits.leaseMs + beats(2))
    expect(running(other)).toEqual(["p"])
    await world.clock.advance(1_000)
    expect(world.memory.reached.get("processor:p")).toBe(world.basis)
    const { epoch } = world.memory.leases.get("processor:p")!
    const done = world.basis

    sleeper.wake()
    release()
    await world.clock.advance(beats(2))
    expect(running(sleeper)).toEqual([])
    expect(world.memory.reached.get("processor:p")).toBe(done)
    expect(world.memory.leases.get("processor:p")!.epoch).toBe(epoch)
    expect(world.basis).toBe(done)
    expect(world.notes("log").toSorted(byText)).toEqual(["a.1", "b.1"])
    // The effect was called again, with the same key.
    expect([called.length, new Set(called).size]).toEqual([3, 2])
    expect(world.journal.map(line => line.sentence)).toContain("A lease was lost")
  })

  test("has no row written, removed or counted by what failed meanwhile [X13]", async () => {
    const world = new World({ isShared: true })
    let fails = true
    const failing = aProcessor({
      attemptsMax: 3,
      run({ event }: Needs) {
        if (fails) throw new Error("not yet")
        return note("log", nameOf(event))
      },
    })
    const sleeper = await world.start([failing])
    const other = await world.start([failing])
    world.put("a", { n: 1 })
    await world.clock.idle()
    expect([...world.memory.parked.values()].map(row => row.state)).toEqual(["retrying"])
    sleeper.sleep()
    await world.clock.advance(limits.leaseMs + beats(1))
    fails = false
    await world.clock.advance(60_000)
    expect(running(other)).toEqual(["p"])
    const after = [...world.memory.parked.values()]
    sleeper.wake()
    await world.clock.advance(60_000)
    expect([...world.memory.parked.values()]).toEqual(after)
  })

  test.each(["deliveries", "projection"] as const)(
    "and fell asleep with a write of %s on its way, has it refused when that arrives [X13]",
    async kind => {
      const world = new World({ isShared: true })
      const asleep: { run?: Run; at?: number } = {}
      const beforeWrite = (write: Write) => {
        if (write.kind !== kind || write.reached === 0 || asleep.at !== undefined) return
        asleep.at = write.reached ?? -1
        asleep.run!.sleep()
      }
      asleep.run = await world.start(many(1), [tally()], { meddling: { beforeWrite } })
      const other = await world.start(many(1), [tally()])
      world.put("a", { n: 1 })
      await world.clock.advance(limits.checkpointEveryMs)
      expect(asleep.at).toBe(1)
      for (let n = 2; n <= 5; n++) world.put("a", { n })
      await world.clock.advance(limits.leaseMs + beats(3))
      const rows = await rowsOf(other.consumers)
      expect(rows).toHaveProperty("all-1", { n: 5, last: 5 })
      asleep.run.wake()
      await world.clock.idle()
      expect(world.memory.reached.get("processor:p1")).toBe(5)
      expect(world.memory.projections.get("tally")!.get(1_000)!.reached).toBe(5)
      expect(await rowsOf(other.consumers)).toEqual(rows)
    },
  )

  test("starts nothing of what it still had before it [X13]", async () => {
    const world = new World({ isShared: true })
    const called: string[] = []
    const { promise: gate, resolve: release } = Promise.withResolvers<void>()
    const slow = aProcessor({
      mode: "effect",
      async run({ me }: { me: string }) {
        called.push(me)
        if (me === "sleeper") await gate
      },
    })
    const sleeper = await world.start([slow], [], { adapters: { me: "sleeper" } })
    await world.start([slow], [], { adapters: { me: "other" } })
    for (let n = 1; n <= 40; n++) world.put(`t${n}`, { n })
    await world.clock.idle()
    const begun = called.length
    expect(begun).toBe(limits.effectsAtOnceMax)
    sleeper.sleep()
    await world.clock.advance(limits.leaseMs + beats(2))
    expect(called.slice(begun)).toEqual(Array(40).fill("other"))
    // What it was waiting for is there before its timers are.
    release()
    await world.turn()
    sleeper.wake()
    await world.clock.advance(beats(3))
    expect(called).toHaveLength(begun + 40)
  })

  test("begins nothing before it has asked whether it may, though nobody took its lease [X13]", async () => {
    const world = new World({ isShared: true })
    const called: string[] = []
    const only = await world.start(many(1, called))
    only.sleep()
    await world.clock.advance(limits.leaseMs * 2)
    world.put("a", { n: 1 })
    const { epoch } = world.memory.leases.get("processor:p1")!
    only.wake()
    await world.clock.advance(beats(3))
    expect(called).toEqual(["p1 a.1"])
    expect(world.memory.leases.get("processor:p1")!.epoch).toBeGreaterThan(epoch)
  })
})

test("who is told that a lease is another's stops at once, and waits [X13]", async () => {
  const world = new World({ isShared: true })
  const called: string[] = []
  const alone = await world.start(many(1, called))
  const { epoch } = world.memory.leases.get("processor:p1")!
  world.memory.leases.set("processor:p1", { holder: "another", epoch: epoch + 1, until: Infinity })
  await world.clock.advance(limits.leaseRenewMs + beats(1))
  world.put("a", { n: 1 })
  await world.clock.advance(beats(4))
  expect([called, running(alone)]).toEqual([[], []])
})

test("who cannot reach the leases stops before another can have begun, and goes on when it can again [X13]", async () => {
  const world = new World({ isShared: true })
  const called: string[] = []
  const cut = { isCut: false }
  const alone = await world.start(many(1, called), [], { meddling: { beforeLease: () => cut.isCut && fail() } })
  await world.clock.advance(limits.leaseRenewMs)
  cut.isCut = true
  await world.clock.advance(limits.leaseMs)
  const { until } = world.memory.leases.get("processor:p1")!
  expect(until).toBeGreaterThanOrEqual(world.clock.now())
  expect(running(alone)).toEqual([])
  world.put("a", { n: 1 })
  await world.clock.advance(beats(4))
  expect(called).toEqual([])
  cut.isCut = false
  await world.clock.advance(beats(2))
  expect(called).toEqual(["p1 a.1"])
})

function fail(): never {
  throw new Error("the store is away")
}

/** Calls and what they came to, of two processors that follow from each other and one that fails now and then. */
function chain(dice: () => number, called: string[]): Processor[] {
  const first = aProcessor({
    name: "first",
    run: ({ event }: Needs) => note(`log-${event.stream.id}`, nameOf(event)),
  })
  return [first, seeing(dice, 0.02, called)]
}

test("1,000 events, three processes that die and sleep: in order, once, and the rows are those of a rebuild [L22, X10]", async () => {
  const things = 20
  const count = 1_000
  await fc.assert(
    fc.asyncProperty(fc.integer(), async seed => {
      const world = new World({ isShared: true })
      const dice = seededRandom(seed)
      const called: string[] = []
      const start = async () => world.start(chain(dice, called), [tally()])
      const runs = [await start(), await start(), await start()]
      const asleep = new Set<Run>()
      const reached = new Map<string, number>()
      const back: string[] = []
      for (let n = 0; n < count; n++) {
        world.put(`t${Math.floor(dice() * things)}`, { n })
        if (dice() < 0.2) await world.clock.advance(dice() * 2_000)
        const place = Math.floor(dice() * 3)
        const run = runs[place]!
        const fate = dice()
        if (fate < 0.005) {
          run.kill()
          runs[place] = await start()
        } else if (fate < 0.01) {
          run.sleep()
          asleep.add(run)
        } else if (fate < 0.03) {
          for (const one of asleep) one.wake()
          asleep.clear()
        }
        for (const [consumer, t] of world.memory.reached) {
          if (t < (reached.get(consumer) ?? 0)) back.push(`${consumer} ${t}`)
          reached.set(consumer, t)
        }
      }
      for (const one of asleep) one.wake()
      await world.clock.advance(200_000)

      expect(back).toEqual([])
      expect([...world.memory.parked]).toEqual([])
      for (let i = 0; i < things; i++) {
        const version = world.memory.streams.get(`t${i}`)?.events.length ?? 0
        const expected = Array.from({ length: version }, (_, v) => `t${i}.${v + 1}`)
        expect(world.notes(`log-t${i}`)).toEqual(expected)
        expect(world.notes(`seen-log-t${i}`)).toEqual(expected)
      }
      // Two commands follow from each event, and each effect has one key, however often it was called.
      expect(world.basis).toBe(3 * count)
      expect(new Set(called).size).toBe(count)
      expect(called.length).toBeGreaterThanOrEqual(count)

      const [reader] = runs
      const live = await rowsOf(reader!.consumers)
      const rebuilt = reader!.consumers.rebuild("tally")
      await world.clock.advance(60_000)
      await rebuilt
      expect(await rowsOf(reader!.consumers)).toEqual(live)
      expect((await statusOf(reader!.consumers))[0]).toMatchObject({ t: world.basis, lag: 0 })
    }),
    { numRuns: 1 },
  )
})
