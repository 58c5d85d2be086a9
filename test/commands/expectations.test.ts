import { describe, expect, test } from "vitest"
import { acc, bankApp, payTo } from "./bank.ts"
import { refusalOf, storeNames, World } from "./world.ts"

describe.each(storeNames)("on %s", name => {
  const begin = async () => {
    const world = await World.on(name, bankApp())
    await world.ask("OpenAccount", acc("a"))
    await world.ask("Deposit", acc("a"), { amount: 10 })
    return world
  }

  test("a command that expects a version is decided on that version alone [N42 X9]", async () => {
    const world = await begin()
    const deposit = (expectedVersion: number) => world.ask("Deposit", acc("a"), { amount: 1 }, { expectedVersion })
    expect((await deposit(2)).state).toBe("succeeded")
    const refusal = await refusalOf(deposit(2))
    expect(refusal).toMatchObject({ code: "conflict", facts: { stream: "a", expected: 2, actual: 3 } })
    expect(await world.document("a")).toMatchObject({ balance: 11 })
  })

  test("of two who expect the same version in one turn, one is refused [N42 X2]", async () => {
    const world = await begin()
    const both = await Promise.allSettled(
      [1, 2].map(amount => world.ask("Deposit", acc("a"), { amount }, { expectedVersion: 2 })),
    )
    expect(both.map(b => b.status)).toEqual(["fulfilled", "rejected"])
    expect(await world.document("a")).toMatchObject({ balance: 11 })
  })

  test("version 0 means: unless it is new [N42]", async () => {
    const world = await begin()
    const open = (id: string) => world.ask("OpenAccount", acc(id), {}, { expectedVersion: 0 })
    expect((await refusalOf(open("a"))).code).toBe("conflict")
    expect((await open("b")).state).toBe("succeeded")
  })

  test("a command that rests on a basis is refused if its target changed after it, and only then [X9]", async () => {
    const world = await begin()
    const deposit = (basisT: number) => world.ask("Deposit", acc("a"), { amount: 1 }, { basisT })
    await world.ask("Deposit", acc("b"), { amount: 1 })
    expect((await deposit(2)).state).toBe("succeeded")
    expect((await refusalOf(deposit(3))).code).toBe("conflict")
    expect((await deposit(4)).state).toBe("succeeded")
  })

  test("a rejection changes nothing, so what rests on the basis before it still holds, also after a restart [X9]", async () => {
    const world = await begin()
    expect((await world.ask("Withdraw", acc("a"), { amount: 99 })).state).toBe("rejected")
    expect((await world.ask("Deposit", acc("a"), { amount: 1 }, { basisT: 2 })).state).toBe("succeeded")
    await world.ask("Withdraw", acc("a"), { amount: 99 })
    await world.restart()
    expect((await world.ask("Deposit", acc("a"), { amount: 1 }, { basisT: 4 })).state).toBe("succeeded")
  })

  test("a change in the same turn counts too", async () => {
    const world = await begin()
    const [first, second] = await Promise.allSettled([
      world.ask("Deposit", acc("a"), { amount: 1 }),
      world.ask("Deposit", acc("a"), { amount: 1 }, { basisT: 2 }),
    ])
    expect([first.status, second.status]).toEqual(["fulfilled", "rejected"])
  })

  test("when it really happened is what its events say, and what decisions and evolutions are told [N34]", async () => {
    const world = await begin()
    const occurredAt = "2011-10-01T00:38:44.546+02:00"
    const { events } = await world.ask("Deposit", acc("a"), { amount: 1 }, { occurredAt })
    expect(events[0]).toMatchObject({ occurredAt, at: world.clock.iso() })
    expect((await world.events()).map(e => e.occurredAt)).toEqual([undefined, undefined, occurredAt])
  })

  test("an id belongs to an entity of one type for ever", async () => {
    const world = await begin()
    expect((await refusalOf(world.ask("Pay", payTo("a"), { to: "x", amount: 1 }))).code).toBe("conflict")
    await world.ask("CloseAccount", acc("a"))
    expect((await refusalOf(world.ask("Pay", payTo("a"), { to: "x", amount: 1 }))).code).toBe("conflict")
    const faults = await refusalOf(world.ask("Deposit", payTo("p"), { amount: 1 }))
    expect(faults.faults).toMatchObject([{ path: "/target/type", code: "target" }])
  })

  test("what a sender expects holds for a handler's command too, when it begins and when it is committed [X9]", async () => {
    const world = await begin()
    const transfer = (rest: { expectedVersion?: number; basisT?: number }) =>
      world.ask("Transfer", acc("a"), { to: "b", amount: 1 }, rest)
    expect((await refusalOf(transfer({ expectedVersion: 1 }))).code).toBe("conflict")
    expect((await refusalOf(transfer({ basisT: 1 }))).code).toBe("conflict")
    expect((await transfer({ expectedVersion: 2, basisT: 2 })).state).toBe("succeeded")
    expect(await world.document("b")).toMatchObject({ balance: 1 })
  })
})
