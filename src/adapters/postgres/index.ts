import type { Clock } from "../../kernel/clock.ts"
import type { Ids } from "../../kernel/ids.ts"
import { Refusal } from "../../kernel/refusal.ts"
import { silent, type Journal } from "../../ports/journal.ts"
import type { MovableStore } from "../../ports/transfer.ts"
import { attemptsMax, connectionsTo } from "./connections.ts"
import { quoted } from "./driver.ts"
import { faultOf, refusalOf } from "./errors.ts"
import { locksOf } from "./locks.ts"
import { checkTables, migrate } from "./migrate.ts"
import { memoryOf } from "./memory.ts"
import { namesOf } from "./names.ts"
import { partitionsOf } from "./partitions.ts"
import { storeOn } from "./store.ts"

/** Where a daybook is kept in PostgreSQL, and how it is reached. */
export type PostgresOptions = {
  /** postgres://user:password@host:5432/database, with `?sslmode=` as PostgreSQL knows it. */
  readonly url: string
  /** The schema that holds its tables. It is made where there is none. */
  readonly schema?: string
  /** How many connections this process may have, besides one that listens. */
  readonly poolMax?: number
  /** How long one statement may take. */
  readonly statementTimeoutMs?: number
  /** What time it is, in milliseconds since 1970. The clock's, unless a test says otherwise. */
  readonly now?: () => number
  /** Whether it listens for what others commit, on a connection of its own. Else it looks every second. */
  readonly doorbell?: boolean
  /**
   * For how long at a time this process may be alone: then it need not ask what is newest, and another that commits after a
   * rest waits for so long at the most. With 0 it always asks.
   */
  readonly aloneMs?: number
  /** Only to read, beside the processes that write. Where there is no daybook, none is made. */
  readonly readonly?: boolean
  /** A real one: it measures what the database and other processes measure as well. */
  readonly clock: Clock
  readonly ids: Ids
  readonly journal?: Journal
  /** How many transactions one partition of the log holds. Only a schema that is made now heeds it. */
  readonly partitionSize?: number
}

// Long beside what it costs to prolong it, short for whoever waits for its end.
const aloneMsUsual = 500
const aloneMsMax = 4_000

/** Keeps a daybook in a schema of a PostgreSQL database, which any number of processes may share. */
export async function postgresStore(options: PostgresOptions): Promise<MovableStore> {
  const { url, schema = "public", poolMax = 10, statementTimeoutMs = 30_000, clock, ids, journal = silent } = options
  const { readonly = false, doorbell = true, aloneMs = aloneMsUsual } = options
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,47}$/.test(schema)) {
    throw new Refusal("unavailable", `${schema} cannot name a schema: use up to 48 letters, digits and underscores`)
  }
  if (!Number.isInteger(aloneMs) || aloneMs < 0 || aloneMs > aloneMsMax) {
    throw new Refusal("unavailable", `aloneMs is ${aloneMs}: it takes whole milliseconds, up to ${aloneMsMax}, or 0`)
  }
  const address = { url, schema: quoted(schema), poolMax, statementTimeoutMs }
  const connections = connectionsTo(address, { clock, ids, journal })
  const locks = locksOf(schema)
  const { place } = connections
  const size = options.partitionSize
  const plot = { schema, place, locks, ...(size === undefined ? {} : { partitionSize: size }) }
  const parts = {
    connections,
    names: namesOf(),
    memory: memoryOf(),
    partitions: partitionsOf(locks),
    locks,
    now: options.now ?? (() => clock.now()),
    ids,
    journal,
  }
  try {
    await atOnce(async () =>
      connections.writing(async session => (readonly ? checkTables(session, plot) : migrate(session, plot))),
    )
    return await storeOn(parts, clock, { url, schema, readonly, doorbell, aloneMs })
  } catch (error) {
    await connections.close()
    throw refusalOf(error, place)
  }
}

// Whoever opens a store wants to hear at once that it cannot be reached. But a pooler is only found out by trying, and
// others who open it too may be in the way.
async function atOnce(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === attemptsMax || !["unnamed", "again"].includes(faultOf(error))) throw error
    }
  }
}
