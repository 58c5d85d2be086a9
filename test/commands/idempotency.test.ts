import { describe, expect, test } from "vitest"
import type { Decide } from "../../src/kernel/aggregate.ts"
import { acc, account, bankApp, payTo } from "./bank.ts"
import { gate, refusalOf, storeNames, World } from "./world.ts"

describe.each(storeNames)("on %s", name => {
  const counting = async () => {
    const count = { decided: 0 }
    const app = bankApp()
    const Deposit: Decide = (...args) => {
      count.decided++
      return account.decide["Deposit"]!(...args)
    }
    const counted = { ...account, decide: { ...account.decide, Deposit } }
    const world = await World.on(name, { ...app, aggregates: [counted, app.aggregates[1]!] })
    const deposit = (amount = 5, rest: object = {}) => world.ask("Deposit", acc("a"), { amount }, { id: "d", ...rest })
    return { world, count, deposit }
  }

  test("the same id with the same content is answered with the first outcome, and does nothing [HA9 CP7 CE12]", async () => {
    const { world, deposit } = await counting()
    const first = await deposit()
    await world.ask("Deposit", acc("a"), { amount: 1 })
    expect(await deposit()).toEqual(first)
    expect(await world.document("a")).toEqual({ balance: 6 })
    expect(await world.events()).toHaveLength(2)
  })

  test("so it is for those who ask at once: all get one answer of one decision [HA9]", async () => {
    const { world, count, deposit } = await counting()
    const answers = await Promise.all(Array.from({ length: 20 }, () => deposit()))
    expect(new Set(answers.map(a => JSON.stringify(a))).size).toBe(1)
    expect(count.decided).toBe(1)
    expect(await world.events()).toHaveLength(1)
  })

  test("so it is after a restart, with the order of keys saying nothing [HA9 TR4]", async () => {
    const { world, deposit } = await counting()
    const transact = () => world.transact([{ retract: "a" }], { id: "t" })
    const first = [await deposit(), await transact()]
    await world.restart()
    expect([await deposit(), await transact()]).toEqual(first)
    expect(await world.events()).toHaveLength(2)
  })

  test("so it is for many about one entity at once, after a restart, with new ones between them [HA9 CP7 TR4]", async () => {
    const { world } = await counting()
    const said = (i: number) => world.ask("Deposit", acc("a"), { amount: 1 }, { id: `d-${i}` })
    const first = await Promise.all(Array.from({ length: 30 }, (_, i) => said(i * 2)))
    await world.restart()
    const again = await Promise.all(Array.from({ length: 60 }, (_, i) => said(i)))
    expect(again.filter((_, i) => i % 2 === 0)).toEqual(first)
    expect(new Set(again.map(({ state }) => state))).toEqual(new Set(["succeeded"]))
    expect(await world.document("a")).toEqual({ balance: 60 })
  })

  test("a rejection is an outcome like others: it is answered again [HA9]", async () => {
    const { world } = await counting()
    const withdraw = () => world.ask("Withdraw", acc("a"), { amount: 1 }, { id: "w" })
    const first = await withdraw()
    await world.ask("Deposit", acc("a"), { amount: 10 })
    expect(await withdraw()).toEqual(first)
    expect(first.state).toBe("rejected")
  })

  test("the same id with other content is refused, under way or done, whatever it is that differs [HA9]", async () => {
    const { world, deposit } = await counting()
    const [done, other] = await Promise.allSettled([deposit(), deposit(6)])
    expect([done.status, other.status]).toEqual(["fulfilled", "rejected"])
    for (const attempt of [
      () => deposit(6),
      () => deposit(5, { occurredAt: "2020-01-01T00:00:00Z" }),
      () => deposit(5, { expectedVersion: 0 }),
      () => deposit(5, { basisT: 0 }),
      () => world.ask("Deposit", acc("b"), { amount: 5 }, { id: "d" }),
      () => world.ask("Withdraw", acc("a"), { amount: 5 }, { id: "d" }),
    ]) {
      expect((await refusalOf(attempt())).code).toBe("duplicate-conflict")
    }
    expect(await world.document("a")).toEqual({ balance: 5 })
  })

  test("a repetition that would be refused now is answered with what came of it first", async () => {
    const { world } = await counting()
    const open = () => world.ask("OpenAccount", acc("x"), {}, { id: "o", expectedVersion: 0 })
    const first = await open()
    expect(await open()).toEqual(first)
  })

  test("a repetition in a batch does not mislead those after it [CP7]", async () => {
    const { world, deposit } = await counting()
    await deposit()
    await world.restart()
    const [again, next] = await Promise.all([
      deposit(),
      world.ask("Deposit", acc("a"), { amount: 2 }, { expectedVersion: 1 }),
    ])
    expect([again.t, next.state, next.t]).toEqual([1, "succeeded", 2])
    expect(await world.document("a")).toEqual({ balance: 7 })
    expect(await world.findings()).toEqual([])
  })

  test("what was sensitive does not make a repetition another content, done, under way or after a restart [CE8 HA9]", async () => {
    const { world } = await counting()
    const set = (password: string) => world.ask("SetPassword", acc("a"), { password }, { id: "p" })
    const both = await Promise.all([set("secret"), set("secret")])
    expect(both[1]).toEqual(both[0])
    await world.restart()
    expect(await set("secret")).toEqual(both[0])
    expect(await world.events()).toHaveLength(1)
  })

  test("another secret is other content, done or under way, though neither is kept [CE8 HA9]", async () => {
    const { world } = await counting()
    const set = (password: string, id: string) => world.ask("SetPassword", acc("a"), { password }, { id })
    const code = async (asked: Promise<unknown>) => (await refusalOf(asked)).code
    const [, other] = await Promise.all([set("secret", "p"), code(set("guess", "p"))])
    expect(other).toBe("duplicate-conflict")
    expect(await code(set("guess", "p"))).toBe("duplicate-conflict")
    await Promise.all([set("secret", "q"), set("secret", "r")])
    const digests = await Promise.all(["p", "q", "r"].map(async id => (await world.instance(id)).digest))
    expect(new Set(digests).size).toBe(3)
    expect(JSON.stringify(await Promise.all(["p", "q", "r"].map(id => world.instance(id))))).not.toMatch(/secret|guess/)
    await world.restart()
    // Nobody has the key any more: what was sensitive is taken to be the same.
    expect((await set("guess", "p")).t).toBe(1)
    const ops = (code: string) => [{ entity: "Account", id: "b", set: { owner: code } }]
    await world.transact(ops("x"), { id: "t" })
    expect((await world.instance("t")).digest).toBe(null)
    expect(await code(world.transact(ops("y"), { id: "t" }))).toBe("duplicate-conflict")
  })

  test("a command that is under way is joined, not run twice [HA9 CP7]", async () => {
    const payment = gate<string>()
    let calls = 0
    const bank = { pay: () => (calls++, payment.promise) }
    const world = await World.on(name, bankApp({ adapters: { bank } }))
    const pay = () => world.ask("Pay", payTo("p"), { to: "x", amount: 1 }, { id: "p-1" })
    const first = pay()
    await world.clock.idle()
    const second = pay()
    payment.resolve("r-9")
    expect(await second).toEqual(await first)
    expect(calls).toBe(1)
    expect((await first).result).toEqual({ receipt: "r-9" })
  })

  test("an id that cannot be one is refused before anything is kept", async () => {
    const { world } = await counting()
    for (const id of ["", "a\nb", "x".repeat(201)]) {
      expect((await refusalOf(world.ask("Deposit", acc("a"), { amount: 1 }, { id }))).code).toBe("malformed")
    }
  })
})
