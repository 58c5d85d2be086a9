import { describe, expect, test } from "vitest"
import { Refusal } from "../../src/kernel/refusal.ts"
import { bankApp, event, handler, payTo, transfer } from "./bank.ts"
import { gate, refusalOf, storeNames, World } from "./world.ts"

describe.each(storeNames)("on %s", name => {
  /** A handler that does at each attempt what is next in the list, and from the end on what is last. */
  const trying = async (...attempts: (() => unknown)[]) => {
    const at: number[] = []
    const run = handler("Pay", async ({ uow, command }) => {
      at.push(world.clock.now())
      await attempts[Math.min(at.length, attempts.length) - 1]!()
      await uow.record(command.target!, event("Paid", {}))
    })
    const world = await World.on(name, bankApp({ handlers: [transfer, run] }))
    const pay = (rest: object = {}) => world.ask("Pay", payTo("p"), { to: "x", amount: 1 }, { id: "p", ...rest })
    const states = async () => (await world.instance("p")).history.map(h => h.state)
    return { world, pay, at, states }
  }
  const closed = () => {
    throw new Refusal("unavailable", "The bank is closed")
  }
  const down = () => {
    throw new TypeError("fetch failed", { cause: new Error("ECONNREFUSED") })
  }
  const bug = () => {
    throw new ReferenceError("bnak is not defined")
  }

  test("a system error is tried again after growing waits, and then it goes through [TR1 TR2 CP8]", async () => {
    const { world, pay, at, states } = await trying(closed, down, closed, () => {})
    const outcome = pay()
    await world.clock.advance(60_000)
    expect((await outcome).state).toBe("succeeded")
    const waits = at.slice(1).map((ms, i) => ms - at[i]!)
    for (const [i, base] of [50, 100, 200].entries()) {
      expect(waits[i]).toBeGreaterThanOrEqual(base)
      expect(waits[i]).toBeLessThanOrEqual(2 * base)
    }
    const again = ["retrying", "running"]
    expect(await states()).toEqual(["running", ...again, ...again, ...again, "succeeded"])
  })

  test("each attempt that failed is counted, and the last error and the next attempt are seen [TR6 W25]", async () => {
    const { world, pay } = await trying(closed)
    const outcome = pay()
    await world.clock.idle()
    const first = await world.instance("p")
    expect(first).toMatchObject({ state: "retrying", attempts: 1, error: { class: "system", code: "unavailable" } })
    expect(first.due! - world.clock.now()).toBe(world.clock.nextDue())
    await world.clock.advance(600_000)
    expect(await outcome).toMatchObject({ state: "failed", events: [], error: { message: "The bank is closed" } })
    expect(await world.instance("p")).toMatchObject({ attempts: 8, due: null })
  })

  test("a bug has failed at once: it would be the same the next time [TR1 CP8]", async () => {
    const { pay, states } = await trying(bug)
    expect(await pay()).toMatchObject({ state: "failed", error: { class: "dev", code: "bug" } })
    expect(await states()).toEqual(["running", "failed"])
  })

  test("nothing of an attempt that failed is there [A16]", async () => {
    const { world, pay } = await trying(closed, () => {})
    const outcome = pay()
    await world.clock.idle()
    expect(await world.events()).toEqual([])
    await world.clock.advance(1_000)
    expect((await outcome).events).toHaveLength(1)
  })

  test("who waits for a while only is told how far it is, which is durable [W22 W25]", async () => {
    const running = gate()
    const { world, pay } = await trying(closed, () => running.promise)
    const long = pay()
    const short = pay({ waitMs: 10 })
    await world.clock.advance(10)
    expect(await short).toMatchObject({ state: "retrying", t: 2, error: { code: "unavailable" } })
    await world.clock.advance(100)
    const later = pay({ waitMs: 5 })
    await world.clock.advance(5)
    expect(await later).toEqual({ id: "p", state: "running", t: 3, events: [] })
    running.resolve()
    expect(await long).toMatchObject({ state: "succeeded", t: 4 })
    expect(await pay({ waitMs: 0 })).toEqual(await long)
  })

  test("a restart takes up what was running, and runs it again [W22]", async () => {
    const { world, pay, at, states } = await trying(
      () => new Promise(() => {}),
      () => {},
    )
    void pay()
    await world.clock.idle()
    await world.restart()
    await world.daybook.drain()
    expect(await states()).toEqual(["running", "running", "succeeded"])
    expect(at).toHaveLength(2)
    expect(await world.events()).toHaveLength(1)
  })

  test("what was asked for somebody else is that one's, and goes on after a restart for who asked [W22 W23]", async () => {
    const { world } = await trying(
      () => new Promise(() => {}),
      () => {},
    )
    const command = { id: "p", type: "Pay", target: payTo("p"), data: { to: "x", amount: 1 } }
    const asked = world.daybook.request(command, { actor: "system", owner: "bob" })
    const stranger = world.daybook.request(command, { actor: "ann" })
    expect((await refusalOf(stranger)).code).toBe("duplicate-conflict")
    await world.clock.idle()
    await world.restart()
    const again = await world.daybook.request(command, { actor: "bob" })
    expect(again.state).toBe("succeeded")
    expect(await world.daybook.request(command, { actor: "system" })).toEqual(again)
    expect((await refusalOf(world.daybook.request(command, { actor: "ann" }))).code).toBe("duplicate-conflict")
    expect((await world.instance("p")).owner).toBe("bob")
    const actors = (await world.events()).map(({ actor }) => actor)
    expect(actors).toEqual(["system"])
    void asked
  })

  test("a restart tries again what was to be tried again, when it is due and not before [W22 TR6]", async () => {
    const { world, pay, at } = await trying(closed, () => {})
    void pay()
    await world.clock.idle()
    const { due } = await world.instance("p")
    await world.restart()
    await world.daybook.drain()
    expect(at).toHaveLength(1)
    await world.clock.advance(1_000)
    expect(at[1]).toBe(due)
    expect((await world.instance("p")).state).toBe("succeeded")
  })

  test("a restart after the due time tries at once [W22]", async () => {
    const { world, pay, at } = await trying(closed, () => {})
    void pay()
    await world.clock.idle()
    const restarting = world.restart()
    await world.clock.advance(5_000)
    await restarting
    await world.daybook.drain()
    expect(at).toHaveLength(2)
  })

  test("whoever asks again after the restart gets the outcome [HA9 W22]", async () => {
    const running = gate()
    const { world, pay } = await trying(
      () => new Promise(() => {}),
      () => running.promise,
    )
    void pay()
    await world.clock.idle()
    await world.restart()
    const outcome = pay()
    running.resolve()
    expect((await outcome).state).toBe("succeeded")
  })

  test("attempts go on counting over restarts [W22 TR1]", async () => {
    const { world, pay, at } = await trying(closed)
    void pay()
    for (let i = 0; i < 12; i++) {
      await world.clock.advance(20_000)
      await world.restart()
    }
    expect(await world.instance("p")).toMatchObject({ state: "failed", attempts: 8 })
    expect(at).toHaveLength(8)
  })

  test("closing waits for what runs, and takes nothing new [A12]", async () => {
    const running = gate()
    const { world, pay } = await trying(() => running.promise)
    const outcome = pay()
    await world.clock.idle()
    let isClosed = false
    const closing = world.daybook.close().then(() => (isClosed = true))
    await world.clock.idle()
    expect(isClosed).toBe(false)
    expect((await refusalOf(pay({ id: "new" }))).code).toBe("unavailable")
    running.resolve()
    expect((await outcome).state).toBe("succeeded")
    await closing
  })

  test("closing interrupts a wait at once: who asked is told how far it is, and who waits behind it is refused [TR6]", async () => {
    const { world, pay } = await trying(closed)
    const first = pay()
    await world.clock.idle()
    const [behind, queued] = [pay({ id: "behind" }), pay({ id: "queued", waitMs: 0 })]
    const refused = refusalOf(behind)
    await world.clock.advance(0)
    expect((await queued).state).toBe("queued")
    await world.daybook.close()
    expect(await first).toMatchObject({ state: "retrying" })
    expect((await refused).code).toBe("unavailable")
    expect(world.clock.nextDue()).toBe(null)
  })

  test("an attempt that fails while it closes is not waited for", async () => {
    const running = gate()
    const { world, pay } = await trying(async () => {
      await running.promise
      closed()
    })
    const outcome = pay()
    await world.clock.idle()
    const closing = world.daybook.close()
    running.resolve()
    await closing
    expect((await outcome).state).toBe("retrying")
  })
})
