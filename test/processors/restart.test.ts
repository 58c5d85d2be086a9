import fc from "fast-check"
import { expect, test } from "vitest"
import { limits } from "../../src/kernel/limits.ts"
import type { RecordedEvent } from "../../src/kernel/message.ts"
import type { Write } from "../../src/ports/write.ts"
import { seededRandom } from "../../src/testing/ids.ts"
import { aProcessor, nameOf, note, World, type Meddling, type Run, byText, seeing } from "./world.ts"

type Needs = { event: RecordedEvent; key: string }

/** Two processors, one of which fails now and then, as it is said. */
function processors(dice: () => number, called: string[]) {
  const first = aProcessor({
    name: "first",
    run: ({ event }: Needs) => [note(`log-${event.stream.id}`, nameOf(event)), note("all", nameOf(event))],
  })
  return [first, seeing(dice, 0.2, called)]
}

/** What the commands came to, whatever happened on the way: who was told what, in order per thing. */
function told(world: World, things: readonly number[]): unknown {
  const logs = [...new Set(things)].map(i => `log-t${i}`)
  const inOrder = [...logs, ...logs.map(log => `seen-${log}`)].map(log => [log, world.notes(log)])
  return [
    ...inOrder,
    ["all", world.notes("all").toSorted(byText)],
    ["seen-all", world.notes("seen-all").toSorted(byText)],
  ]
}

test("a process may end between any two steps: the commands come to the same [L13, L18, N54]", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 10 }),
      fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 4 }),
      fc.integer(),
      async (things, lives, seed) => {
        const undisturbed = new World()
        await undisturbed.start(processors(() => 1, []))
        for (const thing of things) undisturbed.put(`t${thing}`, { n: 1 })
        await undisturbed.finish()

        const world = new World()
        const dice = seededRandom(seed)
        const called: string[] = []
        for (const thing of things) world.put(`t${thing}`, { n: 1 })
        // Each life ends at its so many-eth step, just before it or just after.
        for (const steps of lives) {
          let left = steps
          const ending: { run: Run | null } = { run: null }
          const step = () => {
            if (left-- === 0) ending.run?.kill()
          }
          const meddling: Meddling = { beforeRequest: step, beforeWrite: step, readLog: step, afterCommit: step }
          ending.run = await world.start(processors(dice, called), [], { meddling, seed })
          await world.finish()
          ending.run.kill()
        }
        const { consumers } = await world.start(processors(dice, called), [], { seed })
        await world.finish()
        expect(consumers.busy()).toBe(false)
        expect(told(world, things)).toEqual(told(undisturbed, things))
        expect(world.basis).toBe(undisturbed.basis)
        expect([...world.memory.parked]).toEqual([])
        // Each effect has one key, however often it was called.
        expect(new Set(called).size).toBe(2 * things.length)
      },
    ),
    { numRuns: 40 },
  )
})

test("the checkpoint never passes what is neither done nor has a row [L13]", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 25 }),
      fc.integer(),
      async (things, seed) => {
        const world = new World()
        const dice = seededRandom(seed)
        const done = new Set<number>()
        const ahead: unknown[] = []
        const beforeWrite = (write: Write) => {
          if (write.kind !== "deliveries" || write.reached === null) return
          const rows = [...world.memory.parked.values(), ...write.parked].map(row => row.t)
          for (let t = 1; t <= write.reached; t++) {
            const isOurs = world.memory.transactions[t - 1]!.events[0]!.event.type === "Put"
            if (isOurs && !done.has(t) && !rows.includes(t)) ahead.push([write.reached, t])
          }
        }
        const processor = aProcessor({
          mode: "effect",
          async run({ event }: Needs) {
            const { promise: later, resolve } = Promise.withResolvers<void>()
            world.clock.after(dice() * 1_000, resolve)
            await later
            if (dice() < 0.3) throw new Error("now and then")
            done.add(event.t)
          },
        })
        const { consumers } = await world.start([processor], [], { meddling: { beforeWrite } })
        for (const thing of things) {
          world.put(`t${thing}`, { n: 1 })
          await world.clock.advance(dice() * 300)
        }
        await world.finish()
        expect(ahead).toEqual([])
        await consumers.stop()
        expect(world.memory.reached.get("processor:p")).toBe(world.basis)
      },
    ),
    { numRuns: 25 },
  )
})

test("what has a row is not taken from the log a second time, though the checkpoint has not passed it [L13]", async () => {
  const world = new World()
  const ran: string[] = []
  let isSlow = true
  const processor = aProcessor({
    mode: "effect",
    async run({ event }: Needs) {
      ran.push(nameOf(event))
      if (event.stream.id === "slow" && isSlow) await new Promise<never>(() => {})
      if (event.stream.id === "broken") throw new TypeError("a bug")
      if (event.stream.id === "bad" && isSlow) throw new Error("not yet")
    },
  })
  const first = await world.start([processor])
  for (const thing of ["slow", "broken", "bad"]) world.put(thing, { n: 1 })
  await world.clock.idle()
  first.kill()
  expect(world.memory.reached.get("processor:p")).toBe(0)
  isSlow = false
  ran.length = 0
  await world.start([processor])
  await world.finish()
  expect(ran).toEqual(["slow.1", "bad.1"])
  expect([...world.memory.parked.values()].map(row => [row.entity, row.state])).toEqual([["broken", "dead"]])
})

test("a checkpoint is written now and then, not for each event", async () => {
  const world = new World()
  await world.start([aProcessor({ run: () => {} })])
  for (let n = 1; n <= 500; n++) {
    world.put(`t${n}`, { n })
    await world.clock.advance(10)
  }
  await world.finish()
  const count = world.deliveryWrites.length
  expect(count).toBeGreaterThan(10)
  expect(count).toBeLessThanOrEqual(5_000 / limits.checkpointEveryMs + 2)
  expect(world.memory.reached.get("processor:p")).toBe(500)
})

test("stop interrupts waits at once, waits for what runs, and leaves rows that a restart goes on from [TR6]", async () => {
  const world = new World()
  const { promise: gate, resolve: release } = Promise.withResolvers<void>()
  const ran: string[] = []
  const processor = aProcessor({
    mode: "effect",
    async run({ event }: Needs) {
      ran.push(nameOf(event))
      if (event.stream.id === "slow") await gate
      if (event.stream.id === "bad" && ran.length < 4) throw new Error("not yet")
    },
  })
  const { consumers, kill } = await world.start([processor])
  for (const thing of ["slow", "bad", "bad"]) world.put(thing, { n: 1 })
  await world.clock.idle()
  const stopping = consumers.stop()
  let isStopped = false
  void stopping.then(() => (isStopped = true))
  await world.clock.idle()
  expect(isStopped).toBe(false)
  release()
  await stopping
  const before = world.clock.iso()
  expect(before).toBe("2030-01-01T00:00:00.000Z")
  expect(world.memory.reached.get("processor:p")).toBe(3)
  expect([...world.memory.parked.values()].map(row => [row.t, row.state])).toEqual([
    [2, "retrying"],
    [3, "blocked"],
  ])
  await world.clock.advance(120_000)
  expect(ran).toEqual(["slow.1", "bad.1"])

  kill()
  ran.push("restart", "restart")
  await world.start([processor])
  await world.finish()
  expect(ran.slice(4)).toEqual(["bad.1", "bad.2"])
  expect([...world.memory.parked]).toEqual([])
})

test("what fails because everything stops is not counted as an attempt [CP8]", async () => {
  const world = new World()
  const { promise: outside, reject: fail } = Promise.withResolvers<void>()
  const { consumers } = await world.start([aProcessor({ mode: "effect", run: () => outside })])
  world.put("a", { n: 1 })
  await world.clock.idle()
  const stopping = consumers.stop()
  fail(new Error("the connection was closed"))
  await stopping
  expect([...world.memory.parked]).toEqual([])
  expect(world.memory.reached.get("processor:p")).toBe(0)
})

test("stop does not wait for ever for an effect that never returns", async () => {
  const world = new World()
  const { consumers } = await world.start([aProcessor({ mode: "effect", run: () => new Promise<never>(() => {}) })])
  world.put("a", { n: 1 })
  world.put("b", { n: 1 })
  await world.clock.idle()
  const stopping = consumers.stop()
  await world.clock.advance(limits.drainMsMax)
  await stopping
  expect(world.memory.reached.get("processor:p")).toBe(0)
})

test("rows that could not be written are written later; nothing is lost meanwhile", async () => {
  const world = new World()
  let failures = 4
  const beforeWrite = (write: Write) => {
    if (write.kind === "deliveries" && write.parked.length > 0 && failures-- > 0) throw new Error("the disk is full")
  }
  let attempts = 0
  const processor = aProcessor({
    attemptsMax: 3,
    run() {
      attempts += 1
      throw new Error("never")
    },
  })
  const { consumers } = await world.start([processor], [], { meddling: { beforeWrite } })
  world.put("a", { n: 1 })
  await world.clock.idle()
  expect(consumers.busy()).toBe(true)
  await world.finish()
  expect(attempts).toBe(3)
  expect([...world.memory.parked.values()].map(row => [row.state, row.attempts.length])).toEqual([["dead", 3]])
  expect(world.memory.reached.get("processor:p")).toBe(1)
})

test("a row that could not be removed is removed later", async () => {
  const world = new World()
  let failures = 3
  const beforeWrite = (write: Write) => {
    if (write.kind === "deliveries" && write.done.length > 0 && failures-- > 0) throw new Error("the disk is full")
  }
  let attempts = 0
  const processor = aProcessor({
    run() {
      if (++attempts === 1) throw new Error("not yet")
    },
  })
  await world.start([processor], [], { meddling: { beforeWrite } })
  world.put("a", { n: 1 })
  await world.finish()
  expect([attempts, failures]).toEqual([2, -1])
  expect([...world.memory.parked]).toEqual([])
})
