import pg from "pg"
import { waitMs } from "../../kernel/backoff.ts"
import type { Clock } from "../../kernel/clock.ts"
import type { Ids } from "../../kernel/ids.ts"
import { Refusal } from "../../kernel/refusal.ts"
import type { Journal } from "../../ports/journal.ts"
import { sessionOn, told, type Ask, type Dialect, type Session } from "./driver.ts"
import { faultOf, refusalOf, stateOf } from "./errors.ts"
import { waits } from "./waits.ts"

/** How to reach a database. */
export type Address = {
  readonly url: string
  /** The quoted schema. */
  readonly schema: string
  readonly poolMax: number
  readonly statementTimeoutMs: number
}

/** The connections of a store. */
export type Connections = {
  /** The address without its password, for people. */
  readonly place: string
  /** Reads by one statement. Tries again, a few times, when the connection breaks. */
  readonly read: Ask
  /**
   * Hands out a connection of those that read to work that says all it has to say in the turn in which it gets it. What was
   * read in the same turn may go before it, all at once: to send something costs more than to be behind another.
   */
  readonly join: <Result>(work: (session: Session) => Promise<Result>) => Promise<Result>
  /** Hands out one connection of those that read, for as long as the work takes. */
  readonly lend: <Result>(work: (session: Session) => Promise<Result>) => Promise<Result>
  /** The same with the one that writes. */
  readonly writing: <Result>(work: (session: Session) => Promise<Result>) => Promise<Result>
  /** Waits after a failed attempt, longer each time; not at all once the store is being closed. */
  readonly pause: (attempt: number, error: unknown) => Promise<void>
  readonly closing: boolean
  /** Calls the listener whenever a connection breaks. */
  readonly onLost: (listener: () => void) => void
  /** A connection of one's own, outside of the pools. */
  readonly single: () => pg.Client
  close(): Promise<void>
}

type Parts = { readonly clock: Clock; readonly ids: Ids; readonly journal: Journal }

type PoolParts = Parts & { readonly lost: () => void }

/** How often something is tried: about three seconds with the usual backoff. A server that is started anew is back by then. */
export const attemptsMax = 6

/** What is waited for at most between two attempts. */
const waitMsMax = 5_000

/** Opens nothing yet: connections are made when they are needed. */
export function connectionsTo(address: Address, parts: Parts): Connections {
  const place = placeOf(address.url)
  const dialect: Dialect = { schema: address.schema, named: true }
  const settings = { useOptions: true }
  const losses = new Set<() => void>()
  const poolParts = { ...parts, lost: () => losses.forEach(listener => listener()) }
  const pools: Pools = {
    readers: poolOf(address, settings, address.poolMax - 1, poolParts, true),
    writer: poolOf(address, settings, 1, poolParts),
  }
  const waiting = waits(parts)

  const connect = connecting(address, place, settings, pools, poolParts)

  async function use<Result>(which: keyof Pools, work: (session: Session) => Promise<Result>): Promise<Result> {
    return share({ client: connect(which), users: 1, isBroken: false }, work, dialect)
  }

  const { joined, joinedLast } = joining(async () => connect("readers"))

  async function pause(attempt: number, error: unknown): Promise<void> {
    const fault = faultOf(error)
    if (fault === "unnamed") return
    if (fault !== "again") {
      const why = error instanceof Error ? error.message : String(error)
      parts.journal.warn("The database did not answer as it should, and is asked again", { place, attempt, why })
    }
    await waiting.wait(Math.min(waitMs(attempt, parts.ids.random()), waitMsMax))
  }

  async function guarded<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      throw refusalOf(error, place)
    }
  }

  return {
    place,
    read: async (text, values) =>
      guarded(async () => insist(async () => share(joined(), ({ ask }) => ask(text, values), dialect), waiting, pause)),
    join: async work => guarded(async () => insist(async () => share(joinedLast(), work, dialect), waiting, pause)),
    lend: async work => guarded(async () => insist(async () => use("readers", work), waiting, pause)),
    writing: async work => use("writer", work),
    pause,
    onLost: listener => void losses.add(listener),
    get closing() {
      return waiting.closed
    },
    single: () => new pg.Client(configOf(address, settings)),
    async close() {
      waiting.close()
      await Promise.all([pools.readers.end(), pools.writer.end()])
    },
  }
}

// So many go the same way: more would wait for each other.
const jointMax = 3

/** A connection, and how many use it still. */
type Shared = { readonly client: Promise<pg.PoolClient>; users: number; isBroken: boolean }

/** Hands out one connection to those who want one in the same turn. */
function joining(connect: () => Promise<pg.PoolClient>) {
  let joint: Shared | null = null

  function joined(): Shared {
    if (joint !== null && joint.users < jointMax) {
      joint.users++
      return joint
    }
    const made: Shared = { client: connect(), users: 1, isBroken: false }
    joint = made
    process.nextTick(() => {
      if (joint === made) joint = null
    })
    return made
  }

  // What may take long has nobody behind it.
  function joinedLast(): Shared {
    const shared = joined()
    joint = null
    return shared
  }

  return { joined, joinedLast }
}

/** Does work on a shared connection. Whoever is the last to need it gives it back. */
async function share<Result>(
  shared: Shared,
  work: (session: Session) => Promise<Result>,
  dialect: Dialect,
): Promise<Result> {
  const client = await shared.client
  try {
    return await work(sessionOn(client, dialect))
  } catch (error) {
    if (faultOf(error) === "lost") shared.isBroken = true
    throw error
  } finally {
    shared.users--
    if (shared.users === 0) client.release(shared.isBroken)
  }
}

/** Takes a connection out of a pool; by the way finds out that a pooler in between takes no settings. */
function connecting(
  address: Address,
  place: string,
  settings: { useOptions: boolean },
  pools: Pools,
  parts: PoolParts,
) {
  // They are for speed and for tidiness only.
  function goWithout(): void {
    if (!settings.useOptions) return
    settings.useOptions = false
    parts.journal.info("The database is reached without settings of its own: a pooler does not take them", { place })
    for (const which of ["readers", "writer"] as const) {
      const before = pools[which]
      pools[which] = poolOf(address, settings, before.options.max, parts, which === "readers")
      void before.end()
    }
  }

  return async (which: keyof Pools): Promise<pg.PoolClient> => {
    try {
      return await pools[which].connect()
    } catch (error) {
      if (!isAboutOptions(error)) throw told(error)
    }
    goWithout()
    try {
      return await pools[which].connect()
    } catch (error) {
      throw told(error)
    }
  }
}

/** Does something again while it fails in a way that may pass. */
async function insist<Result>(
  work: () => Promise<Result>,
  waiting: { readonly closed: boolean },
  pause: Connections["pause"],
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const fault = faultOf(error)
      if (fault === "outside" || fault === "inside" || attempt === attemptsMax || waiting.closed) throw error
      await pause(attempt, error)
    }
  }
}

type Pools = { readers: pg.Pool; writer: pg.Pool }

// Where reading takes several statements, they are sent at once.
function poolOf(
  address: Address,
  settings: { useOptions: boolean },
  max: number,
  { journal, lost }: PoolParts,
  pipeline = false,
): pg.Pool {
  const config = { ...configOf(address, settings), pipeline, max: Math.max(1, max), idleTimeoutMillis: 300_000 }
  const pool = new pg.Pool(config)
  // A connection that breaks while nobody uses it is no event: the next one who needs one gets another.
  pool.on("error", error => journal.info("A connection to the database that rested has broken", { why: error.message }))
  // The same between two statements of one who has it: the next statement fails. Without a listener, it ends the process.
  pool.on("connect", client => client.on("error", lost))
  pool.on("release", error => (error as unknown) && lost())
  return pool
}

function configOf({ url, statementTimeoutMs }: Address, { useOptions }: { useOptions: boolean }): pg.ClientConfig {
  const options = [
    `-c statement_timeout=${statementTimeoutMs}`,
    `-c idle_in_transaction_session_timeout=${statementTimeoutMs}`,
    // Every question has its index. Plans are kept, and one that was made for an empty table would go on reading it
    // from end to end when it is full.
    "-c enable_seqscan=off",
    "-c enable_bitmapscan=off",
    "-c enable_sort=off",
    "-c enable_hashjoin=off",
    "-c enable_mergejoin=off",
    "-c enable_material=off",
    "-c plan_cache_mode=force_generic_plan",
    "-c jit=off",
  ].join(" ")
  return {
    connectionString: withLibpqMeaning(url),
    application_name: "daybook",
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    // If the server says nothing at all, not even that the time is over.
    query_timeout: statementTimeoutMs + 5_000,
    ...(useOptions ? { options } : {}),
  }
}

/** `sslmode` means what PostgreSQL's manual says it means. */
function withLibpqMeaning(url: string): string {
  if (!/[?&]sslmode=/.test(url) || /[?&]uselibpqcompat=/.test(url)) return url
  return `${url}&uselibpqcompat=true`
}

function isAboutOptions(error: unknown): boolean {
  return stateOf(error) === "08P01" && error instanceof Error && /unsupported startup parameter/i.test(error.message)
}

function placeOf(url: string): string {
  try {
    const { hostname, port, pathname, searchParams } = new URL(url)
    const host = hostname || searchParams.get("host") || "localhost"
    return `${decodeURIComponent(pathname.slice(1)) || "postgres"} at ${host}${port === "" ? "" : `:${port}`}`
  } catch {
    throw new Refusal("unavailable", "The address of the database is not one: postgres://user:password@host:5432/name")
  }
}
