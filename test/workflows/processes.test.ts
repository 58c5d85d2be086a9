import { describe, expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import type { Life } from "../../src/kernel/life.ts"
import { instanceIdOf } from "../../src/kernel/life.ts"
import { limits } from "../../src/kernel/limits.ts"
import { in_ } from "../../src/kernel/moments.ts"
import { done, step } from "../../src/kernel/workflow.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { emptyMemory } from "../../src/testing/memory-store.ts"
import { gate } from "../commands/world.ts"
import { startProcess, type Process } from "../app/processes.ts"
import { child, heard, timed, workflow } from "./machine.ts"

const data = { type: "object" }
const asker = { actor: "system" }

/** Several processes on one memory, and a parent with fifty children, which is told of fifty events besides. */
function town(isLeased: boolean) {
  const place = { clock: simulatedClock(), memory: emptyMemory() }
  const inside = { now: 0, most: 0, steps: 0 }
  const held = { id: "", gate: gate() }
  const entered = async (id: string) => {
    inside.steps++
    inside.most = Math.max(inside.most, ++inside.now)
    if (held.id === id) await held.gate.promise
    inside.now--
  }
  const add = (known: Record<string, unknown>, id: string) => [...(known["got"] as string[]), id]
  const parent = workflow({
    type: "Parent",
    start: ({ data: { count = 0 } }) =>
      step({ got: [] as string[] })
        .spawn(
          "parts",
          Array.from({ length: Number(count) }, (_, n) => ({ type: "Part", target: null, data: { n } })),
        )
        .wait("said", {}, { mode: "each" })
        .timer("tick", in_("1 minute")),
    on: {
      parts: child(async ({ data: known, outcome }) => {
        await entered(outcome!.id)
        return step({ ...known, got: add(known, outcome!.id) })
      }),
      said: heard("Told", async ({ data: known, event }) => {
        const { n } = event!.data
        await entered(JSON.stringify(n))
        const got = add(known, JSON.stringify(n))
        return event!.data["last"] === true ? done(got) : step({ ...known, got })
      }),
      tick: timed(async ({ data: known }) => {
        await entered("tick")
        return step({ ...known, got: add(known, "tick") })
      }),
    },
  })
  const part = workflow({
    type: "Part",
    start: () => step({}).timer("over", in_("10 seconds")),
    on: { over: timed(() => done()) },
  })
  const app = daybook({
    schema: {
      daybook: 1,
      name: "town",
      version: 1,
      entities: { Thing: { attributes: { name: { type: "string" } } } },
      commands: { Parent: { target: null, data }, Part: { target: null, data } },
      events: { Told: { stream: "Outside", requires: "edit", data } },
    },
    workflows: [parent, part],
  })
  let count = 0
  return {
    ...place,
    inside,
    held,
    start: () => startProcess(app, place, {}, { isLeased }),
    begin: ({ daybook: one }: Process, n = 50) =>
      one.request({ id: "p", type: "Parent", target: null, data: { count: n } }, asker),
    tell: ({ daybook: one }: Process, n: number | string, last = false) =>
      one.request(
        {
          id: `told-${++count}`,
          type: "ReceiveEvent",
          target: null,
          data: { type: "Told", data: { n, last }, to: "p" },
        },
        asker,
      ),
    life: () => place.memory.versions.get(instanceIdOf("p"))?.at(-1)?.document as unknown as Life,
  }
}
const gotOf = (life: Life) => life.data["got"] as string[]

describe.each([
  ["by the store's row", false],
  ["by leases", true],
])("one parent in several processes that take turns %s", (_, isLeased) => {
  test("hears of fifty children and fifty events that come at once one at a time, none twice, none lost [W51 W53]", async () => {
    const { clock, start, begin, tell, life, inside } = town(isLeased)
    const processes = [await start(), await start()]
    await Promise.all([begin(processes[0]!), clock.idle()])
    await clock.advance(9_999)
    const telling = Promise.all(Array.from({ length: 50 }, (_, n) => tell(processes[n % 2]!, n)))
    await clock.advance(1_000)
    await telling
    await clock.advance(2_000)
    expect(gotOf(life())).toHaveLength(100)
    expect(new Set(gotOf(life())).size).toBe(100)
    expect(inside.most).toBe(1)
    expect(life()).not.toHaveProperty("children")
    await tell(processes[1]!, "last", true)
    await clock.advance(1_000)
    expect(life()).toMatchObject({ state: "succeeded" })
    expect(new Set(life().result as string[]).size).toBe(101)
  })

  test("goes on in another process when its own dies, no later than the lease, and nothing is lost or twice [W22 W54]", async () => {
    const { clock, start, begin, tell, life, inside } = town(isLeased)
    const [first, second] = [await start(), await start()]
    await Promise.all([begin(first), clock.idle()])
    await clock.advance(9_000)
    for (let n = 0; n < 20; n++) void tell(n % 2 === 0 ? first : second, n).catch(() => undefined)
    await clock.advance(5)
    await clock.advance(1_000)
    first.kill()
    await clock.advance(limits.leaseMs + 3 * limits.leaseBeatMs)
    const got = gotOf(life())
    expect(new Set(got).size).toBe(got.length)
    expect(got.filter(name => name.length > 4)).toHaveLength(50)
    for (let n = 1; n < 20; n += 2) expect(got).toContain(String(n))
    expect(inside.most).toBe(1)
    await tell(second, "last", true)
    await clock.advance(1_000)
    expect(life()).toMatchObject({ state: "succeeded" })
  })

  test("which slept in a step for longer than its lease changes nothing when it wakes [W50 W52 W54 X13]", async () => {
    const { clock, memory, start, begin, tell, life, held, inside } = town(isLeased)
    const sleeper = await start()
    const other = await start()
    await Promise.all([begin(sleeper, 0), clock.idle()])
    held.id = '"slow"'
    const telling = tell(other, "slow")
    await clock.advance(limits.pollMs)
    await telling
    expect(inside.now).toBe(1)
    sleeper.sleep()
    held.id = ""
    await clock.advance(limits.leaseMs + 3 * limits.leaseBeatMs)
    expect(gotOf(life())).toEqual(['"slow"'])
    const { length } = memory.transactions
    const version = memory.streams.get(instanceIdOf("p"))?.events.length
    held.gate.resolve()
    sleeper.wake()
    await clock.advance(limits.leaseBeatMs)
    expect(gotOf(life())).toEqual(['"slow"'])
    expect(memory.streams.get(instanceIdOf("p"))?.events.length).toBe(version)
    expect(memory.transactions.length).toBe(length)
    await tell(sleeper, "last", true)
    await clock.advance(1_000)
    expect(life().result).toEqual(['"slow"', '"last"'])
  })

  test("is told of its timer once, whichever process it goes off in [W47 W54]", async () => {
    const { clock, start, begin, life } = town(isLeased)
    const first = await start()
    await Promise.all([begin(first, 0), clock.idle()])
    await start()
    await clock.advance(50_000)
    first.kill()
    await clock.advance(2 * limits.leaseMs + 20_000)
    expect(gotOf(life())).toEqual(["tick"])
  })
})
