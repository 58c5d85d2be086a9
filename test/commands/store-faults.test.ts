import { describe, expect, test } from "vitest"
import type { Write } from "../../src/ports/write.ts"
import { aChange, anEvent, aTransaction } from "../../src/testing/writes.ts"
import { acc, bankApp, payTo } from "./bank.ts"
import { faulty, unavailable, type Trouble } from "./faulty-store.ts"
import { refusalOf, storeNames, World } from "./world.ts"

const isTransaction = (write: Write) => write.kind === "transaction"

describe.each(storeNames)("on %s", name => {
  const begin = async (trouble: Trouble) => World.on(name, bankApp(), { wrap: faulty(trouble) })
  const deposit = (world: World, id = "a", rest: object = {}) => world.ask("Deposit", acc(id), { amount: 1 }, rest)

  /** A store that cannot write as long as `isFull`. */
  const full = async () => {
    const disk = { isFull: false }
    const commit = () => {
      if (disk.isFull) throw unavailable()
    }
    return { disk, world: await begin({ commit }) }
  }

  test("what the store cannot write is refused, nothing of it is there, and it goes on when the store can again [TR1 TR7 A18]", async () => {
    const { disk, world } = await full()
    await deposit(world)
    disk.isFull = true
    const refused = await Promise.all([1, 2, 3].map(() => refusalOf(deposit(world, "a", { id: "same" }))))
    expect(refused.map(r => r.code)).toEqual(["unavailable", "unavailable", "unavailable"])
    disk.isFull = false
    expect(await world.document("a")).toEqual({ balance: 1 })
    expect(await deposit(world, "a", { id: "same" })).toMatchObject({ state: "succeeded", t: 2 })
    expect(await world.document("a")).toEqual({ balance: 2 })
    expect(await world.findings()).toEqual([])
  })

  test("what a handler came to is written when the store can again: it is not run twice for that [TR1 W22]", async () => {
    let calls = 0
    const disk = { isFull: false }
    const bank = {
      pay: async () => {
        calls++
        disk.isFull = true
        return "r"
      },
    }
    const commit = () => {
      if (disk.isFull) throw unavailable()
    }
    const world = await World.on(name, bankApp({ adapters: { bank } }), { wrap: faulty({ commit }) })
    const outcome = world.ask("Pay", payTo("p"), { to: "x", amount: 1 })
    await world.clock.advance(1_000)
    disk.isFull = false
    await world.clock.advance(10_000)
    expect(await outcome).toMatchObject({ state: "succeeded", result: { receipt: "r" } })
    expect(calls).toBe(1)
  })

  test("closing does not wait for a store that never comes back: the restart runs it again [W22]", async () => {
    const disk = { isFull: false }
    const bank = { pay: async () => ((disk.isFull = true), "r") }
    const commit = () => {
      if (disk.isFull) throw unavailable()
    }
    const world = await World.on(name, bankApp({ adapters: { bank } }), { wrap: faulty({ commit }) })
    const outcome = world.ask("Pay", payTo("p"), { to: "x", amount: 1 }, { id: "p" })
    await world.clock.idle()
    await world.daybook.close()
    expect((await outcome).state).toBe("running")
  })

  test("one write that the store cannot take drops out alone [A15]", async () => {
    const commit = (writes: readonly Write[]) => {
      if (writes.some(w => w.kind === "transaction" && w.instance.command.id === "poison")) throw new Error("too big")
    }
    const world = await begin({ commit })
    const all = ["a", "b", "c", "d"].map(id => deposit(world, id, id === "c" ? { id: "poison" } : {}))
    const settled = await Promise.allSettled(all)
    expect(settled.map(s => s.status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"])
    expect(await world.daybook.basis()).toBe(3)
  })

  test("a store that cannot be read has the command refused, and no one waits for ever [A11 CP8]", async () => {
    let isDown = true
    const fail = () => {
      if (isDown) throw unavailable()
    }
    const world = await begin({ heads: fail, find: fail })
    const both = [deposit(world), world.transact([{ entity: "Payment", id: "x", set: { amount: 1 } }])]
    for (const one of both) expect((await refusalOf(one)).code).toBe("unavailable")
    expect((await refusalOf(world.ask("Dance", acc("a")))).code).toBe("unavailable")
    await world.daybook.drain()
    isDown = false
    expect((await deposit(world)).state).toBe("succeeded")
  })

  test("what a handler came to survives a store that cannot be read", async () => {
    let isDown = false
    let calls = 0
    const bank = { pay: async () => ((isDown = calls++ === 0), "r") }
    const fail = () => {
      if (isDown) throw unavailable()
    }
    const world = await World.on(name, bankApp({ adapters: { bank } }), { wrap: faulty({ heads: fail }) })
    await world.ask("OpenAccount", acc("z"))
    const outcome = world.ask("Pay", payTo("p"), { to: "x", amount: 1 })
    await world.clock.idle()
    expect(world.counted.get("commands_total running")).toBe(1)
    isDown = false
    await world.clock.advance(10_000)
    expect(await outcome).toMatchObject({ state: "succeeded", result: { receipt: "r" } })
  })

  /** Another process that writes to the same store just before our commits. */
  const rival = async (countOfTimes: number) => {
    let left = countOfTimes
    const said: { world: World | null } = { world: null }
    const commit = async (writes: readonly Write[]) => {
      const world = said.world
      if (world === null || left <= 0 || !writes.some(isTransaction)) return
      left--
      const [head] = await world.store.entities.heads(["a"])
      const version = head!.version + 1
      const document = { balance: 100 * version }
      const stream = { type: "Account", id: "a", version }
      const event = anEvent({
        id: `rival-${version}`,
        type: "Deposited",
        stream,
        data: { amount: 100 },
        kind: "changed",
      })
      const change = aChange("a", { balance: 0 }, document)
      await world.store.commit([
        aTransaction({ id: `rival-${version}`, events: [event], changes: [{ ...change, type: "Account" }] }),
      ])
    }
    const world = await begin({ commit })
    await deposit(world)
    said.world = world
    return world
  }

  test("a decision that was overtaken is made again on what is there now [TR5 X2 N42]", async () => {
    const world = await rival(3)
    const outcome = await deposit(world, "a", { id: "mine" })
    expect(outcome).toMatchObject({ state: "succeeded", t: 5 })
    expect(outcome.events[0]?.stream.version).toBe(5)
    expect(world.counted.get("conflicts_total")).toBe(3)
    expect(await world.document("a")).toEqual({ balance: 401 })
  })

  test("a decision that is overtaken eight times is refused with a conflict, and nothing of it is there [TR5]", async () => {
    const world = await rival(8)
    expect((await refusalOf(deposit(world, "a", { id: "mine" }))).code).toBe("conflict")
    expect(await world.daybook.command("mine")).toBe(null)
    expect((await deposit(world)).state).toBe("succeeded")
  })

  test("commands that are overtaken together keep their order [TR6]", async () => {
    const world = await rival(2)
    const outcomes = await Promise.all(
      ["1", "2", "3", "4"].map(id => world.ask("Label", acc("a"), { labels: [id] }, { id })),
    )
    expect(outcomes.map(o => o.events[0]?.stream.version)).toEqual([4, 5, 6, 7])
    expect(await world.document("a")).toMatchObject({ labels: ["1", "2", "3", "4"] })
  })

  test("what was refused for what never came to be is decided again [TR5]", async () => {
    const world = await rival(1)
    const close = world.ask("CloseAccount", acc("a"))
    // In the first batch the account is at version 2 behind the one above; the rival has made it 3 by the second.
    const expecting = world.ask("Deposit", acc("a"), { amount: 1 }, { expectedVersion: 3 })
    expect((await close).events[0]?.stream.version).toBe(3)
    expect((await expecting).events[0]?.stream.version).toBe(4)
  })

  test("that nothing is to be done rests on the state too [TR5]", async () => {
    const world = await rival(0)
    await world.ask("CloseAccount", acc("a"), {}, { id: "close" })
    await world.restart()
    // The repetition closes it once more in the batch's mind only; the one behind would find nothing to close.
    await world.ask("OpenAccount", acc("a"))
    const [again, close] = await Promise.all([
      world.ask("CloseAccount", acc("a"), {}, { id: "close" }),
      world.ask("CloseAccount", acc("a")),
    ])
    expect([again.t, close.events.length]).toEqual([2, 1])
    expect(await world.document("a")).toBe(null)
  })
})
