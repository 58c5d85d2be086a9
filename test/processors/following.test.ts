import { expect, test } from "vitest"
import { limits } from "../../src/kernel/limits.ts"
import type { RecordedEvent } from "../../src/kernel/message.ts"
import { Refusal } from "../../src/kernel/refusal.ts"
import { anEvent, aTransaction } from "../../src/testing/writes.ts"
import { aProcessor, nameOf, note, World } from "./world.ts"

type Needs = { event: RecordedEvent }

const noting = ({ event }: Needs) => note(`log-${event.stream.id}`, nameOf(event))

test("what comes after the log was read to its end is taken as it is reported, with no read", async () => {
  const world = new World()
  let reads = 0
  const { consumers } = await world.start([aProcessor({ run: noting })], [], {
    meddling: { readLog: () => void (reads += 1) },
  })
  await world.clock.idle()
  expect(reads).toBe(1)
  for (let n = 1; n <= 50; n++) world.put(`t${n}`, { n })
  await consumers.idle()
  expect(world.requests).toHaveLength(50)
  expect(reads).toBe(1)
})

test("a processor that cannot follow keeps a bounded number of events, and reads the rest when it can", async () => {
  const world = new World()
  const { promise: gate, resolve: release } = Promise.withResolvers<void>()
  let pages = 0
  const processor = aProcessor({ mode: "effect", run: () => gate })
  const { consumers } = await world.start([processor], [], { meddling: { readLog: () => void (pages += 1) } })
  await world.clock.idle()
  const before = pages
  const total = 2 * limits.deliveriesAheadMax
  for (let n = 1; n <= total; n++) world.put(`t${n % 100}`, { n })
  await world.clock.idle()
  const [lag] = consumers.lag()
  expect(lag).toMatchObject({ processor: "p", t: 0, lag: total })
  expect(pages).toBe(before)
  release()
  await world.finish()
  expect(world.counted.get("deliveries_total p done")).toBe(total)
  expect(pages).toBeGreaterThan(before)
  expect(consumers.lag()[0]!.lag).toBe(0)
})

test("what another process committed is found when the bell rings", async () => {
  const world = new World()
  const { consumers } = await world.start([aProcessor({ run: noting })])
  await consumers.idle()
  const events = [anEvent({ type: "Put", stream: { id: "x", version: 1 } })]
  await world.store.commit([aTransaction({ id: "elsewhere", events })])
  await world.clock.idle()
  expect(world.requests).toHaveLength(0)
  consumers.rang()
  await consumers.idle()
  expect(world.notes("log-x")).toEqual(["x.1"])
})

test("what another process committed in between is not passed over", async () => {
  const world = new World()
  const { consumers } = await world.start([aProcessor({ run: noting })])
  world.put("a", { n: 1 })
  await consumers.idle()
  const events = [anEvent({ type: "Put", stream: { id: "x", version: 1 } })]
  await world.store.commit([aTransaction({ id: "elsewhere", events })])
  world.put("b", { n: 1 })
  await consumers.idle()
  expect(["a", "x", "b"].map(thing => world.notes(`log-${thing}`))).toEqual([["a.1"], ["x.1"], ["b.1"]])
})

test("what is committed while a page is being read is not passed over", async () => {
  const world = new World()
  world.put("a", { n: 1 })
  const { promise: reading, resolve: finishReading } = Promise.withResolvers<void>()
  const seen: string[] = []
  const processor = aProcessor({ run: ({ event }: Needs) => void seen.push(nameOf(event)) })
  const { consumers } = await world.start([processor], [], { meddling: { readLog: () => reading } })
  await world.clock.idle()
  world.put("b", { n: 1 })
  finishReading()
  await consumers.idle()
  expect(seen).toEqual(["a.1", "b.1"])
})

test("a log that cannot be read for a while is read again, and nothing is lost [CP8]", async () => {
  const world = new World()
  world.put("a", { n: 1 })
  let failures = 3
  const readLog = () => {
    if (failures-- > 0) throw new Refusal("unavailable", "The disk is away")
  }
  const { consumers } = await world.start([aProcessor({ run: noting })], [], { meddling: { readLog } })
  await world.clock.idle()
  expect(consumers.busy()).toBe(true)
  await world.finish()
  expect(world.notes("log-a")).toEqual(["a.1"])
})
