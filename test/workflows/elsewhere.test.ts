import { describe, expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import { instanceIdOf, type Life } from "../../src/kernel/life.ts"
import { limits } from "../../src/kernel/limits.ts"
import { in_ } from "../../src/kernel/moments.ts"
import { done, step } from "../../src/kernel/workflow.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { emptyMemory } from "../../src/testing/memory-store.ts"
import { startProcess } from "../app/processes.ts"
import { gate } from "../commands/world.ts"
import { child, timed, workflow } from "./machine.ts"

const data = { type: "object" }
const asker = { actor: "system" }

/** A parent with a child that a handler runs in one of several processes, where the world is away until it is said to be there. */
function town() {
  const place = { clock: simulatedClock(), memory: emptyMemory() }
  const world = { runs: 0, held: false, gate: gate() }
  const parent = workflow({
    type: "Parent",
    start: () => step({}).spawn("parts", { type: "Odd", target: null, data: {} }).timer("enough", in_("1 day")),
    on: {
      parts: child(({ outcome }) => done(outcome!.state)),
      enough: timed(({ data: known }) => step(known).abort("parts")),
    },
  })
  const app = daybook({
    schema: {
      daybook: 1,
      name: "elsewhere",
      version: 1,
      entities: { Thing: { attributes: { name: { type: "string" } } } },
      commands: { Parent: { target: null, data }, Odd: { target: null, data } },
    },
    workflows: [parent],
    handlers: [
      {
        kind: "handler",
        type: "Odd",
        inject: [],
        async run() {
          world.runs++
          if (world.held) await world.gate.promise
          throw new Error("The world is away")
        },
      },
    ],
  })
  const life = () => place.memory.versions.get(instanceIdOf("p"))?.at(-1)?.document as unknown as Life
  const childId = () => [...place.memory.instances.keys()].find(id => id !== "p")!
  const odd = () => place.memory.instances.get(childId())!
  return { ...place, world, life, childId, odd, start: () => startProcess(app, place) }
}
const begin = { id: "p", type: "Parent", target: null, data: {} }

describe("a child that a handler runs, and that is aborted", () => {
  test("while it rests in one process ends by another one, and is not tried again by the first [W48 W49 W51]", async () => {
    const { clock, world, life, childId, odd, start } = town()
    const [first, second] = [await start(), await start()]
    await Promise.all([first.daybook.request(begin, asker), clock.idle()])
    await clock.advance(1)
    expect(odd().state).toBe("retrying")
    const { runs } = world
    const aborting = second.daybook.abort(childId(), "system")
    await clock.advance(limits.pollMs * 2)
    await aborting
    expect(odd().state).toBe("aborted")
    await clock.advance(120_000)
    expect(world.runs).toBe(runs)
    expect(life()).toMatchObject({ state: "succeeded", result: "aborted" })
  })

  test("while it is run in another process and is nobody's child ends when that fails, if it is soon [W48 W49]", async () => {
    const { clock, memory, world, start } = town()
    const [first, second] = [await start(), await start()]
    world.held = true
    const alone = { id: "o", type: "Odd", target: null, data: {} }
    void first.daybook.request(alone, asker)
    await clock.advance(1)
    const stateOf = () => memory.instances.get("o")?.state
    const abort = async () => {
      const aborting = second.daybook.abort("o", "system")
      await clock.advance(3_000)
      await aborting
    }
    await abort()
    expect([stateOf(), world.runs]).toEqual(["running", 1])
    void clock.after(500, () => world.gate.resolve())
    await abort()
    const { runs } = world
    expect(stateOf()).toBe("aborted")
    await clock.advance(600_000)
    expect([stateOf(), world.runs]).toEqual(["aborted", runs])
  })

  test("while it is run ends when that fails, though everything was started again meanwhile, and is not run again [W22 W48 W49]", async () => {
    const { clock, world, life, odd, start } = town()
    const first = await start()
    world.held = true
    await Promise.all([first.daybook.request(begin, asker), clock.idle()])
    await clock.advance(1)
    expect([odd().state, world.runs]).toEqual(["running", 1])
    const aborting = first.daybook.abort("p", "system")
    await clock.advance(1)
    await aborting
    expect(life()).toMatchObject({ state: "aborting", children: { [odd().command.id]: { isToEnd: true } } })
    first.kill()
    const second = await start()
    await clock.advance(2 * limits.leaseMs)
    expect([odd().state, world.runs]).toEqual(["aborted", 1])
    expect(life()).toMatchObject({ state: "aborted" })
    await second.daybook.close()
  })

  test("while a third process has taken it up and runs it is not tried again [W48 W49]", async () => {
    const { clock, world, life, odd, start } = town()
    const first = await start()
    await Promise.all([first.daybook.request(begin, asker), clock.idle()])
    await clock.advance(1)
    const [second, third] = [await start(), await start()]
    world.held = true
    first.kill()
    await clock.advance(2 * limits.leaseMs + limits.resumeEveryMs)
    expect(odd().state).toBe("running")
    for (const one of [second, third]) void one.daybook.abort("p", "system")
    await clock.advance(1_000)
    world.gate.resolve()
    await clock.advance(1_000)
    const { runs } = world
    expect(odd().state).toBe("aborted")
    await clock.advance(120_000)
    expect(world.runs).toBe(runs)
    expect(life()).toMatchObject({ state: "aborted" })
  })
})
