import pg from "pg"
import { setTimeout as wait } from "node:timers/promises"
import { describe, expect, test } from "vitest"
import { systemClock } from "../../../src/adapters/node/clock.ts"
import { systemIds } from "../../../src/adapters/node/ids.ts"
import type { Connections } from "../../../src/adapters/postgres/connections.ts"
import { listenFor } from "../../../src/adapters/postgres/listen.ts"
import { silent } from "../../../src/ports/journal.ts"
import { simulatedClock } from "../../../src/testing/clock.ts"
import { writer } from "../../../src/testing/writes.ts"
import { aPlace, aServer, aStore, anIntruder } from "./place.ts"

const server = await aServer()

/** Asks again until it is so: what happens in another process takes a moment. */
async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await wait(5)
}

async function listeners(client: pg.Client): Promise<number> {
  const { rows } = await client.query("SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
  return rows.length
}

describe.skipIf(server === null)("the bell", () => {
  test("rings for what another process has committed, once for many, and not for one's own", async () => {
    const place = aPlace(server!)
    const [one, other] = [await aStore(place), await aStore(place)]
    const rings = { one: 0, other: 0 }
    one.onBell(() => (rings.one += 1))
    const stop = other.onBell(() => (rings.other += 1))
    const client = await anIntruder(place)
    await until(async () => (await listeners(client)) === 2)
    const write = writer()
    for (let i = 0; i < 30; i++) await one.commit([write.put("a", { i })])
    const t = await one.basis()
    await until(() => rings.other > 0)
    expect(t).toBe(30)
    expect(rings.other).toBeLessThanOrEqual(30)
    expect(rings.one).toBe(0)
    await other.commit([write.put("a", { last: true })])
    await until(() => rings.one > 0)
    stop()
    stop()
  })

  test("is found after a second where it was lost", async () => {
    const place = aPlace(server!)
    const clock = simulatedClock()
    const [one, other] = [await aStore(place), await aStore({ ...place, clock })]
    let rings = 0
    other.onBell(() => (rings += 1))
    const client = await anIntruder(place)
    await until(async () => (await listeners(client)) === 1)
    await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
    await until(async () => (await listeners(client)) === 0)
    await one.commit([writer().put("a", {})])
    expect(rings).toBe(0)
    await clock.advance(1_000)
    await until(() => rings === 1)
    await clock.advance(5_000)
    expect(rings).toBe(1)
  })

  test("is listened for again after the connection broke", async () => {
    const place = aPlace(server!)
    const [one, other] = [await aStore(place), await aStore({ ...place, ids: { ...systemIds(), random: () => 0 } })]
    let rings = 0
    other.onBell(() => (rings += 1))
    const client = await anIntruder(place)
    await until(async () => (await listeners(client)) === 1)
    const before = await client.query<{ pid: number }>("SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
    await client.query("SELECT pg_terminate_backend($1)", [before.rows[0]!.pid])
    await until(async () => {
      const { rows } = await client.query<{ pid: number }>(
        "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%'",
      )
      return rows.length === 1 && rows[0]!.pid !== before.rows[0]!.pid
    })
    await one.commit([writer().put("a", {})])
    await until(() => rings > 0)
    expect(rings).toBeGreaterThan(0)
  })

  test("is given up with one line where notifications do not come through", async () => {
    const clock = simulatedClock()
    const lines: string[] = []
    const journal = { ...silent, info: (sentence: string) => void lines.push(sentence) }
    // A pooler may say yes to LISTEN, and then hand what comes to nobody.
    const connections = {
      place: "here",
      single: () => new pg.Client({ connectionString: server!.url() }),
      lend: async () => [],
    } as unknown as Connections
    const listening = listenFor({ connections, clock, ids: systemIds(), journal }, "daybook nobody", () => {})
    await until(() => clock.nextDue() !== null)
    await clock.advance(10_000)
    expect(lines).toEqual([expect.stringMatching(/it asks the database every second instead/) as string])
    await listening.close()
    expect(systemClock().now()).toBeGreaterThan(0)
  })
})
