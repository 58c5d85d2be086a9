import pg from "pg"
import { describe, vi } from "vitest"
import { systemIds } from "../../../src/adapters/node/ids.ts"
import { postgresStore } from "../../../src/adapters/postgres/index.ts"
import { storeContract } from "../../../src/testing/store-contract.ts"
import { aServer } from "./place.ts"

const server = await aServer()

// Some cases ask thousands of questions, each of which goes to another process and back.
vi.setConfig({ testTimeout: 60_000 })

describe.skipIf(server === null)("with a PostgreSQL server", () => {
  storeContract("PostgreSQL", async ({ clock }) => {
    const options = { url: server!.url(), schema: "contract", clock, ids: systemIds(), poolMax: 3 }
    await (await postgresStore(options)).close()
    await empty(options.url, options.schema)
    let store = await postgresStore(options)
    return {
      store,
      async reopen() {
        await store.close()
        store = await postgresStore(options)
        return store
      },
      close: async () => store.close(),
    }
  })
})

// Much quicker than to make all tables anew for each case.
async function empty(url: string, schema: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ table: string }>(
    `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS table FROM pg_tables
      WHERE schemaname = $1 AND tablename <> 'daybook'`,
    [schema],
  )
  await client.query(`TRUNCATE ${rows.map(row => row.table).join(", ")} RESTART IDENTITY`)
  await client.end()
}
