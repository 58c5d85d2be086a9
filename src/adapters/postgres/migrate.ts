import { Refusal } from "../../kernel/refusal.ts"
import type { Session } from "./driver.ts"
import { stateOf } from "./errors.ts"
import { aloneFunctions, archiveFunctions, functions, knownEndFunctions } from "./functions.ts"
import type { Locks } from "./locks.ts"
import { addPartition } from "./partitions.ts"
import { aloneTables, archiveTables, roomTables, tables } from "./tables.ts"

// Each step leads from one version of the tables to the next. A step that was released is never changed, and a later
// one only adds: a program that knows the version before it goes on working beside the newer one. Null: what was written
// before the first release is not read, because its hashes cover less.
const steps: readonly (string | null)[] = [
  null,
  tables + functions,
  archiveTables + archiveFunctions,
  aloneTables + aloneFunctions + roomTables,
  knownEndFunctions,
]

/** The version of the tables that this program writes. */
export const tablesVersion = steps.length

// Below it, what is used here is not there yet.
const serverVersionMin = 150_000

/** How many transactions one partition of the log holds: some gigabytes, to be dropped or archived as a whole. */
export const partitionSize = 5_000_000

/** Where the tables are, and how they are made. */
export type Plot = {
  readonly schema: string
  readonly place: string
  readonly locks: Locks
  readonly partitionSize?: number
  readonly steps?: readonly (string | null)[]
}

/** Brings a schema to the tables of this program: a new one, an old one, or one that has them. Refuses all others. */
export async function migrate(session: Session, plot: Plot): Promise<void> {
  const way = plot.steps ?? steps
  await checkServer(session, plot.place)
  if ((await versionOf(session, plot, way)) === way.length) return
  await session.run("BEGIN; SET LOCAL statement_timeout = 0")
  try {
    await session.ask("SELECT pg_advisory_xact_lock($1)", [plot.locks.tables])
    const version = await versionOf(session, plot, way)
    checkRelease(version, plot, way)
    if (version < way.length) await walk(session, plot, way, version)
    await session.run("COMMIT")
  } catch (error) {
    await session.run("ROLLBACK")
    throw explained(error, plot)
  }
}

/** Refuses a schema that has no tables, or not yet those of this program. */
export async function checkTables(session: Session, plot: Plot): Promise<void> {
  const way = plot.steps ?? steps
  const { schema, place } = plot
  await checkServer(session, place)
  const version = await versionOf(session, plot, way)
  if (version === way.length) return
  checkRelease(version, plot, way)
  const sentence =
    version === 0
      ? `There is no daybook in the schema ${schema} of the database ${place}`
      : `The schema ${schema} of the database ${place} must be opened once for writing before it can be read`
  throw new Refusal("unavailable", sentence, { place, schema })
}

function checkRelease(version: number, { schema, place }: Plot, way: readonly (string | null)[]): void {
  if (version === 0 || !way.slice(version - 1).includes(null)) return
  const sentence = `The schema ${schema} of the database ${place} was written by a Daybook from before its release`
  const facts = { place, schema, version, tablesVersion: way.length }
  const what = `(tables ${version}, here ${way.length}): export it with that one, and import it here`
  throw new Refusal("unavailable", `${sentence} ${what}`, facts)
}

async function walk(session: Session, plot: Plot, way: readonly (string | null)[], version: number): Promise<void> {
  const { schema, locks } = plot
  const [there] = await session.ask("SELECT 1 FROM pg_namespace WHERE nspname = $1", [schema])
  if (there === undefined) await session.run(`CREATE SCHEMA "${schema}"`)
  for (const sql of way.slice(version)) {
    if (sql !== null) await session.run(`SET LOCAL search_path TO "${schema}"; ${sql}`)
  }
  if (version > 0) await session.ask("UPDATE @.daybook SET version = $1", [way.length])
  else {
    const size = plot.partitionSize ?? partitionSize
    const first = "INSERT INTO @.daybook(one, version, partition_size, partitioned_to) VALUES(1, $1, $2, 0)"
    await session.ask(first, [way.length, size])
    await addPartition(session, locks)
    await addPartition(session, locks)
  }
}

/** The version of the tables that are there; 0: none. Refuses a newer one. */
async function versionOf({ ask }: Session, { schema, place }: Plot, way: readonly (string | null)[]): Promise<number> {
  // Asked of the catalog itself: what a name stood for is remembered by the server, and another may just have made it.
  const there = `SELECT 1 FROM pg_class AS c JOIN pg_namespace AS s ON s.oid = c.relnamespace
    WHERE s.nspname = $1 AND c.relname = 'daybook'`
  if ((await ask(there, [schema])).length === 0) return 0
  const [row] = await ask<[number]>("SELECT version FROM @.daybook")
  const version = row?.[0] ?? 0
  if (version <= way.length) return version
  const sentence = `The schema ${schema} of the database ${place} was written by a newer Daybook`
  const facts = { place, schema, version, tablesVersion: way.length }
  throw new Refusal(
    "unavailable",
    `${sentence} (tables ${version}, here ${way.length}): use that one, or a newer one`,
    facts,
  )
}

async function checkServer({ ask }: Session, place: string): Promise<void> {
  const [row] = await ask<[number, string, string]>(
    "SELECT current_setting('server_version_num')::bigint, current_setting('server_version'), current_setting('server_encoding')",
  )
  const [number, version, encoding] = row!
  if (number < serverVersionMin) {
    const sentence = `The database ${place} is PostgreSQL ${version}, and 15 or later is needed: use a newer server`
    throw new Refusal("unavailable", sentence, { place, version })
  }
  if (encoding === "UTF8") return
  const sentence = `The database ${place} keeps text as ${encoding}, and UTF8 is needed: make one with createdb -E UTF8 -T template0`
  throw new Refusal("unavailable", sentence, { place, encoding })
}

// What the states of errors say that may come up while tables are made.
const sentences: Readonly<Record<string, (message: string) => string>> = {
  "42P07": isTaken,
  "42710": isTaken,
  "42723": isTaken,
  "42501": message =>
    `cannot be given its tables (${message}): GRANT CREATE on the schema, or on the database, to this user`,
  "42704": message =>
    `cannot be given its functions (${message}): let the owner of the database run CREATE EXTENSION plpgsql`,
}

function isTaken(message: string): string {
  return `has tables of another program (${message}): name another schema`
}

function explained(error: unknown, { schema, place }: Plot): unknown {
  const state = stateOf(error)
  if (state === null || !(error instanceof Error)) return error
  const sentence = sentences[state]?.(error.message)
  if (sentence === undefined) return error
  const refusal = new Refusal("unavailable", `The schema ${schema} of the database ${place} ${sentence}`, {
    place,
    schema,
  })
  refusal.cause = error
  return refusal
}
