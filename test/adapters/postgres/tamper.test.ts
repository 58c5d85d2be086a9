import { describe, expect, test } from "vitest"
import { archiveTables, tables } from "../../../src/adapters/postgres/tables.ts"
import { fill, tampering } from "../tampering.ts"
import { aPlace, aServer, aStore, anIntruder, findings } from "./place.ts"

const server = await aServer()

describe.skipIf(server === null)("whoever changes a row of PostgreSQL by hand", { timeout: 60_000 }, () => {
  test("is found, whichever column it is, and not before [X1]", async () => {
    const place = aPlace(server!)
    const store = await aStore(place)
    await fill(store)
    expect(await findings(store)).toEqual([])
    const client = await anIntruder(place)
    const { rows } = await client.query<{ name: string }>(
      `SELECT table_name || '.' || column_name AS name FROM information_schema.columns
        WHERE table_schema = $1 AND table_name = ANY($2) ORDER BY 1`,
      [place.schema, [...(tables + archiveTables).matchAll(/^CREATE TABLE (\w+)/gm)].map(([, name]) => name)],
    )
    const unseen: string[] = []
    for (const { name } of rows) {
      const statement = tampering(name)
      if (statement === null) continue
      const copies = await copied(client, name.split(".")[0]!)
      await client.query("ALTER TABLE schemas ALTER n DROP IDENTITY IF EXISTS")
      await client.query("ALTER TABLE names ALTER key DROP IDENTITY IF EXISTS")
      expect((await client.query(statement)).rowCount).toBeGreaterThan(0)
      // Names that a process has once read it knows.
      const looking = name.startsWith("names.") ? await aStore(place) : store
      if ((await findings(looking)).length === 0) unseen.push(name)
      await copies.putBack()
    }
    expect(unseen).toEqual([])
    expect(await findings(store)).toEqual([])
  })
})

/** Keeps a table's rows to put them back. */
async function copied(client: { query(text: string): Promise<unknown> }, table: string) {
  await client.query(`CREATE TEMP TABLE kept AS SELECT * FROM ${table}`)
  return {
    async putBack() {
      await client.query(`DELETE FROM ${table}`)
      await client.query(`INSERT INTO ${table} SELECT * FROM kept`)
      await client.query("DROP TABLE kept")
    },
  }
}
