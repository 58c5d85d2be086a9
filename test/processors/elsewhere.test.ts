import { describe, expect, test } from "vitest"
import { limits } from "../../src/kernel/limits.ts"
import type { RecordedEvent } from "../../src/kernel/message.ts"
import { rowsOf, statusOf, tally } from "./tally.ts"
import { aProcessor, nameOf, note, World, type Run } from "./world.ts"

type Needs = { event: RecordedEvent }

const beat = limits.leaseBeatMs

/** A projection and a processor that fails while it is sick; all in the first process, and a second one beside it. */
async function two(first = [tally()], second = first) {
  const world = new World({ isShared: true })
  const state = { isSick: true, calls: 0 }
  const processor = aProcessor({
    attemptsMax: 1,
    run({ event }: Needs) {
      state.calls += 1
      if (state.isSick && event.stream.id === "bad") throw new Error("poison")
      return note("log", nameOf(event))
    },
  })
  const here = await world.start([processor], first)
  const there = await world.start([processor], second)
  await world.clock.advance(4 * beat)
  const runs = (run: Run) => run.consumers.lag().length > 0
  return { world, state, processor, here, there, without: runs(here) ? there : here }
}

/** The process in which a projection is not fed: no lag of it is known there at once. */
const feeders = (world: World) => world.memory.leases.get("projection:tally")!.holder

describe("in a process that does not feed a projection", () => {
  test("it is read, and how far it is is known [N45]", async () => {
    const { world, here, there } = await two()
    for (let n = 1; n <= 3; n++) world.put("a", { n })
    await world.clock.advance(1_000)
    for (const { consumers } of [here, there]) {
      expect(await rowsOf(consumers)).toEqual({ "all-1": { n: 3, last: 3 }, a: { n: 3, last: 3 } })
      expect([...(await consumers.rows("tally", ["a", "none"])).keys()]).toEqual(["a"])
      expect(await statusOf(consumers)).toEqual([{ version: 1, t: world.basis, lag: 0, live: true }])
      await expect(consumers.rows("other", [])).rejects.toMatchObject({ code: "not-found" })
    }
  })

  test("one can wait for t, of what concerns it and of what does not [N51]", async () => {
    const { world, here, there } = await two()
    for (const type of ["Put", "Noted", "Put"]) {
      world.put("a", { n: world.basis }, { type })
      const t = world.basis
      const waits = [here, there].map(async ({ consumers }) => consumers.waitFor(t))
      await world.clock.advance(limits.checkpointEveryMs + 2 * limits.pollMs)
      expect(await Promise.all(waits)).toHaveLength(2)
    }
  })

  test("one who waits too long is told so, and one who waits while it stops [N51]", async () => {
    const { world, here, there } = await two()
    const late = [here, there].map(async ({ consumers }) => consumers.waitFor(99, { timeoutMs: 500 }).catch(e => e))
    await world.clock.advance(500)
    expect(await Promise.all(late)).toMatchObject([{ code: "timeout" }, { code: "timeout" }])
    const stopping = [here, there].map(async ({ consumers }) => consumers.waitFor(99).catch(e => e))
    await Promise.all([here, there].map(({ consumers }) => consumers.stop()))
    expect(await Promise.all(stopping)).toMatchObject([{ code: "unavailable" }, { code: "unavailable" }])
  })

  test("one who waits goes on waiting when the one that fed it dies, and is told when another has gone on [N51]", async () => {
    const { world, here, there } = await two()
    const [first, second] = feederFirst(world, here, there)
    first.kill()
    world.put("a", { n: 1 })
    const waiting = second.consumers.waitFor(1, { timeoutMs: 60_000 })
    await world.clock.advance(limits.leaseMs + 2 * beat)
    await waiting
    expect(await rowsOf(second.consumers)).toHaveProperty("a", { n: 1, last: 1 })
  })

  test("it can be rebuilt: whoever feeds it does so, once [N49]", async () => {
    const { world, here, there } = await two()
    for (let n = 1; n <= 3; n++) world.put("a", { n })
    await world.clock.advance(1_000)
    const before = await rowsOf(here.consumers)
    const both = Promise.all([here.consumers.rebuild("tally"), there.consumers.rebuild("tally")])
    await world.clock.advance(3 * beat)
    await both
    await world.clock.advance(3 * beat)
    expect(world.journal.filter(line => line.sentence.includes("new build"))).toHaveLength(1)
    for (const { consumers } of [here, there]) expect(await rowsOf(consumers)).toEqual(before)
    // Nothing is left of what was asked.
    expect((await world.store.leases.held()).filter(({ name }) => name.startsWith("ask"))).toEqual([])
  })

  test("a rebuild that was asked for is made though whoever had begun it dies [N49, L13]", async () => {
    const { world, here, there } = await two()
    world.put("a", { n: 1 })
    await world.clock.advance(1_000)
    const [first, second] = feederFirst(world, here, there)
    const rebuilt = second.consumers.rebuild("tally")
    await world.turn()
    first.kill()
    await world.clock.advance(limits.leaseMs + 4 * beat)
    await rebuilt
    expect(await rowsOf(second.consumers)).toHaveProperty("a", { n: 1, last: 1 })
  })
})

/** The two, that which feeds the projection first. */
function feederFirst(world: World, here: Run, there: Run): readonly [Run, Run] {
  const holder = feeders(world)
  const isHere = world.memory.leases.get(`process:${here.leases.mark!.id}`)!.holder === holder
  return isHere ? [here, there] : [there, here]
}

describe("a dead letter of a processor that runs in another process", () => {
  const place = { consumer: "processor:p", t: 1, n: 0 }

  test("is redriven there, once [A32]", async () => {
    const { world, state, without } = await two()
    world.put("bad", { n: 1 })
    await world.clock.advance(1_000)
    expect([...world.memory.parked.values()].map(row => row.state)).toEqual(["dead"])
    state.isSick = false
    const redriven = without.consumers.redrive(place)
    await world.clock.advance(2 * beat)
    await redriven
    expect([state.calls, world.notes("log"), world.memory.parked.size]).toEqual([2, ["bad.1"], 0])
  })

  test("is dead again when it fails again, and who asked is told no sooner [A32]", async () => {
    const { world, state, without } = await two()
    world.put("bad", { n: 1 })
    await world.clock.advance(1_000)
    const redriven = without.consumers.redrive(place)
    await world.clock.advance(2 * beat)
    await redriven
    expect(state.calls).toBe(2)
    expect([...world.memory.parked.values()].map(row => row.attempts.length)).toEqual([2])
  })

  test("is redriven by who asked, when nobody runs its processor any more [A32, W54]", async () => {
    const { world, state, here, there, without } = await two()
    world.put("bad", { n: 1 })
    await world.clock.advance(1_000)
    state.isSick = false
    const redriven = without.consumers.redrive(place)
    ;(without === here ? there : here).kill()
    await world.clock.advance(limits.leaseMs + 3 * beat)
    await redriven
    expect(world.notes("log")).toEqual(["bad.1"])
  })

  test("is dropped [A32]; what is no dead letter is neither", async () => {
    const { world, without } = await two()
    world.put("bad", { n: 1 })
    await world.clock.advance(1_000)
    await expect(without.consumers.redrive({ ...place, t: 2 })).rejects.toMatchObject({ code: "not-found" })
    await expect(without.consumers.drop({ ...place, t: 2 })).rejects.toMatchObject({ code: "not-found" })
    await without.consumers.drop(place)
    expect(world.memory.parked.size).toBe(0)
  })
})

describe("while an old and a new program run side by side", () => {
  test("what the new one has built is not built back, but when no new one is there any more [N6, N48]", async () => {
    const { world, here: old, there: young } = await two([tally(1)], [tally(2)])
    const live = async (run: Run) => (await statusOf(run.consumers)).filter(p => p.live).map(p => p.version)
    // The old one has it, until it ends.
    const [first] = feederFirst(world, old, young)
    expect(first === old ? await live(young) : [1]).toEqual([1])
    await old.consumers.stop()
    await old.leases.close()
    await world.clock.advance(3 * beat)
    expect(await live(young)).toEqual([2])
    const back = await world.start([], [tally(1)])
    await world.clock.advance(10 * beat)
    expect([await live(back), await live(young)]).toEqual([[2], [2]])
    // Both see that it is free, and the old one sees it first.
    const second = await world.start([], [tally(2)])
    const builds = world.journal.filter(line => line.sentence.includes("new build")).length
    young.kill()
    await world.clock.advance(2 * limits.leaseMs)
    expect(world.journal.filter(line => line.sentence.includes("new build"))).toHaveLength(builds)
    second.kill()
    await world.clock.advance(3 * limits.leaseMs)
    expect(await live(back)).toEqual([1])
  })

  test("a projection that only one of them has is not forgotten by the other [N6, N48]", async () => {
    const world = new World({ isShared: true })
    const young = await world.start([], [tally(), tally(1, { name: "other" })])
    world.put("a", { n: 1 })
    await world.clock.advance(1_000)
    const old = await world.start([], [tally()])
    await world.clock.advance(10 * beat)
    expect(await rowsOf(young.consumers, "other")).toHaveProperty("a")
    expect((await statusOf(old.consumers)).map(p => p.version)).toEqual([1])
    young.kill()
    await world.clock.advance(limits.leaseMs + beat)
    await world.start([], [tally()])
    expect([...world.memory.projections.keys()]).toEqual(["tally"])
  })
})
