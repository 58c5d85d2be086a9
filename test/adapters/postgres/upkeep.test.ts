import { describe, expect, test } from "vitest"
import { aPlace, aServer, aStore, anIntruder } from "./place.ts"

const server = await aServer()
const longMs = 3_600_000

describe.skipIf(server === null)("what ended long ago", () => {
  test("of leases that are named once nothing stays; of others, that their epochs go on [HA7]", async () => {
    const place = aPlace(server!)
    const store = await aStore(place)
    for (const name of ["process:a", "process:b", "ask:redrive:processor:p:1:0:x", "processor:p"]) {
      await store.leases.take(name, "ann", longMs)
    }
    const intruder = await anIntruder(place)
    await intruder.query("UPDATE leases SET until = now() - interval '2 days' WHERE name <> 'process:b'")
    // Rows that are of no more use are what it is called for.
    await store.projections.drop("nothing")
    const names = async () => {
      const { rows } = await intruder.query<{ name: string }>("SELECT name FROM leases ORDER BY name")
      return rows.map(({ name }) => name)
    }
    await expect.poll(names).toEqual(["process:b", "processor:p"])
    expect(await store.leases.take("processor:p", "bob", longMs)).toEqual({ epoch: 2 })
    expect(await store.leases.renew("process:a", "ann", 1, longMs)).toBe(false)
  })
})
