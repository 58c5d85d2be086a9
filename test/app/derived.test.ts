import { describe, expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import { event } from "../../src/kernel/message.ts"
import type { Processor } from "../../src/kernel/processor.ts"
import type { Projection } from "../../src/kernel/projection.ts"
import { acc, bankApp, schema } from "../commands/bank.ts"
import { storeNames, World } from "../commands/world.ts"

const derived = { stream: "Projection", data: { type: "object", properties: { sum: { type: "integer" } } } }

/** A read model that says so when a sum passes ten, and a processor that hears it. */
function app() {
  const total: Projection = {
    kind: "projection",
    name: "total",
    version: 1,
    on: {
      Deposited: [
        {
          keys: e => e.stream.id,
          fold: (row: { sum: number } | null, e) => ({ sum: (row?.sum ?? 0) + Number(e.data["amount"]) }),
        },
      ],
    },
    derive: ({ before, after }) => {
      const [was, is] = [Number(before?.["sum"] ?? 0), Number(after?.["sum"] ?? 0)]
      return was <= 10 && is > 10 ? [event("TenPassed", { sum: is })] : []
    },
  }
  const reward: Processor = {
    kind: "processor",
    name: "reward",
    on: ["TenPassed"],
    mode: "pure",
    from: "beginning",
    run: () => ({ type: "Deposit", target: acc("reward"), data: { amount: 1 } }),
  }
  const { aggregates, handlers, adapters } = bankApp()
  const events = { ...schema.events, TenPassed: derived }
  const parts = { aggregates, handlers, adapters, processors: [reward], projections: [total] }
  return daybook({ schema: { ...schema, events }, ...parts })
}

describe.each(storeNames)("on %s, what a read model says", name => {
  test("is in a stream of its own, and heard by processors and followers like any event [L4 N7]", async () => {
    const world = await World.on(name, app())
    const abort = new AbortController()
    const heard: string[] = []
    const following = (async () => {
      for await (const events of world.daybook.follow(0, { signal: abort.signal })) {
        heard.push(...events.map(e => e.event.type))
      }
    })()
    for (const amount of [6, 6, 6]) {
      await world.ask("Deposit", acc("a"), { amount })
      await world.daybook.drain()
    }
    await world.clock.idle()
    abort.abort()
    await following
    expect(heard).toEqual(["Deposited", "Deposited", "TenPassed", "Deposited", "Deposited"])
    const { events, type } = await world.daybook.stream("total", 1, 10)
    expect(type).toBe("Projection")
    expect(events).toMatchObject([{ type: "TenPassed", data: { sum: 12 }, t: 3 }])
    expect(await world.document("reward")).toEqual({ balance: 1 })
    expect(await world.findings()).toEqual([])
  })

  test("is said by nobody else: no command has it decided [N17]", async () => {
    const world = await World.on(name, app())
    const said = world.daybook.catalogue().events.find(e => e.type === "TenPassed")
    expect(said).toMatchObject({
      stream: "Projection",
      producedBy: ["projection total"],
      consumedBy: ["processor reward"],
    })
  })

  test("is not said again by a rebuild, nor after a restart [N40]", async () => {
    const world = await World.on(name, app())
    await world.ask("Deposit", acc("a"), { amount: 11 })
    await world.daybook.drain()
    await world.daybook.rebuild("total")
    await world.restart()
    await world.daybook.drain()
    expect((await world.events()).filter(e => e.type === "TenPassed")).toHaveLength(1)
  })

  test("may be said while a daybook starts that was without it: nothing stumbles [L4]", async () => {
    const world = await World.on(name, bankApp())
    for (const amount of [6, 6]) await world.ask("Deposit", acc("a"), { amount })
    const late = app()
    const idle = Array.from({ length: 5 }, (_, i) => ({ ...late.processors[0]!, name: `idle-${i}`, run: () => [] }))
    const schema = { ...late.schema, version: 4 }
    await world.restart({ ...late, schema, processors: [...idle, ...late.processors] })
    await world.daybook.drain()
    expect(world.journal).toEqual([])
    expect(await world.document("reward")).toEqual({ balance: 1 })
  })
})
