import { describe, expect, test } from "vitest"
import type { App } from "../../src/kernel/app.ts"
import type { Instance } from "../../src/kernel/instance.ts"
import { limits } from "../../src/kernel/limits.ts"
import { Refusal } from "../../src/kernel/refusal.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { emptyMemory } from "../../src/testing/memory-store.ts"
import { acc, bankApp, payTo } from "../commands/bank.ts"
import { gate } from "../commands/world.ts"
import { startProcess } from "./processes.ts"

const beat = limits.leaseBeatMs
const asker = { actor: "ann" }
const pay = (id = "p") => ({ id: `pay-${id}`, type: "Pay", target: payTo(id), data: { to: "x", amount: 1 } })
const deposit = (id: string, amount = 1) => ({ id, type: "Deposit", target: acc("a"), data: { amount } })

/** A memory, a clock, and a bank that is told who pays, and when it may answer. */
function town() {
  const place = { clock: simulatedClock(), memory: emptyMemory() }
  const paid: string[] = []
  const closed = gate()
  const state = { isOpen: false, isBroken: false }
  const bankOf = (who: string) => ({
    async pay(_to: string, _amount: number, key: string) {
      paid.push(`${who} ${key}`)
      if (state.isBroken) throw new Refusal("unavailable", "The bank is away")
      if (!state.isOpen) await closed.promise
      return `receipt by ${who}`
    },
  })
  const open = () => {
    state.isOpen = true
    closed.resolve()
  }
  const start = (who: string, app: App = bankApp(), options = {}) =>
    startProcess(app, place, { bank: bankOf(who) }, options)
  const instance = (id: string) => place.memory.instances.get(id)!
  const states = (id: string) => instance(id).history.map(passage => passage.state)
  return { ...place, paid, state, open, start, instance, states }
}

const resultOf = (instance: Instance) => instance.result

describe("a command that a handler runs in one of several processes", () => {
  test("is left alone by a process that starts, as long as the first one lives [W54 X13 L22]", async () => {
    const { clock, paid, open, start, states } = town()
    const first = await start("first")
    const outcome = first.daybook.request(pay(), asker)
    await clock.idle()
    expect(states("pay-p")).toEqual(["running"])
    await start("second")
    await clock.advance(10 * limits.leaseMs)
    expect(paid).toEqual(["first pay-p"])
    open()
    expect(await outcome).toMatchObject({ state: "succeeded", result: { receipt: "receipt by first" } })
    expect(states("pay-p")).toEqual(["running", "succeeded"])
  })

  test("is taken up by one other when its process dies, with the same key [W54 L13 L22]", async () => {
    const { clock, paid, open, start, instance, states } = town()
    const first = await start("first")
    await start("second")
    await start("third")
    first.daybook.request(pay(), asker).catch(() => {})
    await clock.advance(3 * beat)
    first.kill()
    open()
    await clock.advance(limits.leaseMs - limits.leaseRenewMs - beat)
    expect(paid).toEqual(["first pay-p"])
    await clock.advance(limits.leaseRenewMs + 3 * beat)
    expect(paid).toHaveLength(2)
    expect(paid[1]).toMatch(/^(?:second|third) pay-p$/)
    expect(states("pay-p")).toEqual(["running", "running", "succeeded"])
    expect(resultOf(instance("pay-p"))).toEqual({ receipt: `receipt by ${paid[1]!.split(" ")[0]}` })
  })

  test("is the next one's when that dies too [W54]", async () => {
    const { clock, memory, paid, open, start, instance, states } = town()
    const first = await start("first")
    first.daybook.request(pay(), asker).catch(() => {})
    await clock.advance(beat)
    first.kill()
    const second = await start("second")
    await clock.advance(limits.leaseMs + 3 * beat)
    second.kill()
    const third = await start("third")
    await clock.advance(limits.leaseMs + 3 * beat)
    expect(paid).toEqual(["first pay-p", "second pay-p", "third pay-p"])
    open()
    await clock.idle()
    expect(states("pay-p")).toEqual(["running", "running", "running", "succeeded"])
    expect(await third.daybook.request(pay(), asker)).toMatchObject({ result: { receipt: "receipt by third" } })
    // And nobody holds on to what the dead ones had.
    await clock.advance(2 * beat)
    const held = [...memory.leases].filter(([, { holder, until }]) => holder !== null && until > clock.now())
    expect(held.map(([name]) => name)).toEqual([`process:${instance("pay-p").history[2]!.process}`])
  })

  test("is finished once, though its process was only asleep: whoever asked it is told the one outcome [X13]", async () => {
    const { clock, memory, paid, open, start, states } = town()
    const sleeper = await start("sleeper")
    const other = await start("other")
    const outcome = sleeper.daybook.request(pay(), asker)
    await clock.idle()
    sleeper.sleep()
    open()
    await clock.advance(limits.leaseMs + 3 * beat)
    expect(paid).toEqual(["sleeper pay-p", "other pay-p"])
    expect(states("pay-p")).toEqual(["running", "running", "succeeded"])
    const t = memory.transactions.length
    sleeper.wake()
    await clock.advance(limits.leaseMs)
    expect(await outcome).toMatchObject({ state: "succeeded", result: { receipt: "receipt by other" } })
    expect(memory.transactions.length).toBe(t)
    // It is well again, and what it takes on now is its own.
    expect(await settled(clock, sleeper.daybook.request(pay("q"), asker))).toMatchObject({
      result: { receipt: "receipt by sleeper" },
    })
    expect(await settled(clock, other.daybook.request(pay("r"), asker))).toMatchObject({ state: "succeeded" })
  })

  test("is not begun in the name of a process that others have taken to be dead [X13]", async () => {
    const { clock, paid, open, start, instance, states } = town()
    const sleeper = await start("sleeper")
    await start("other")
    sleeper.daybook.request(pay("q"), asker).catch(() => {})
    await clock.idle()
    sleeper.sleep()
    const outcome = sleeper.daybook.request(pay(), asker)
    await clock.advance(limits.leaseMs + 3 * beat)
    expect(paid).toEqual(["sleeper pay-q", "other pay-q"])
    open()
    sleeper.wake()
    await clock.advance(3 * beat)
    expect(await outcome).toMatchObject({ state: "succeeded" })
    expect(paid.slice(2)).toEqual(["sleeper pay-p"])
    expect(states("pay-p")).toEqual(["running", "succeeded"])
    // Else nobody would know that it was in its hands, if it had died now.
    expect(instance("pay-p").history[0]!.process).not.toBe(instance("pay-q").history[0]!.process)
  })

  test("that is sent to two processes runs in one, and both are told its end [L22]", async () => {
    const { clock, paid, open, start } = town()
    const [first, second] = [await start("first"), await start("second")]
    const outcomes = Promise.all([first, second].map(({ daybook }) => daybook.request(pay(), asker)))
    await clock.advance(1_000)
    expect(paid).toHaveLength(1)
    open()
    await clock.advance(limits.pollMs)
    const said = await outcomes
    expect(said[0]).toEqual(said[1])
    expect(said[0]).toMatchObject({ state: "succeeded" })
  })

  test("that somebody waits for elsewhere is taken up there when its process dies, and answered [W54]", async () => {
    const { clock, paid, open, start } = town()
    const first = await start("first")
    first.daybook.request(pay(), asker).catch(() => {})
    await clock.idle()
    const second = await start("second")
    const outcome = second.daybook.request(pay(), asker)
    expect(await settled(clock, second.daybook.request(pay(), asker, { waitMs: 100 }))).toMatchObject({
      state: "running",
    })
    first.kill()
    open()
    await clock.advance(limits.leaseMs + 3 * beat)
    expect(await outcome).toMatchObject({ state: "succeeded", result: { receipt: "receipt by second" } })
    expect(paid).toEqual(["first pay-p", "second pay-p"])
  })

  test("waits for its next attempt in another process, when its own has stopped [W54 N6]", async () => {
    const { clock, state, paid, start, states } = town()
    state.isBroken = true
    const first = await start("first")
    const second = await start("second")
    const outcome = first.daybook.request(pay(), asker)
    await clock.idle()
    expect(states("pay-p")).toEqual(["running", "retrying"])
    await first.daybook.close()
    expect(await outcome).toMatchObject({ state: "retrying" })
    state.isBroken = false
    state.isOpen = true
    await clock.advance(limits.retryCapMs)
    expect(paid.slice(0, 1)).toEqual(["first pay-p"])
    expect(paid.slice(1)).toEqual(["second pay-p"])
    expect(states("pay-p").at(-1)).toBe("succeeded")
    expect((await second.daybook.commands({ limit: 5 })).length).toBe(1)
  })

  test("and those that waited behind it go on in their order, in the process that takes them up [X10]", async () => {
    const { clock, memory, open, start } = town()
    const first = await start("first")
    first.daybook.request({ ...pay(), type: "Pay", target: payTo("a") }, asker).catch(() => {})
    const behind = ["1", "2", "3"].map(n => ({ ...pay(n), target: payTo("a") }))
    for (const command of behind) first.daybook.request(command, asker, { waitMs: 10 }).catch(() => {})
    await clock.advance(20)
    expect([...memory.instances.values()].map(({ state }) => state)).toEqual(["running", "queued", "queued", "queued"])
    first.kill()
    open()
    await start("second")
    await clock.advance(limits.leaseMs + 3 * beat)
    const causes = memory.streams.get("a")!.events.map(event => event.causedBy.id)
    expect(causes).toEqual(["pay-p", "pay-1", "pay-2", "pay-3"])
  })
})

describe("two processes on one store", () => {
  test("decide about one entity at once, and lose nothing [L22 N42]", async () => {
    const { clock, memory, start } = town()
    const [first, second] = [await start("first"), await start("second")]
    const asked = Array.from({ length: 40 }, (_, i) =>
      (i % 2 === 0 ? first : second).daybook.request(deposit(`d${i}`), asker),
    )
    await clock.advance(1_000)
    const outcomes = await Promise.all(asked)
    expect(outcomes.every(({ state }) => state === "succeeded")).toBe(true)
    expect(memory.versions.get("a")!.at(-1)!.document).toEqual({ balance: 40 })
  })

  test.each([{ isDeaf: false }, { isDeaf: true }])(
    "read in the one what the other has committed, whether a bell says so or not: $isDeaf [N9]",
    async options => {
      const { clock, start } = town()
      const writer = await start("writer")
      const reader = await start("reader", bankApp(), options)
      const controller = new AbortController()
      const seen: string[] = []
      const reading = (async () => {
        for await (const page of reader.daybook.follow(0, { signal: controller.signal })) {
          for (const { event } of page) seen.push(event.causedBy.id)
        }
      })()
      await clock.idle()
      for (let n = 1; n <= 3; n++) await settled(clock, writer.daybook.request(deposit(`d${n}`), asker))
      await clock.advance(options.isDeaf ? 2 * beat : 0)
      expect(seen).toEqual(["d1", "d2", "d3"])
      controller.abort()
      await reading
    },
  )

  test("leave nothing behind when they close, or when a start fails", async () => {
    const { clock, memory, start } = town()
    const [first, second] = [await start("first"), await start("second")]
    await clock.advance(3 * beat)
    await Promise.all([first.daybook.close(), second.daybook.close()])
    const broken = { ...bankApp(), projections: [{ kind: "projection", name: "x", version: 0, on: {} } as const] }
    await expect(start("third", broken)).rejects.toThrow("x")
    expect([...memory.leases.values()].every(({ holder }) => holder === null)).toBe(true)
    expect(clock.nextDue()).toBeNull()
  })
})

/** Lets happen what is to happen now, and a little later. */
async function settled<Result>(clock: ReturnType<typeof simulatedClock>, asked: Promise<Result>): Promise<Result> {
  await clock.advance(200)
  return asked
}
