import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { RecordedEvent } from "../../src/kernel/message.ts"
import type { Snapshot } from "../../src/kernel/snapshot.ts"
import { limits } from "../../src/kernel/limits.ts"
import { Refusal } from "../../src/kernel/refusal.ts"
import { aProcessor, nameOf, note, World, byText, noteOf } from "./world.ts"

type Needs = { event: RecordedEvent; attempt: number; key: string; snapshot: Snapshot }

const noting = ({ event }: Needs) => note(`log-${event.stream.id}`, nameOf(event))

test("events become commands, which become events, until nothing is left to do [L3, L4, L5, N51]", async () => {
  const world = new World()
  const chain = aProcessor({
    on: ["Put", "Noted"],
    run: ({ event }: Needs) => {
      const left = event.type === "Put" ? 5 : Number(noteOf(event)) - 1
      return left > 0 ? note(`step-${left}`, String(left)) : null
    },
  })
  const { consumers } = await world.start([chain])
  world.put("a", { n: 1 })
  expect(consumers.busy()).toBe(true)
  await consumers.idle()
  expect(consumers.busy()).toBe(false)
  expect(world.requests.map(r => r.command.data["note"])).toEqual(["5", "4", "3", "2", "1"])
})

test("many events of one transaction run side by side, each a delivery of its own [L15, L17]", async () => {
  const world = new World()
  let now = 0
  let most = 0
  const effect = aProcessor({
    mode: "effect",
    async run({ event }: Needs) {
      most = Math.max(most, ++now)
      await world.turn()
      now--
      return note(`log-${event.stream.id}`, "sent")
    },
  })
  const { consumers } = await world.start([effect])
  world.putAll(Array.from({ length: 100 }, (_, i) => `thing-${i}`))
  await consumers.idle()
  expect(world.requests).toHaveLength(100)
  expect(most).toBe(limits.effectsAtOnceMax)
})

test("per entity in order, under random failures and waits, with eight entities at once [X10, TR6]", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 40 }),
      fc.infiniteStream(fc.integer({ min: 0, max: 3 })),
      async (things, dice) => {
        const world = new World()
        const succeeded: string[] = []
        const running = new Set<string>()
        const processor = aProcessor({
          mode: "effect",
          attemptsMax: 100,
          async run({ event }: Needs) {
            expect(running.has(event.stream.id)).toBe(false)
            running.add(event.stream.id)
            const fate = dice.next().value
            if (fate > 0) await world.turn()
            running.delete(event.stream.id)
            if (fate === 3) throw new Error("the line is busy")
            succeeded.push(nameOf(event))
          },
        })
        const { consumers } = await world.start([processor])
        for (const thing of things) world.put(`t${thing}`, { n: world.basis })
        await world.finish()
        expect(consumers.busy()).toBe(false)
        for (const thing of new Set(things)) {
          const count = things.filter(t => t === thing).length
          const expected = Array.from({ length: count }, (_, i) => `t${thing}.${i + 1}`)
          expect(succeeded.filter(name => name.startsWith(`t${thing}.`))).toEqual(expected)
        }
        expect([...world.memory.parked]).toEqual([])
      },
    ),
    { numRuns: 25 },
  )
})

describe("a delivery that fails", () => {
  const failingFor = (thing: string, times: number) => {
    let left = times
    return ({ event, attempt }: Needs) => {
      if (event.stream.id === thing && left-- > 0) throw new Error(`not yet, at attempt ${attempt}`)
      return note(`log-${event.stream.id}`, nameOf(event))
    }
  }

  test("has a row with every attempt, those behind it are blocked, and other entities go on [L19, TR6]", async () => {
    const world = new World()
    const { consumers } = await world.start([aProcessor({ run: failingFor("a", 2) })])
    world.put("a", { n: 1 })
    await world.clock.idle()
    world.put("a", { n: 2 })
    world.put("b", { n: 1 })
    await world.clock.idle()
    const rows = () => [...world.memory.parked.values()].map(({ t, state, attempts }) => [t, state, attempts.length])
    expect(rows()).toEqual([
      [1, "retrying", 1],
      [2, "blocked", 0],
    ])
    expect(world.notes("log-b")).toEqual(["b.1"])
    expect(consumers.busy()).toBe(false)

    const [row] = world.memory.parked.values()
    expect(row).toMatchObject({
      consumer: "processor:p",
      entity: "a",
      attempts: [{ at: world.clock.iso(), error: "Error: not yet, at attempt 1" }],
    })
    await world.clock.advance(row!.due! - world.clock.now())
    expect(rows()).toEqual([
      [1, "retrying", 2],
      [2, "blocked", 0],
    ])
    await world.finish()
    expect(rows()).toEqual([])
    expect(world.notes("log-a")).toEqual(["a.1", "a.2"])
  })

  test("does not disturb other processors, nor is it disturbed by them [X11, A11]", async () => {
    const world = new World()
    const ran: string[] = []
    const named = (name: string, failures: number) => {
      let left = failures
      return aProcessor({
        name,
        run({ event }: Needs) {
          ran.push(`${name} ${nameOf(event)}`)
          if (left-- > 0) throw new Error("no")
          return note(`log-${name}`, nameOf(event))
        },
      })
    }
    const { consumers } = await world.start([named("p", 0), named("q", 3), named("r", 0)])
    world.put("a", { n: 1 })
    await consumers.idle()
    expect(world.notes("log-p")).toEqual(["a.1"])
    expect(world.notes("log-r")).toEqual(["a.1"])
    await world.finish()
    expect(ran.toSorted(byText)).toEqual(["p a.1", "q a.1", "q a.1", "q a.1", "q a.1", "r a.1"])
    expect(world.notes("log-q")).toEqual(["a.1"])
    expect(world.journal.filter(line => line.level === "warn")).toHaveLength(3)
  })

  test("by a refusal that may pass asks again; its commands are done once [TR1, TR4]", async () => {
    const world = new World()
    let left = 3
    const meddling = {
      beforeRequest: () => {
        if (left-- > 0) throw new Refusal("overloaded", "Later")
      },
    }
    await world.start([aProcessor({ run: noting })], [], { meddling })
    world.put("a", { n: 1 })
    await world.finish()
    expect(world.requests).toHaveLength(1)
    expect(world.notes("log-a")).toEqual(["a.1"])
  })
})

test("an event reads the world as it was when it happened, however late it is delivered [X9, L83]", async () => {
  const world = new World()
  const seen: unknown[] = []
  let isDown = true
  const processor = aProcessor({
    async run({ event, snapshot, entity }: Needs & { entity: unknown }) {
      if (isDown) throw new Error("down")
      if (event.t === 1) seen.push(snapshot.t, (await snapshot.entity("a"))?.document, entity)
    },
  })
  await world.start([processor])
  world.put("a", { n: 1 })
  await world.clock.idle()
  for (let n = 2; n <= 100; n++) world.put("a", { n })
  await world.clock.idle()
  isDown = false
  await world.finish()
  expect(seen).toEqual([1, { n: 1 }, { n: 1 }])
})

test("every delivery made twice comes to the same as made once [N53, N54]", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 12 }), async things => {
      const run = async (isDoubled: boolean) => {
        const world = new World()
        const keys = new Map<string, number>()
        const processor = aProcessor({
          mode: "effect",
          async run({ event, key, attempt }: Needs) {
            keys.set(key, (keys.get(key) ?? 0) + 1)
            const request = note(`log-${event.stream.id}`, nameOf(event))
            // The first command was done, and then the word of it was lost.
            return isDoubled && attempt === 1 ? [request, { ...request, type: "Lost" }] : [request]
          },
        })
        const meddling = {
          beforeRequest: ({ type }: { type: string }) => {
            if (type === "Lost") throw new Refusal("timeout", "Nobody knows what came of it")
          },
        }
        await world.start([processor], [], { meddling })
        for (const thing of things) world.put(`t${thing}`, { n: 1 })
        await world.finish()
        const notes = [0, 1, 2, 3].map(i => world.notes(`log-t${i}`))
        return { notes, basis: world.basis, keys: [...keys.keys()].toSorted(byText), most: Math.max(...keys.values()) }
      }
      const [once, twice] = [await run(false), await run(true)]
      expect(twice.notes).toEqual(once.notes)
      expect(twice.basis).toBe(once.basis)
      expect(twice.keys).toEqual(once.keys)
      expect([once.most, twice.most]).toEqual([1, 2])
    }),
    { numRuns: 15 },
  )
})

test("every delivery is counted and timed, how long it waited too, and lag is a gauge [A12, N52]", async () => {
  const world = new World()
  await world.start([aProcessor({ run: noting })])
  world.put("a", { n: 1 })
  await world.finish()
  expect(world.counted.get("deliveries_total p done")).toBe(1)
  expect(world.timed).toContain("delivery_seconds p")
  expect(world.timed).toContain("delivery_wait_seconds p")
  expect(world.gauges.get("processor_lag_transactions p")).toBe(0)
})

test("an adapter that is called during a catch-up sees each event once, and none again on replay [N40]", async () => {
  const world = new World()
  const sent: string[] = []
  const effect = aProcessor({ mode: "effect", run: ({ event }: Needs) => void sent.push(nameOf(event)) })
  const first = await world.start([effect])
  world.put("a", { n: 1 })
  await world.finish()
  await first.consumers.stop()
  first.kill()
  const tally = {
    kind: "projection",
    name: "tally",
    version: 1,
    on: { Put: [{ keys: () => "all", fold: () => ({ n: 1 }) }] },
  } as const
  const second = await world.start([effect], [tally])
  await second.consumers.idle()
  const rebuilt = second.consumers.rebuild("tally")
  await world.finish()
  await rebuilt
  expect(sent).toEqual(["a.1"])
})
