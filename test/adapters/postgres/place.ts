import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import pg from "pg"
import { systemClock } from "../../../src/adapters/node/clock.ts"
import { systemIds } from "../../../src/adapters/node/ids.ts"
import { postgresStore, type PostgresOptions } from "../../../src/adapters/postgres/index.ts"
import type { Finding } from "../../../src/ports/maintenance.ts"
import type { Store } from "../../../src/ports/store.ts"
import { whenFileEnds, whenTestEnds } from "../../ending.ts"
import { startPostgres, type PostgresServer, type ServerOptions } from "../../../src/testing/postgres-server.ts"

/** A server for the tests of a file, or the reason why there is none. */
export async function aServer(options: ServerOptions = {}): Promise<PostgresServer | null> {
  const server = await startPostgres(options)
  if ("skipped" in server) {
    console.warn(`Skipped: ${server.skipped}`)
    return null
  }
  whenFileEnds(() => server.remove())
  return server
}

let places = 0

/** The options of a store in a schema that is not there yet. */
export function aPlace(server: PostgresServer, said: Partial<PostgresOptions> = {}): PostgresOptions {
  return { url: server.url(), schema: `place_${++places}`, clock: systemClock(), ids: systemIds(), poolMax: 4, ...said }
}

/** A store that is closed when the test ends. */
export async function aStore(options: PostgresOptions): Promise<Store> {
  const store = await postgresStore(options)
  whenTestEnds(async () => store.close())
  return store
}

/** A connection to do what nobody should. Its schema is the store's. */
export async function anIntruder({ url, schema = "public" }: PostgresOptions): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  // The server may be stopped while it is open.
  client.on("error", () => {})
  await client.connect()
  await client.query(`SET search_path TO ${schema}`)
  whenTestEnds(async () => client.end().catch(() => {}))
  return client
}

/** Everything that is wrong with a store. */
export async function findings(store: Store): Promise<Finding[]> {
  const found: Finding[] = []
  for await (const finding of store.maintenance.verify()) found.push(finding)
  return found
}

/** Whether pg_dump is here, and knows the server: it reads its own version and older ones. */
export function canDump(server: PostgresServer | null): boolean {
  if (server === null) return false
  try {
    const major = Number(/(\d+)/.exec(execFileSync("pg_dump", ["--version"], { stdio: "pipe" }).toString())?.[1])
    return major >= Number(readFileSync(join(server.folder, "data", "PG_VERSION"), "utf8"))
  } catch {
    return false
  }
}
