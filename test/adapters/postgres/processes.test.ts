import { describe, expect, test } from "vitest"
import { systemClock } from "../../../src/adapters/node/clock.ts"
import { postgresStore, type PostgresOptions } from "../../../src/adapters/postgres/index.ts"
import { openDaybook } from "../../../src/app/open.ts"
import type { Daybook } from "../../../src/daybook.ts"
import type { App } from "../../../src/kernel/app.ts"
import { limits } from "../../../src/kernel/limits.ts"
import type { Command, RecordedEvent } from "../../../src/kernel/message.ts"
import type { Processor } from "../../../src/kernel/processor.ts"
import type { Store } from "../../../src/ports/store.ts"
import { simulatedClock, type SimulatedClock } from "../../../src/testing/clock.ts"
import { beginLife } from "../../../src/testing/life.ts"
import { Nap, sleepy, slow } from "../../app/processes.ts"
import { acc, bankApp, payTo } from "../../commands/bank.ts"
import { gate } from "../../commands/world.ts"
import { whenTestEnds } from "../../ending.ts"
import { aPlace, aServer, aStore, anIntruder, findings } from "./place.ts"

const server = await aServer()
const beat = limits.leaseBeatMs
const asker = { actor: "ann" }
const pay = (id: string) => ({ id: `pay-${id}`, type: "Pay", target: payTo(id), data: { to: "x", amount: 1 } })
const deposit = (id: string, to = "a") => ({ id, type: "Deposit", target: acc(to), data: { amount: 1 } })

type Process = { readonly daybook: Daybook; readonly nap: Nap; kill(): void }

/** A schema on which several processes work under one simulated time, and a bank that answers when it is open. */
async function town(app: (who: string) => App = () => bankApp()) {
  const clock = simulatedClock()
  const place = { ...aPlace(server!), doorbell: false }
  const looker = await aStore(place)
  const opened = gate()
  const paid: string[] = []

  async function start(name: string): Promise<Process> {
    const store = await postgresStore({ ...place, clock: systemClock(), now: () => clock.now() })
    whenTestEnds(() => store.close())
    const bank = {
      async pay(_to: string, _amount: number, key: string) {
        paid.push(`${name} ${key}`)
        await opened.promise
        return `receipt by ${name}`
      },
    }
    const nap = new Nap()
    const life = beginLife(sleepy(clock, nap), slow(held(store, clock), clock, nap), { bank })
    const daybook = await openDaybook(app(name), { ...life.parts, ids: place.ids })
    return { daybook, nap, kill: () => life.end() }
  }

  const states = async (id: string) => (await looker.commands.find([id]))[0]!.history.map(passage => passage.state)
  return { clock, place, looker, paid, open: () => opened.resolve(), start, states }
}

/** The same store, for which time stands still while it is being asked. */
function held<Part extends object>(part: Part, clock: SimulatedClock): Part {
  return new Proxy(part, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key)
      if (typeof member === "object" && member !== null) return held(member, clock)
      if (typeof member !== "function") return member
      return (...args: unknown[]) => {
        const answer: unknown = Reflect.apply(member, target, args)
        return answer instanceof Promise ? clock.hold(answer) : answer
      }
    },
  })
}

/** Lets the time of all leases be over that are held now: they are the database's time, which no test can move. */
async function ageLeases(place: PostgresOptions): Promise<void> {
  await (
    await anIntruder(place)
  ).query("UPDATE leases SET until = now() - interval '1 second' WHERE holder IS NOT NULL")
}

/** Which leases somebody holds, by holder. */
async function holders({ leases }: Store): Promise<Map<string, string[]>> {
  const all = await leases.held()
  return new Map([...Map.groupBy(all, lease => lease.holder)].map(([holder, own]) => [holder, own.map(l => l.name)]))
}

describe.skipIf(server === null)("of two daybooks on one PostgreSQL", { timeout: 60_000 }, () => {
  test("one takes up the commands of the other that has died, once, and not before it is taken to be dead [W54 L13 L22 X13]", async () => {
    const { clock, place, looker, paid, open, start, states } = await town()
    const first = await start("first")
    const ids = ["p", "q", "r"]
    for (const id of ids) first.daybook.request(pay(id), asker).catch(() => {})
    await clock.idle()
    const second = await start("second")
    await clock.advance(4 * beat)
    expect(paid).toEqual(ids.map(id => `first pay-${id}`))
    first.kill()
    await clock.advance(4 * beat)
    expect(paid).toHaveLength(3)
    await ageLeases(place)
    open()
    await clock.advance(4 * beat)
    expect(paid.slice(3).toSorted()).toEqual(ids.map(id => `second pay-${id}`))
    for (const id of ids) {
      expect(await states(`pay-${id}`)).toEqual(["running", "running", "succeeded"])
      expect(await told(clock, second, pay(id))).toMatchObject({ result: { receipt: "receipt by second" } })
    }
    expect(await findings(looker)).toEqual([])
  })

  test("one that was only asleep writes nothing more of what the other has taken up [X13]", async () => {
    const { clock, place, looker, paid, open, start, states } = await town()
    const sleeper = await start("sleeper")
    const outcome = sleeper.daybook.request(pay("p"), asker)
    await clock.idle()
    const other = await start("other")
    await clock.advance(2 * beat)
    sleeper.nap.begin()
    await ageLeases(place)
    open()
    await clock.advance(4 * beat)
    expect(paid).toEqual(["sleeper pay-p", "other pay-p"])
    expect(await states("pay-p")).toEqual(["running", "running", "succeeded"])
    const basis = await looker.basis()
    sleeper.nap.end()
    await clock.advance(limits.leaseMs)
    expect(await outcome).toMatchObject({ state: "succeeded", result: { receipt: "receipt by other" } })
    expect(await looker.basis()).toBe(basis)
    for (const process of [sleeper, other]) {
      const id = process === sleeper ? "q" : "r"
      expect(await told(clock, process, pay(id))).toMatchObject({ state: "succeeded" })
    }
    expect((await looker.log.stream("p", 1, 10)).events).toHaveLength(1)
    expect(await findings(looker)).toEqual([])
  })

  test("each runs its share of the processors, and all of them when the other has died: every event comes to its command once [L22 L82 W54]", async () => {
    const called: string[] = []
    const { clock, place, looker, start } = await town(who => copying(who, called))
    const [first, second] = [await start("first"), await start("second")]
    await clock.advance(4 * beat)
    const shares = [...(await holders(looker)).values()].map(names => names.filter(name => name.includes("copy")))
    expect(shares.map(names => names.length)).toEqual([1, 1])
    for (let i = 0; i < 5; i++) await told(clock, i % 2 === 0 ? first : second, deposit(`d${i}`))
    await clock.advance(beat)
    expect(new Set(called.map(line => line.split(" ")[0]))).toEqual(new Set(["first", "second"]))
    expect(await copies(looker)).toEqual([5, 5])

    first.kill()
    for (let i = 5; i < 10; i++) await told(clock, second, deposit(`d${i}`))
    await clock.advance(4 * beat)
    expect((await copies(looker)).toSorted((a, b) => a - b)).toEqual([5, 10])
    await ageLeases(place)
    await clock.advance(6 * beat)
    expect(await copies(looker)).toEqual([10, 10])
    expect(called.slice(-5).every(line => line.startsWith("second"))).toBe(true)
    expect(await findings(looker)).toEqual([])
  })
})

/** A bank with two processors, each of which copies every deposit of one account to another. */
function copying(who: string, called: string[]): App {
  const copy = (n: number): Processor => ({
    kind: "processor",
    name: `copy-${n}`,
    on: ["Deposited"],
    mode: "pure",
    from: "beginning",
    run: ({ event }: { event: RecordedEvent }) => {
      if (event.stream.id !== "a") return []
      called.push(`${who} copy-${n} ${event.t}`)
      return { type: "Deposit", target: acc(`copy-${n}`), data: { amount: 1 } }
    },
  })
  return { ...bankApp(), processors: [copy(1), copy(2)] }
}

/** How often each processor's copy was made. */
async function copies({ log }: Store): Promise<number[]> {
  return Promise.all([1, 2].map(async n => (await log.stream(`copy-${n}`, 1, 100)).version))
}

async function told(clock: SimulatedClock, { daybook }: Process, command: Command): Promise<unknown> {
  const asked = daybook.request(command, asker)
  await clock.advance(200)
  return asked
}
