import { expect, test } from "vitest"
import type { RecordedEvent } from "../../src/kernel/message.ts"
import { limits } from "../../src/kernel/limits.ts"
import { aProcessor, note, World } from "./world.ts"

type Needs = { event: RecordedEvent; attempt: number; key: string; signal: AbortSignal }

const never = new Promise<never>(() => {})

test("an effect that does not return has failed when its time is over, and is made again with the same key [L19, N53]", async () => {
  const world = new World()
  const tries: Needs[] = []
  const hangsOnce = aProcessor({
    mode: "effect",
    timeoutMs: 5_000,
    async run({ event, attempt, key, signal }: Needs) {
      tries.push({ event, attempt, key, signal })
      return attempt === 1 ? never : note("log-a", "sent")
    },
  })
  const { consumers } = await world.start([hangsOnce])
  world.put("a", { n: 1 })
  await world.clock.advance(4_999)
  expect(tries[0]!.signal.aborted).toBe(false)
  expect(consumers.busy()).toBe(true)
  await world.clock.advance(1)
  expect(tries[0]!.signal.aborted).toBe(true)
  expect([...world.memory.parked.values()]).toMatchObject([
    { entity: "a", state: "retrying", attempts: [{ error: "timeout: The effect p took longer than 5000 ms" }] },
  ])

  await world.finish()
  expect(tries.map(tried => [tried.attempt, tried.key])).toEqual([
    [1, tries[0]!.key],
    [2, tries[0]!.key],
  ])
  expect(tries[1]!.signal.aborted).toBe(false)
  expect(world.notes("log-a")).toEqual(["sent"])
  expect([...world.memory.parked]).toEqual([])
})

test("what an effect answers after its time is nobody's any more, and its lane goes on [L19]", async () => {
  const world = new World()
  const { promise, resolve } = Promise.withResolvers<void>()
  const slow = aProcessor({
    mode: "effect",
    attemptsMax: 1,
    async run({ event }: Needs) {
      if (event.stream.version === 1) await promise
      return note("log-a", `${event.stream.version}`)
    },
  })
  await world.start([slow])
  world.put("a", { n: 1 })
  world.put("a", { n: 2 })
  await world.clock.advance(limits.effectMsMax)
  await world.finish()
  expect(world.notes("log-a")).toEqual(["2"])
  resolve()
  await world.finish()
  expect(world.notes("log-a")).toEqual(["2"])
  expect([...world.memory.parked.values()]).toMatchObject([{ t: 1, state: "dead" }])
})

test("effects that hang for one entity after the other open the circuit [TR7]", async () => {
  const world = new World()
  const { consumers } = await world.start([aProcessor({ mode: "effect", run: () => never })])
  world.putAll(Array.from({ length: limits.failedInARowMax }, (_, i) => `thing-${i}`))
  await world.clock.advance(limits.effectMsMax)
  expect(consumers.lag()).toMatchObject([{ circuit: "open" }])
})

test("what is pure has no limit, and cannot ask for the signal [A9]", async () => {
  const world = new World()
  const asking = aProcessor({ run: ({ signal }: Needs) => void signal })
  await expect(world.start([asking])).rejects.toThrow("asks for signal, but is pure")
})

test("a time limit that is none is an error at the start [A9]", async () => {
  const world = new World()
  const hasty = aProcessor({ mode: "effect", timeoutMs: 0, run: () => null })
  await expect(world.start([hasty])).rejects.toThrow("The processor p has timeoutMs 0")
})
