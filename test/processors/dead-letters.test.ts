import { describe, expect, test } from "vitest"
import { limits } from "../../src/kernel/limits.ts"
import type { RecordedEvent } from "../../src/kernel/message.ts"
import type { Processor } from "../../src/kernel/processor.ts"
import { aProcessor, nameOf, note, World, byText } from "./world.ts"

type Needs = { event: RecordedEvent; attempt: number }
let state: { sick: string; ran: string[] } = { sick: "", ran: [] }
const place = { consumer: "processor:p", t: 1, n: 0 }

/** A world in which the first event about `a` is poison until it is cured, and a second one follows. */
async function poisoned(said: Partial<Processor> = {}) {
  const world = new World()
  state = { sick: "a.1", ran: [] }
  const processor = aProcessor({
    run({ event, attempt }: Needs) {
      state.ran.push(`${nameOf(event)} at ${attempt}`)
      if (nameOf(event) === state.sick) throw new Error("poison")
      return note("log", nameOf(event))
    },
    ...said,
  })
  const { consumers, kill } = await world.start([processor])
  world.put("a", { n: 1 })
  world.put("a", { n: 2 })
  await world.finish()
  const row = () => world.memory.parked.values().next().value
  return { world, processor, consumers, kill, row }
}

test("what fails as often as it may is dead, with every attempt, and those behind it go on [A32, L19]", async () => {
  const { world, row } = await poisoned()
  expect(row()).toMatchObject({ ...place, state: "dead", entity: "a", due: null })
  expect(row()!.attempts).toHaveLength(limits.attemptsMax)
  expect(row()!.attempts.every(({ at, error }) => error === "Error: poison" && Date.parse(at) > 0)).toBe(true)
  expect(world.notes("log")).toEqual(["a.2"])
  expect(world.memory.parked.size).toBe(1)
  expect(world.journal.filter(line => line.level === "error")).toHaveLength(1)
  expect(world.counted.get("deliveries_total p dead")).toBe(1)
})

test("a processor may say how often it may [L19]", async () => {
  const { row } = await poisoned({ attemptsMax: 2 })
  expect(row()!.attempts).toHaveLength(2)
})

test("a bug is dead at once: it would be the same next time [CP8]", async () => {
  const world = new World()
  const broken = aProcessor({
    name: "broken",
    run: ({ event }: Needs) => (event.data["list"] as unknown as string[]).map(String) as never,
  })
  const nonsense = aProcessor({ name: "nonsense", run: () => ({ type: "Nonsense", target: null, data: {} }) })
  const { consumers } = await world.start([broken, nonsense])
  world.put("a", { n: 1 })
  await consumers.idle()
  const rows = [...world.memory.parked.values()].map(row => `${row.consumer} ${row.state} ${row.attempts.length}`)
  expect(rows.toSorted(byText)).toEqual(["processor:broken dead 1", "processor:nonsense dead 1"])
})

describe("a dead letter that is redriven", () => {
  test("is tried once more, now, and is gone when that succeeds [A32]", async () => {
    const { world, consumers } = await poisoned()
    state.sick = ""
    state.ran.length = 0
    await consumers.redrive(place)
    await consumers.idle()
    expect(state.ran).toEqual([`a.1 at ${limits.attemptsMax + 1}`])
    expect(world.notes("log")).toEqual(["a.2", "a.1"])
    expect(world.memory.parked.size).toBe(0)
  })

  test("is dead again when that fails, with one attempt more [A32]", async () => {
    const { consumers, row } = await poisoned()
    await consumers.redrive(place)
    await consumers.idle()
    expect(row()).toMatchObject({ state: "dead" })
    expect(row()!.attempts).toHaveLength(limits.attemptsMax + 1)
  })

  test("goes before those of its entity that wait [TR6]", async () => {
    const { world, consumers } = await poisoned()
    world.put("a", { n: 3 })
    state.sick = "a.3"
    await world.clock.idle()
    state.ran.length = 0
    state.sick = ""
    await consumers.redrive(place)
    await world.finish()
    expect(state.ran.map(ran => ran.slice(0, 3))).toEqual(["a.1", "a.3"])
  })

  test("does not run beside another of its entity [X10]", async () => {
    const { promise: gate, resolve: release } = Promise.withResolvers<void>()
    const { world, consumers } = await poisoned({
      mode: "effect",
      async run({ event, attempt }: Needs) {
        state.ran.push(`${nameOf(event)} begins`)
        if (nameOf(event) === "a.1" && attempt <= limits.attemptsMax) throw new Error("poison")
        if (nameOf(event) === "a.3") await gate
        state.ran.push(`${nameOf(event)} ends`)
      },
    })
    world.put("a", { n: 3 })
    await world.clock.idle()
    state.ran.length = 0
    await consumers.redrive(place)
    await world.clock.idle()
    expect(state.ran).toEqual([])
    release()
    await world.finish()
    expect(state.ran).toEqual(["a.3 ends", "a.1 begins", "a.1 ends"])
  })

  test("is tried after a restart, when the process ended before", async () => {
    const { world, processor, consumers, kill } = await poisoned()
    state.sick = ""
    const redriven = consumers.redrive(place)
    await redriven
    kill()
    const second = await world.start([processor])
    await second.consumers.idle()
    expect(world.notes("log")).toEqual(["a.2", "a.1"])
    await world.finish()
    expect(world.memory.parked.size).toBe(0)
  })

  test("is refused where there is none, or no processor of that name any more", async () => {
    const { consumers } = await poisoned()
    await expect(consumers.redrive({ ...place, t: 2 })).rejects.toMatchObject({ code: "not-found" })
    await expect(consumers.redrive({ ...place, consumer: "processor:gone" })).rejects.toThrow(
      "no processor:gone any more",
    )
    await expect(consumers.redrive({ ...place, consumer: "projection:x" })).rejects.toThrow("rebuilding")
  })

  test("twice at once is tried once", async () => {
    const { consumers } = await poisoned()
    state.ran.length = 0
    const both = await Promise.allSettled([consumers.redrive(place), consumers.redrive(place)])
    await consumers.idle()
    expect(both.some(({ status }) => status === "fulfilled")).toBe(true)
    expect(state.ran).toHaveLength(1)
  })
})

describe("a dead letter that is dropped", () => {
  test("is gone, is never tried again, and it is recorded [A32]", async () => {
    const { world, processor, consumers, kill } = await poisoned()
    await consumers.drop(place)
    expect(world.memory.parked.size).toBe(0)
    expect(world.journal.at(-1)!.sentence).toBe("A dead letter was dropped")
    await expect(consumers.drop(place)).rejects.toMatchObject({ code: "not-found" })
    await world.finish()
    kill()
    state.ran.length = 0
    const second = await world.start([processor])
    await second.consumers.idle()
    expect(state.ran).toEqual([])
  })

  test("may be one of a processor that is no more [A32]", async () => {
    const { world, kill } = await poisoned()
    kill()
    const { consumers } = await world.start([])
    await consumers.drop(place)
    expect(world.memory.parked.size).toBe(0)
  })
})
