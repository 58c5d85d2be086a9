import { setTimeout as pause } from "node:timers/promises"
import { describe, expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import { partsOf } from "../../src/app/parts.ts"
import { limits } from "../../src/kernel/limits.ts"
import type { Json } from "../../src/kernel/json.ts"
import { Refusal } from "../../src/kernel/refusal.ts"
import { done, step } from "../../src/kernel/workflow.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { emptyMemory } from "../../src/testing/memory-store.ts"
import { startProcess } from "../app/processes.ts"
import { child, workflow } from "./machine.ts"

const data = { type: "object" }
const asker = { actor: "system" }
const ask = (type: string, said: Record<string, Json> = {}) => ({ type, target: null, data: said })
const schema = {
  daybook: 1,
  name: "signals",
  version: 1,
  entities: { Thing: { attributes: { name: { type: "string" } } } },
  commands: {
    Grandparent: { target: null, data },
    Parent: { target: null, data },
    Fetch: { target: null, data },
    Deaf: { target: null, data },
  },
} as const
const { created, handler, processor } = partsOf(schema)

/** What a handler makes of being aborted. */
const answers: Readonly<Record<string, (signal: AbortSignal) => Promise<string>>> = {
  "lets what it asked throw": signal => pause(3_600_000, "fetched", { signal }),
  "throws what it was told": async signal => never(signal).then(() => signal.throwIfAborted() ?? "fetched"),
  "throws something that may pass": signal => never(signal).then(() => Promise.reject(new Error("The world is away"))),
  "answers all the same": signal => never(signal).then(() => "fetched"),
  "says no": signal => never(signal).then(() => Promise.reject(new Refusal("invalid", "Not like this"))),
}

/** Until it is aborted. */
async function never(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    signal.addEventListener("abort", () => resolve())
  })
}

function town(how = "lets what it asked throw") {
  const place = { clock: simulatedClock(), memory: emptyMemory() }
  const signals: AbortSignal[] = []
  const world = { isAway: false }
  const app = daybook({
    schema,
    workflows: [
      workflow({
        type: "Grandparent",
        start: () => step({}).spawn("parts", ask("Parent")),
        on: { parts: child(() => done()) },
      }),
      workflow({
        type: "Parent",
        start: () => step({}).spawn("parts", [ask("Fetch"), ask("Fetch")], { mode: "all" }),
        on: { parts: child(({ outcomes }) => done(outcomes.map(({ state }) => state))) },
      }),
    ],
    handlers: [
      handler("Fetch", ({ signal }) => {
        signals.push(signal)
        if (world.isAway) throw new Error("The world is away")
        return answers[how]!(signal)
      }),
      handler("Deaf", async ({ key }) => `${key} was done`),
    ],
    // More to share out when processes come.
    processors: ["a", "b", "c"].map(name => processor(name, { on: created("Thing"), pure: () => [] })),
  })
  const stateOf = (id: string) => place.memory.instances.get(id)?.state
  const states = (type: string) =>
    [...place.memory.instances.values()].filter(({ command }) => command.type === type).map(({ state }) => state)
  return { ...place, signals, world, stateOf, states, start: () => startProcess(app, place) }
}

describe("a handler that runs", () => {
  test.each([
    ["lets what it asked throw", "aborted"],
    ["throws what it was told", "aborted"],
    ["throws something that may pass", "aborted"],
    ["answers all the same", "succeeded"],
    ["says no", "failed"],
  ])("is told by its signal that its command is aborted, and %s: then that has %s [W48 W49]", async (how, state) => {
    const { clock, signals, stateOf, start } = town(how)
    const one = await start()
    const ended = one.daybook.request({ id: "f", ...ask("Fetch") }, asker)
    await clock.advance(1)
    expect([stateOf("f"), signals.map(({ aborted }) => aborted)]).toEqual(["running", [false]])
    await one.daybook.abort("f", "system")
    await one.daybook.abort("f", "system")
    await clock.advance(1)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    expect(signals[0]!.reason).toMatchObject({ name: "AbortError", message: "The command f is aborted" })
    expect(await ended).toMatchObject({ state })
    await clock.advance(3_600_000)
    expect(signals).toHaveLength(1)
  })

  test("for an abort of its parent's parent hears of it as well, and others do not [W48 W49]", async () => {
    const { clock, signals, states, start } = town()
    const one = await start()
    for (const id of ["g", "h"]) void one.daybook.request({ id, ...ask("Grandparent") }, asker)
    await clock.advance(1)
    expect(states("Fetch")).toEqual(["running", "running", "running", "running"])
    await one.daybook.abort("g", "system")
    await clock.advance(limits.leaseBeatMs)
    expect(states("Fetch").toSorted()).toEqual(["aborted", "aborted", "running", "running"])
    expect(signals.filter(({ aborted }) => aborted)).toHaveLength(2)
    expect(states("Grandparent").toSorted()).toEqual(["aborted", "waiting"])
    await one.daybook.abort("h", "system")
    await clock.advance(1)
  })

  test("is told so at its last attempt, and has a signal of its own in each [W49]", async () => {
    const { clock, signals, world, stateOf, start } = town()
    world.isAway = true
    const one = await start()
    const ended = one.daybook.request({ id: "f", ...ask("Fetch") }, asker)
    await clock.advance(1)
    while (signals.length < limits.attemptsMax - 1) await clock.advance(1_000)
    world.isAway = false
    while (signals.length < limits.attemptsMax) await clock.advance(1_000)
    expect(new Set(signals).size).toBe(limits.attemptsMax)
    expect(stateOf("f")).toBe("running")
    await one.daybook.abort("f", "system")
    expect(await ended).toMatchObject({ state: "aborted" })
  })

  test("after an end, or where nothing is aborted, is told nothing [W49]", async () => {
    const { clock, stateOf, start } = town()
    const one = await start()
    await Promise.all([one.daybook.request({ id: "d", ...ask("Deaf") }, asker), clock.advance(1)])
    await one.daybook.abort("d", "system")
    expect(stateOf("d")).toBe("succeeded")
  })

  test("in another process than the parent it is for hears that this is aborted, within a beat [W48 W49 W54]", async () => {
    const { clock, memory, signals, states, stateOf, start } = town()
    const first = await start()
    void first.daybook.request({ id: "p", ...ask("Parent") }, asker).catch(() => undefined)
    await clock.advance(1)
    const others = [await start(), await start(), await start()]
    // Those who come are given their share of what runs: what brings things to instances runs in one of them.
    await clock.advance(2 * limits.leaseMs)
    const routing = memory.leases.get("workflows")!.holder
    expect(memory.leases.get("workflows")!.epoch, `${routing} is not the first`).toBeGreaterThan(1)
    expect([...states("Fetch"), signals.length]).toEqual(["running", "running", 2])
    void others[1]!.daybook.abort("p", "system")
    await clock.advance(limits.leaseBeatMs + 100)
    expect([...states("Fetch"), stateOf("p")]).toEqual(["aborted", "aborted", "aborted"])
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
  })
})
