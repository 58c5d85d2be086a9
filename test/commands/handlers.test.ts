import { describe, expect, test } from "vitest"
import type { UnitOfWork } from "../../src/kernel/handler.ts"
import { acc, bankApp, event, handler, payTo, reject, transfer } from "./bank.ts"
import { gate, refusalOf, storeNames, World } from "./world.ts"

const pay = { to: "x", amount: 1 }

describe.each(storeNames)("on %s", name => {
  /** A bank whose payments are made by this. */
  const paying = (run: (needs: { uow: UnitOfWork; command: { id: string } }) => unknown, parts: object = {}) =>
    World.on(name, bankApp({ handlers: [transfer, handler("Pay", run as never)], ...parts }))
  const payOnce = (world: World, rest: object = {}) => world.ask("Pay", payTo("p"), pay, { id: "p-1", ...rest })

  test("a handler is handed what it names, in any order, and nothing else [A8 A9]", async () => {
    let handed: unknown
    const run = function (key: unknown, bank: unknown, data: unknown, now: unknown) {
      // oxlint-disable-next-line prefer-rest-params
      handed = { key, bank, data, now, count: arguments.length }
    }
    const world = await World.on(
      name,
      bankApp({ handlers: [transfer, handler("Pay", run as never)], adapters: { bank: { name: "first" } } }),
      { adapters: { bank: 7 } },
    )
    await payOnce(world)
    expect(handed).toEqual({ key: "p-1", bank: 7, data: pay, now: world.clock.iso(), count: 4 })
  })

  test("it reads, lets aggregates decide and records, and all of it is one transaction [A15 A19 A20]", async () => {
    const world = await World.on(name, bankApp())
    await world.ask("Deposit", acc("a"), { amount: 10 })
    const outcome = await world.ask("Transfer", acc("a"), { to: "b", amount: 4 })
    expect(outcome).toMatchObject({ state: "succeeded", result: { moved: 4 } })
    expect(outcome.events.map(e => [e.type, e.stream.id, e.t, e.n])).toEqual([
      ["Withdrawn", "a", 3, 0],
      ["Deposited", "b", 3, 1],
    ])
    expect([await world.document("a"), await world.document("b")]).toEqual([{ balance: 6 }, { balance: 4 }])
    expect(await world.findings()).toEqual([])
  })

  test("its state is durable before it runs, and at its end with the change that it makes [W19 W21 W25 CP10]", async () => {
    const running = gate()
    const world = await paying(() => running.promise)
    const outcome = payOnce(world)
    await world.clock.idle()
    expect(await world.instance("p-1")).toMatchObject({ state: "running", t: 1, owner: "ann" })
    await world.clock.advance(5)
    running.resolve()
    await outcome
    const at = (ms: number) => new Date(Date.parse("2030-01-01T00:00:00.000Z") + ms).toISOString()
    expect(await world.instance("p-1")).toMatchObject({
      state: "succeeded",
      createdAt: at(0),
      updatedAt: at(5),
      history: [
        { state: "running", at: at(0), t: 1 },
        { state: "succeeded", at: at(5), t: 2 },
      ],
    })
  })

  test("within the unit it sees what it has said, and nobody else does before the end [A15 A20]", async () => {
    const halfway = gate()
    const seen: unknown[] = []
    const world = await paying(async ({ uow }) => {
      seen.push(await uow.entity("n"), await uow.state("Account", "n"))
      await uow.decide("Account", "n", { type: "Deposit", data: { amount: 3 } })
      await uow.decide("Account", "n", { type: "Withdraw", data: { amount: 1 } })
      seen.push(await uow.state("Account", "n"), await uow.entity("n"), await uow.state("Payment", "n"))
      await halfway.promise
    })
    const outcome = payOnce(world)
    await world.clock.idle()
    expect(await world.document("n")).toBe(null)
    expect(await world.events()).toEqual([])
    halfway.resolve()
    expect((await outcome).events).toHaveLength(2)
    const balance = { balance: 2 }
    expect(seen).toEqual([
      null,
      null,
      balance,
      { id: "n", type: "Account", fromT: 0, createdT: 0, document: balance },
      null,
    ])
  })

  test("what it reads says since when it is so, and since when it is there", async () => {
    let entity: unknown
    const world = await paying(async ({ uow }) => void (entity = await uow.entity("a")))
    for (const amount of [1, 2]) await world.ask("Deposit", acc("a"), { amount })
    await payOnce(world)
    expect(entity).toEqual({ id: "a", type: "Account", fromT: 2, createdT: 1, document: { balance: 3 } })
  })

  test("a handler that throws leaves nothing behind but that it failed [A16 A18]", async () => {
    const world = await paying(async ({ uow }) => {
      await uow.decide("Account", "n", { type: "Deposit", data: { amount: 3 } })
      await uow.record(payTo("p"), event("Paid", {}))
      throw new TypeError("a bug")
    })
    const outcome = await payOnce(world)
    expect(outcome).toMatchObject({ state: "failed", events: [], error: { class: "dev", message: "TypeError: a bug" } })
    expect([await world.document("n"), await world.document("p")]).toEqual([null, null])
    expect(await world.events()).toEqual([])
    expect((await world.daybook.stream("n", 1, 10)).version).toBe(0)
  })

  test("a handler may say nothing: its command succeeds, and nothing has happened", async () => {
    const world = await paying(() => {})
    expect(await payOnce(world)).toEqual({ id: "p-1", state: "succeeded", t: 2, events: [] })
  })

  test("a handler that only says no has its command rejected [A18]", async () => {
    const world = await paying(async ({ uow }) => uow.record(acc("a"), reject("Overdrawn", {})))
    expect(await payOnce(world)).toMatchObject({ state: "rejected", events: [{ type: "Overdrawn", rejection: true }] })
  })

  test("what it returns is kept as JSON, or it is wrong", async () => {
    const results = [new Date(0), { a: undefined, b: [1n] }, () => 1]
    const world = await paying(() => results.shift())
    expect((await payOnce(world)).result).toBe("1970-01-01T00:00:00.000Z")
    for (const id of ["p-2", "p-3"]) {
      expect(await payOnce(world, { id })).toMatchObject({ state: "failed", error: { class: "dev" } })
    }
  })

  test.each<[string, (uow: UnitOfWork) => Promise<unknown>]>([
    ["an event that nobody knows", uow => uow.record(acc("a"), { type: "Sneezed", data: {}, rejection: false })],
    ["an event of another stream", uow => uow.record(acc("a"), event("Paid", {}))],
    ["an event with wrong data", uow => uow.record(acc("a"), { type: "Deposited", data: {}, rejection: false })],
    ["an event of an entity of another type", uow => uow.record(payTo("a"), event("Paid", {}))],
    ["a command that nothing decides", uow => uow.decide("Account", "a", { type: "Transfer", data: pay })],
    ["a command with wrong data", uow => uow.decide("Account", "a", { type: "Deposit", data: { amount: 0 } })],
    ["an entity of another type", uow => uow.decide("Payment", "a", { type: "Deposit", data: { amount: 1 } })],
    ["a type that is none", uow => uow.decide("Nobody", "a", { type: "Deposit", data: { amount: 1 } })],
  ])("it fails when it says %s, and nothing happens [A16]", async (_what, say) => {
    const world = await paying(({ uow }) => say(uow))
    await world.ask("OpenAccount", acc("a"))
    expect(await payOnce(world)).toMatchObject({ state: "failed", events: [] })
    expect(await world.events()).toHaveLength(1)
  })

  test("a unit of work is over when its handler returns, or it is wrong [A17]", async () => {
    let leaked: UnitOfWork | undefined
    const world = await paying(({ uow, command }) => {
      leaked = uow
      if (command.id === "p-1") void uow.record(payTo("p"), event("Paid", {}))
    })
    expect(await payOnce(world)).toMatchObject({ state: "failed", error: { class: "dev" } })
    expect(await payOnce(world, { id: "p-2" })).toMatchObject({ state: "succeeded" })
    await expect(leaked!.record(payTo("p"), event("Paid", {}))).rejects.toThrow("after its handler returned")
    expect(await world.events()).toEqual([])
  })

  test("what it read must still be so at the end: else it runs again [TR5 X2]", async () => {
    const gates = [gate(), gate(), gate()]
    let runs = 0
    const world = await paying(async ({ uow }) => {
      const state = await uow.state("Account", "a")
      await gates[runs++]!.promise
      await uow.record(payTo("p"), event("Paid", { receipt: JSON.stringify(state?.["balance"]) }))
    })
    const outcome = payOnce(world)
    for (const next of gates.slice(0, 2)) {
      await world.clock.idle()
      await world.ask("Deposit", acc("a"), { amount: 1 })
      next.resolve()
    }
    await world.clock.idle()
    gates[2]!.resolve()
    expect((await outcome).events).toMatchObject([{ data: { receipt: "2" } }])
    expect(runs).toBe(3)
    expect((await world.instance("p-1")).history.map(h => h.state)).toEqual(["running", "succeeded"])
  })

  test("but not for ever: after eight runs it has failed with a conflict [TR5]", async () => {
    let runs = 0
    const world: World = await paying(async ({ uow }) => {
      await uow.state("Account", "a")
      runs++
      await world.ask("Deposit", acc("a"), { amount: 1 })
      await uow.record(payTo("p"), event("Paid", {}))
    })
    expect(await payOnce(world)).toMatchObject({ state: "failed", error: { code: "conflict" }, events: [] })
    expect(runs).toBe(8)
    expect(await world.document("a")).toEqual({ balance: 8 })
  })

  test("a schema's refusal of what it made fails it, with the faults", async () => {
    const world = await paying(({ uow }) =>
      uow.record(acc("a"), event("AccountOpened", { owner: "a name that is longer than it may be" })),
    )
    expect(await payOnce(world)).toMatchObject({
      state: "failed",
      error: { class: "user", code: "invalid", errors: [{ path: "/owner" }] },
    })
  })

  test("a handler's command is checked like any other before it is kept [A7 X6]", async () => {
    const world = await paying(() => {})
    expect((await refusalOf(world.ask("Pay", payTo("p"), { to: 1 }, { id: "bad" }))).code).toBe("invalid")
    expect(await world.daybook.command("bad")).toMatchObject({ code: "invalid" })
    expect(await world.daybook.basis()).toBe(0)
  })
})
