import { describe, expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import { changed, created } from "../../src/kernel/processor.ts"
import type { Processor } from "../../src/kernel/processor.ts"
import { Refusal } from "../../src/kernel/refusal.ts"
import { acc, bankApp, handler, payTo, transfer } from "../commands/bank.ts"
import { gate, storeNames, World } from "../commands/world.ts"

/** A processor that only turns what it hears into commands. */
function pure(name: string, on: Processor["on"], run: Processor["run"]): Processor {
  return { kind: "processor", name, on, mode: "pure", run, from: "beginning" }
}

describe.each(storeNames)("on %s", name => {
  const chain = (countOfSteps: number) => {
    const next = pure("next", ["Deposited"], (({ event }: { event: { stream: { id: string } } }) => {
      const n = Number(event.stream.id)
      return n < countOfSteps ? { type: "Deposit", target: acc(String(n + 1)), data: { amount: 1 } } : null
    }) as never)
    return daybook({ ...bankApp(), importing: () => () => ({ skip: "" }), processors: [next] })
  }

  test("commands become events, events become commands, round and round, until nothing is left [L1 L2 L3 L4 L5 A10 A35 A39]", async () => {
    const world = await World.on(name, chain(50))
    await world.ask("Deposit", acc("1"), { amount: 1 })
    await world.daybook.drain()
    const events = await world.events()
    expect(events.map(e => e.stream.id)).toEqual(Array.from({ length: 50 }, (_, i) => String(i + 1)))
    const commands = await world.daybook.commands({ limit: 100 })
    expect(commands).toHaveLength(50)
    expect(commands.every(c => c.state === "succeeded")).toBe(true)
  })

  test("each command knows the one that caused it, all the way to the first [CE4 L11 W19 W23]", async () => {
    const world = await World.on(name, chain(4))
    await world.ask("Deposit", acc("1"), { amount: 1 }, { id: "first" })
    await world.daybook.drain()
    const trail: string[] = []
    for (let id: string | undefined = "first"; id !== undefined;) {
      trail.push((await world.instance(id)).command.target!.id)
      id = (await world.daybook.children(id))[0]
    }
    expect(trail).toEqual(["1", "2", "3", "4"])
    const correlations = new Set((await world.events()).map(e => e.correlationId))
    expect([...correlations]).toEqual(["first"])
  })

  test("drain is there when nothing is left, and not before: not while a handler runs [L5]", async () => {
    const running = gate()
    const world = await World.on(name, bankApp({ handlers: [transfer, handler("Pay", () => running.promise)] }))
    void world.ask("Pay", payTo("p"), { to: "x", amount: 1 })
    let isDrained = false
    const draining = world.daybook.drain().then(() => (isDrained = true))
    await world.clock.advance(1_000)
    expect(isDrained).toBe(false)
    running.resolve()
    await draining
    expect((await world.daybook.commands({ limit: 1 }))[0]?.state).toBe("succeeded")
  })

  test("what is to be tried later is not waited for, nor what waits behind it; when it is due, it is [L5]", async () => {
    let isClosed = true
    const pay = handler("Pay", () => {
      if (isClosed) throw new Refusal("unavailable", "The bank is closed")
      return null
    })
    const world = await World.on(name, bankApp({ handlers: [transfer, pay] }))
    const both = ["1", "2"].map(to => world.ask("Pay", payTo("p"), { to, amount: 1 }, { id: to }))
    await world.daybook.drain()
    expect((await world.instance("1")).state).toBe("retrying")
    isClosed = false
    await world.clock.advance(1_000)
    await world.daybook.drain()
    expect((await Promise.all(both)).map(o => o.state)).toEqual(["succeeded", "succeeded"])
  })

  test("on an app at rest it is there at once", async () => {
    const world = await World.on(name, bankApp())
    await world.daybook.drain()
    expect(await world.daybook.basis()).toBe(0)
  })

  test("a processor sees everything as it was when its event was recorded, however late it runs [L83 X9]", async () => {
    const seen: unknown[] = []
    const gates = [gate()]
    const late: Processor = {
      kind: "processor",
      name: "late",
      on: [created("Account")],
      mode: "effect",
      from: "beginning",
      run: (async ({ snapshot }: { snapshot: { t: number; entity(id: string): Promise<unknown> } }) => {
        await gates[0]!.promise
        seen.push(snapshot.t, await snapshot.entity("a"))
      }) as never,
    }
    const world = await World.on(
      name,
      daybook({ ...bankApp(), importing: () => () => ({ skip: "" }), processors: [late] }),
    )
    await world.ask("OpenAccount", acc("a"))
    await Promise.all(Array.from({ length: 100 }, () => world.ask("Deposit", acc("a"), { amount: 1 })))
    gates[0]!.resolve()
    await world.daybook.drain()
    expect(seen).toEqual([1, { id: "a", type: "Account", fromT: 1, createdT: 1, document: { owner: "", balance: 0 } }])
    expect(await world.document("a")).toEqual({ owner: "", balance: 100 })
  })

  test("what an earlier run left unfinished has its place before what processors ask for now [W22 TR6]", async () => {
    const begun: string[] = []
    const gates = new Map<string, ReturnType<typeof gate<void>>>()
    const pay = handler("Pay", ({ data }) => {
      begun.push(data.to)
      const ending = gate<void>()
      gates.set(data.to, ending)
      return ending.promise
    })
    const asking = pure("asking", [changed("Account")], (() => ({
      type: "Pay",
      target: payTo("p"),
      data: { to: "asked", amount: 1 },
    })) as never)
    const app = daybook({
      ...bankApp({ handlers: [transfer, pay] }),
      importing: () => () => ({ skip: "" }),
      processors: [asking],
    })
    const world = await World.on(name, app)
    void world.ask("Pay", payTo("p"), { to: "first", amount: 1 })
    await world.clock.idle()
    await world.ask("OpenAccount", acc("a"))
    await world.ask("Deposit", acc("a"), { amount: 1 })
    await world.restart()
    await world.clock.idle()
    gates.get("first")!.resolve()
    await world.clock.idle()
    gates.get("asked")!.resolve()
    await world.daybook.drain()
    expect(begun).toEqual(["first", "first", "asked"])
  })
})
