import pg from "pg"
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises"
import { describe, expect, test, vi } from "vitest"
import { systemClock } from "../../../src/adapters/node/clock.ts"
import type { PostgresOptions } from "../../../src/adapters/postgres/index.ts"
import type { Clock } from "../../../src/kernel/clock.ts"
import type { Store } from "../../../src/ports/store.ts"
import { writer } from "../../../src/testing/writes.ts"
import { aPlace, aServer, aStore, anIntruder, findings } from "./place.ts"

const server = await aServer()

/** Long enough for a loaded machine to hold it for a while, short enough to wait for. */
const aloneMs = 100
const hour = 3_600_000

/** The clock of this machine, which a test may move forward. */
function movable(): Clock & { jump(ms: number): void } {
  const clock = systemClock()
  let ahead = 0
  return { ...clock, ticks: () => clock.ticks() + ahead, jump: ms => void (ahead += ms) }
}

/** Reads until it is answered in the same turn. */
async function alone(store: Store): Promise<void> {
  for (;;) {
    const t = store.basis()
    if (!(t instanceof Promise)) return
    await t
    await turn()
  }
}

const isAsked = (store: Store): boolean => {
  const t = store.basis()
  if (t instanceof Promise) t.catch(() => undefined)
  return t instanceof Promise
}

/** Asks which process is alone, by its number; 0: nobody. */
async function holders(place: PostgresOptions): Promise<() => Promise<number>> {
  const client = await anIntruder(place)
  return async () => {
    const { rows } = await client.query<{ process: string }>("SELECT last_value & 1048575 AS process FROM alone")
    return Number(rows[0]!.process)
  }
}

/** The statements that were sent meanwhile. */
async function sentBy(work: () => Promise<unknown>): Promise<string[]> {
  const spy = vi.spyOn(pg.Client.prototype, "query")
  try {
    await work()
    return spy.mock.calls.map(([said]) => (typeof said === "string" ? said : (said as { text: string }).text))
  } finally {
    spy.mockRestore()
  }
}

let state = 11
const random = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below

describe.skipIf(server === null)("a process that is alone", { timeout: 60_000 }, () => {
  test("is told the newest t in the same turn, also of what it commits itself", async () => {
    const store = await aStore(aPlace(server!))
    const write = writer()
    await store.commit([write.put("a", {})])
    await alone(store)
    expect(await sentBy(async () => Promise.all([store.basis(), store.basis()]))).toEqual([])
    for (let t = 2; t < 12; t++) {
      await store.commit([write.put("a", { t })])
      expect(await store.basis()).toBe(t)
    }
    await alone(store)
    expect(store.basis()).toBe(11)
  })

  test("asks while a commit of its own is under way: others may see that before it is answered", async () => {
    const store = await aStore(aPlace(server!))
    const write = writer()
    await store.commit([write.put("a", {})])
    await alone(store)
    const committing = store.commit([write.put("a", { x: 1 })])
    expect(isAsked(store)).toBe(true)
    await committing
  })

  test("sends as many statements for a commit as any other", async () => {
    const store = await aStore({ ...aPlace(server!), doorbell: false, aloneMs: 4_000 })
    const write = writer()
    for (let i = 0; i < 3; i++) await store.commit([write.put("a", { i })])
    await alone(store)
    const sent = await sentBy(async () => {
      for (let i = 0; i < 20; i++) await store.commit([write.put("a", { again: i })])
    })
    const own = sent.filter(text => !/pg_notify|be_alone/.test(text))
    expect(own).toHaveLength(20)
    expect(sent.filter(text => text.includes("be_alone")).length).toBeLessThan(3)
  })

  test.each([true, false])(
    "sees what another commits at once, whenever that comes; with a bell: %s [QS7 X14]",
    async doorbell => {
      const place = { ...aPlace(server!), doorbell, aloneMs }
      const clock = movable()
      const [here, there] = [await aStore({ ...place, clock }), await aStore({ ...place, aloneMs: 0 })]
      const write = writer()
      let acknowledged = 0
      const commit = async (store: Store, name: string) => {
        const [outcome] = await store.commit([write.put(name, { n: random(1_000) })])
        expect(outcome!.kind).toBe("done")
        if (outcome!.kind === "done") acknowledged = Math.max(acknowledged, outcome!.t)
      }
      await commit(there, "a")
      let reads = 0
      const over = new AbortController()
      const reading = (async () => {
        for (; !over.signal.aborted; reads++) {
          const least = acknowledged
          expect(await here.basis()).toBeGreaterThanOrEqual(least)
          if (random(4) === 0) await turn()
        }
      })()
      for (let round = 0; round < 12; round++) {
        // What it has seen of others is long ago now.
        clock.jump(2 * hour)
        await alone(here)
        for (let ms = random(aloneMs); ms > 20; ms -= 20) await wait(20)
        await Promise.all([commit(there, "a"), ...(random(2) === 0 ? [commit(here, "b")] : [])])
        expect(await here.basis()).toBe(acknowledged)
        const [key] = await here.facts.keys(["a"])
        const [entity] = await here.facts.entities([key!], acknowledged)
        expect(entity!.document).toEqual((await there.entities.at("a", acknowledged))!.document)
      }
      over.abort()
      await reading
      expect(reads).toBeGreaterThan(12)
      expect(await findings(there)).toEqual([])
    },
  )

  test("is not so for long after others have come: two that are busy wait for each other once", async () => {
    const place = aPlace(server!)
    const [here, there] = [await aStore(place), await aStore(place)]
    const work = async (store: Store, name: string) => {
      const write = writer(name)
      for (let i = 0; i < 15; i++) {
        await store.commit([write.put(`${name}${i}`, {})])
        for (let n = 0; n < 10; n++) await store.basis()
      }
    }
    await alone(here)
    const sent = await sentBy(async () => Promise.all([work(here, "h"), work(there, "t")]))
    expect(await here.basis()).toBe(30)
    expect(await there.basis()).toBe(30)
    expect(sent.filter(text => text.includes("be_alone")).length).toBeLessThan(12)
  })

  test("says so no longer when it is closed, or has nothing to read", async () => {
    const place = { ...aPlace(server!), aloneMs: 1_000 }
    const [first, second] = [await aStore({ ...place, aloneMs: 4_000 }), await aStore(place)]
    const holder = await holders(place)
    await alone(first)
    expect(await holder()).not.toBe(0)
    await first.close()
    expect(await holder()).toBe(0)
    await alone(second)
    expect(await holder()).not.toBe(0)
    while ((await holder()) !== 0) await wait(20)
    expect(isAsked(second)).toBe(true)
  })

  test("doubts it when a connection breaks", async () => {
    const place = { ...aPlace(server!), aloneMs: 4_000, doorbell: false }
    const store = await aStore(place)
    await alone(store)
    const from = performance.now()
    const client = await anIntruder(place)
    await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    while (!isAsked(store)) await turn()
    expect(performance.now() - from).toBeLessThan(2_000)
    expect(await store.basis()).toBe(0)
  })

  test("does not rely on it where one of its clocks says that the time is over", async () => {
    for (const which of ["ticks", "now"] as const) {
      const clock = systemClock()
      let ahead = 0
      const moved = { ...clock, [which]: () => clock[which]() + ahead }
      const store = await aStore({ ...aPlace(server!), aloneMs: 4_000, clock: moved })
      await alone(store)
      ahead = 3_700
      expect(isAsked(store)).toBe(true)
    }
  })

  test.each([1, 2])("is waited for in the place of a program of before, by its function %i", async number => {
    const ms = 700
    const place = { ...aPlace(server!), aloneMs: ms, doorbell: false }
    const [here, older] = [await aStore(place), await aStore({ ...place, aloneMs: 0 })]
    await older.commit([writer("first").put("a", {})])
    const query = Reflect.get(pg.Client.prototype, "query") as () => unknown
    await alone(here)
    const said = vi.spyOn(pg.Client.prototype, "query").mockImplementation(function (
      this: pg.Client,
      ...args: unknown[]
    ) {
      return Reflect.apply(query, this, [asBefore(args[0], number), ...args.slice(1)]) as never
    })
    const from = performance.now()
    const over = new AbortController()
    const committing = (async () => {
      const outcomes = await older.commit([writer("older").put("b", {})])
      over.abort()
      return outcomes
    })()
    while (!over.signal.aborted) {
      await here.basis()
      await turn()
    }
    said.mockRestore()
    expect(await committing).toMatchObject([{ kind: "done", t: 2 }])
    expect(await here.basis()).toBe(2)
    expect(performance.now() - from).toBeGreaterThan(ms)
  })

  test("never is where that is switched off, and takes no times that cannot be kept", async () => {
    const place = { ...aPlace(server!), aloneMs: 0 }
    const store = await aStore(place)
    for (let i = 0; i < 50; i++) {
      expect(isAsked(store)).toBe(true)
      await store.basis()
    }
    expect(await (await holders(place))()).toBe(0)
    await expect(aStore({ ...place, aloneMs: 60_000 })).rejects.toThrow("aloneMs is 60000: it takes whole milliseconds")
  })
})

/** A statement that writes a batch as an older program sends it. */
function asBefore(config: unknown, number: number): unknown {
  const { text = "", values = [] } = config as { text?: string; values?: unknown[] }
  if (!/write_log_\d+/.test(text)) return config
  const own = values.filter((_, i) => i < 5 || i > 9)
  const places = own.map((_, i) => `$${i + 1}`).join(", ")
  const call = text.replace(/write_log_\d+\([^)]*\)/, `write_log_${number}(${places})`)
  const answered = call.replace(/, (l\.)?alone, (l\.)?newest_at, (l\.)?newest_hash/, ", NULL::text, 0, ''")
  return { ...(config as object), name: undefined, text: answered, values: own }
}
