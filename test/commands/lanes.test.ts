import { describe, expect, test } from "vitest"
import { Refusal } from "../../src/kernel/refusal.ts"
import { bankApp, handler, payTo, transfer, acc, event } from "./bank.ts"
import { gate, refusalOf, storeNames, World } from "./world.ts"

describe.each(storeNames)("on %s", name => {
  /** Payments that end when a test says so. */
  const payments = async () => {
    const gates = new Map<string, ReturnType<typeof gate<unknown>>>()
    const begun: string[] = []
    const run = handler("Pay", async ({ data, uow, command }) => {
      begun.push(data.to)
      const ending = gate<unknown>()
      gates.set(data.to, ending)
      const thrown = await ending.promise
      if (thrown !== undefined) throw thrown as Error
      await uow.record(command.target!, event("Paid", { receipt: data.to }))
    })
    const world = await World.on(name, bankApp({ handlers: [transfer, run] }))
    const pay = (to: string, on = "p", rest: object = {}) =>
      world.ask("Pay", payTo(on), { to, amount: 1 }, { id: to, ...rest })
    const end = async (to: string, thrown?: unknown) => {
      gates.get(to)!.resolve(thrown)
      await world.clock.idle()
    }
    return { world, begun, pay, end }
  }

  test("commands about one entity go one after the other, in order; those about others go beside [CP6 TR6 X10]", async () => {
    const { world, begun, pay, end } = await payments()
    const all = [pay("1"), pay("2"), pay("other", "q"), pay("3")]
    await world.clock.idle()
    expect(begun).toEqual(["1", "other"])
    await end("1")
    expect(begun).toEqual(["1", "other", "2"])
    await end("other")
    await end("2")
    await end("3")
    await Promise.all(all)
    const { events } = await world.daybook.stream("p", 1, 10)
    expect(events.map(e => e.data["receipt"])).toEqual(["1", "2", "3"])
  })

  test("a command that an aggregate decides waits behind a handler on its entity [CP6]", async () => {
    const gates = [gate(), gate()]
    const slow = handler("Transfer", async ({ uow, command }) => {
      await uow.decide("Account", command.target!.id, { type: "Deposit", data: { amount: 1 } })
      await gates.shift()!.promise
    })
    const app = bankApp({ handlers: [slow, handler("Pay", () => {})] })
    const world = await World.on(name, app)
    const [first, second] = [...gates]
    // Where the store is over a wire, an answer may be longer on its way than the next one: what counts is the log.
    const ends = new Map<string, number>()
    const order = () => [...ends.keys()].toSorted((one, other) => ends.get(one)! - ends.get(other)!)
    const note =
      (what: string) =>
      ({ t }: { t: number }) =>
        void ends.set(what, t)
    const data = { to: "b", amount: 1 }
    const all = [
      world.ask("Transfer", acc("a"), data).then(note("transfer")),
      world.ask("Deposit", acc("a"), { amount: 5 }).then(note("deposit")),
      world.ask("Transfer", acc("a"), data).then(note("transfer again")),
      world.ask("Deposit", acc("z"), { amount: 5 }).then(note("elsewhere")),
    ]
    await world.clock.idle()
    expect(order()).toEqual(["elsewhere"])
    first!.resolve()
    await world.clock.idle()
    expect(order()).toEqual(["elsewhere", "transfer", "deposit"])
    second!.resolve()
    await Promise.all(all)
    expect(await world.document("a")).toEqual({ balance: 7 })
  })

  test("retrying never changes the order of commands about one entity [TR6]", async () => {
    const { world, begun, pay, end } = await payments()
    const all = [pay("1"), pay("2")]
    await world.clock.idle()
    await end("1", new Refusal("unavailable", "The bank is closed"))
    expect((await world.instance("1")).state).toBe("retrying")
    expect(begun).toEqual(["1"])
    await world.clock.advance(60_000)
    expect(begun).toEqual(["1", "1"])
    await end("1")
    await end("2")
    await Promise.all(all)
    expect(begun).toEqual(["1", "1", "2"])
  })

  test("a refused command gives its place back", async () => {
    const { world, begun, pay, end } = await payments()
    const bad = refusalOf(world.ask("Pay", payTo("p"), { to: 1 }))
    const good = pay("1")
    expect((await bad).code).toBe("invalid")
    await world.clock.idle()
    expect(begun).toEqual(["1"])
    await end("1")
    expect((await good).state).toBe("succeeded")
  })

  test("whoever waits no longer is told that the command is queued, which is durable then [W22]", async () => {
    const { world, begun, pay, end } = await payments()
    const first = pay("1")
    await world.clock.idle()
    const second = pay("2", "p", { waitMs: 100 })
    const third = pay("3")
    await world.clock.advance(100)
    expect(await second).toMatchObject({ id: "2", state: "queued", t: 2, events: [] })
    expect((await world.instance("2")).state).toBe("queued")
    await end("1")
    await end("2")
    await end("3")
    await Promise.all([first, third])
    expect(begun).toEqual(["1", "2", "3"])
    expect((await world.instance("2")).history.map(h => h.state)).toEqual(["queued", "running", "succeeded"])
  })

  test("its turn may come while it is made durable as queued: the order stays", async () => {
    const { world, begun, pay, end } = await payments()
    const first = pay("1")
    await world.clock.idle()
    const all = [pay("2", "p", { waitMs: 0 }), pay("3")]
    const advancing = world.clock.advance(0)
    await end("1")
    await advancing
    await end("2")
    await end("3")
    await Promise.all([first, ...all])
    expect(begun).toEqual(["1", "2", "3"])
  })

  test.each(["is durable as queued", "is being made so", "has somebody who waits for its end"])(
    "one that waits behind another, %s and is aborted ends before that does; the order of the others stays [W48 W49]",
    async how => {
      const { world, begun, pay, end } = await payments()
      const first = pay("1")
      await world.clock.idle()
      const second = pay("2", "p", how === "has somebody who waits for its end" ? {} : { waitMs: 0 })
      const third = pay("3")
      if (how === "is durable as queued") await world.clock.advance(1)
      await world.daybook.abort("2", "system")
      await world.daybook.abort("2", "system")
      await world.clock.advance(1)
      expect(await world.instance("2")).toMatchObject({ state: "aborted", attempts: 0 })
      expect(["queued", "aborted"]).toContain((await second).state)
      expect(begun).toEqual(["1"])
      await end("1")
      await end("3")
      expect([await first, await third]).toMatchObject([{ state: "succeeded" }, { state: "succeeded" }])
      expect(begun).toEqual(["1", "3"])
    },
  )

  test("what is refused when it would be queued is refused, and nobody waits behind it", async () => {
    const { world, begun, pay, end } = await payments()
    const first = pay("1")
    await world.clock.idle()
    const bad = refusalOf(world.ask("Pay", payTo("p"), { to: 1 }, { waitMs: 0 }))
    await world.clock.advance(1)
    expect((await bad).code).toBe("invalid")
    const second = pay("2")
    await end("1")
    await end("2")
    await Promise.all([first, second])
    expect(begun).toEqual(["1", "2"])
  })

  test("after a restart, what was running goes first and what was queued follows [W22 TR6]", async () => {
    const { world, begun, pay, end } = await payments()
    void pay("1")
    await world.clock.idle()
    for (const to of ["2", "3"]) {
      const queued = pay(to, "p", { waitMs: 0 })
      await world.clock.advance(0)
      expect((await queued).state).toBe("queued")
    }
    await world.restart()
    await world.clock.idle()
    for (const to of ["1", "2", "3"]) await end(to)
    await world.daybook.drain()
    expect(begun).toEqual(["1", "1", "2", "3"])
    const { events } = await world.daybook.stream("p", 1, 10)
    expect(events.map(e => e.data["receipt"])).toEqual(["1", "2", "3"])
  })
})
