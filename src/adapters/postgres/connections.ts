import pg from "pg"
import { waitMs } from "../../kernel/backoff.ts"
import type { Clock } from "../../kernel/clock.ts"
import type { Ids } from "../../kernel/ids.ts"
import type { Journal } from "../../ports/journal.ts"
import { configOf, isAboutOptions, placeOf, type Address } from "./address.ts"
import { sessionOn, told, type Ask, type Dialect, type Session } from "./driver.ts"
import { faultOf, refusalOf } from "./errors.ts"
import { waits } from "./waits.ts"

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
  /** The same with the one that writes: nobody else says anything on it meanwhile. */
  readonly writing: <Result>(work: (session: Session) => Promise<Result>) => Promise<Result>
  /**
   * The same, together with others who join it too. The database does what each says in the order in which it was said, and
   * each statement is a transaction by itself.
   */
  readonly joinWriting: <Result>(work: (session: Session) => Promise<Result>) => Promise<Result>
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
    readers: poolOf(address, settings, address.poolMax - 1, poolParts),
    writer: poolOf(address, settings, 1, poolParts),
  }
  const waiting = waits(parts)

  const connect = connecting(address, place, settings, pools, poolParts)

  async function use<Result>(which: keyof Pools, work: (session: Session) => Promise<Result>): Promise<Result> {
    return share({ client: connect(which), users: 1, isBroken: false }, work, dialect)
  }

  const { joined, joinedLast } = joining(async () => connect("readers"))
  const joinedWriters = joiningWhileUsed(async () => connect("writer"), pools)

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
    joinWriting: async work => share(joinedWriters(), work, dialect),
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

/** Hands out the connection that writes to all who want it while it is used, unless somebody waits to have it alone. */
function joiningWhileUsed(connect: () => Promise<pg.PoolClient>, pools: Pools): () => Shared {
  let joint: Shared | null = null
  return () => {
    if (joint === null || joint.users === 0 || joint.isBroken || pools.writer.waitingCount > 0) {
      return (joint = { client: connect(), users: 1, isBroken: false })
    }
    joint.users++
    return joint
  }
}

/** Does work on a shared connection. Whoever is the last to need it gives it back. */
async function share<Result>(
  shared: Shared,
  work: (session: Session) => Promise<Result>,
  dialect: Dialect,
): Promise<Result> {
  let client: pg.PoolClient | null = null
  try {
    client = await shared.client
    return await work(sessionOn(client, dialect))
  } catch (error) {
    // Nobody else is to join what could not be connected, or is lost.
    if (client === null || faultOf(error) === "lost") shared.isBroken = true
    throw error
  } finally {
    shared.users--
    if (shared.users === 0) client?.release(shared.isBroken)
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
      pools[which] = poolOf(address, settings, before.options.max, parts)
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

// Where reading takes several statements, they are sent at once; and so are two batches, one behind the other.
function poolOf(
  address: Address,
  settings: { useOptions: boolean },
  max: number,
  { journal, lost }: PoolParts,
): pg.Pool {
  const config = { ...configOf(address, settings), pipeline: true, max: Math.max(1, max), idleTimeoutMillis: 300_000 }
  const pool = new pg.Pool(config)
  // A connection that breaks while nobody uses it is no event: the next one who needs one gets another.
  pool.on("error", error => journal.info("A connection to the database that rested has broken", { why: error.message }))
  // The same between two statements of one who has it: the next statement fails. Without a listener, it ends the process.
  pool.on("connect", client => client.on("error", lost))
  pool.on("release", error => (error as unknown) && lost())
  return pool
}
