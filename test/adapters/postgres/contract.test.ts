import { execFileSync } from "node:child_process"
import pg from "pg"
import { describe, test } from "vitest"
import { systemClock } from "../../../src/adapters/node/clock.ts"
import { systemIds } from "../../../src/adapters/node/ids.ts"
import { postgresStore } from "../../../src/adapters/postgres/index.ts"
import type { OpenStore } from "../../../src/testing/store-case.ts"
import { storeCases } from "../../../src/testing/store-contract.ts"
import { aServer, canDump } from "./place.ts"

const server = await aServer()

const open: OpenStore = async ({ clock }) => {
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
    openBackup: async path =>
      postgresStore({ ...options, url: await restored(path), clock: systemClock(), readonly: true }),
  }
}

describe.skipIf(server === null)("PostgreSQL keeps the promises of a store:", () => {
  for (const { name, run } of storeCases) {
    // A case brings its sentence, and throws by itself when it is not so.
    // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title
    test.skipIf(name.startsWith("a backup") && !canDump(server))(name, async () => run(open))
  }
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

/** A database of its own with what a backup holds. */
async function restored(path: string): Promise<string> {
  const client = new pg.Client({ connectionString: server!.url() })
  await client.connect()
  await client.query("DROP DATABASE IF EXISTS restored WITH (FORCE)")
  await client.query("CREATE DATABASE restored")
  await client.end()
  execFileSync("pg_restore", ["--exit-on-error", `--dbname=${server!.url("restored")}`, path], { stdio: "pipe" })
  return server!.url("restored")
}
