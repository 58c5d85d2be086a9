import type { Connections } from "./connections.ts"
import type { Session } from "./driver.ts"
import type { Locks } from "./locks.ts"
import { places } from "../sql/places.ts"

/** The partitions of the log: stretches of t. There is always a whole one ahead. */
export type Partitions = {
  /** Sees to it that `count` transactions more have a place; nothing while that is certain. */
  reach(connections: Pick<Connections, "writing">, count: number): Promise<void> | undefined
  /** Notes how far the log has got. */
  note(t: number): void
}

// A process may have missed that many transactions of others since it last knew where the log ends.
const missedMax = 100_000

/** Knows nothing yet: the first batch looks. */
export function partitionsOf(locks: Locks): Partitions {
  let newest = 0
  let to = 0
  let size = 0

  function reach({ writing }: Pick<Connections, "writing">, count: number): Promise<void> | undefined {
    const margin = Math.min(size / 2, missedMax)
    if (newest + count + margin < to - size / 2) return undefined
    return writing(async session => look(session, count))
  }

  async function look(session: Session, count: number): Promise<void> {
    const rows = await session.ask<[number, number, number | null]>(
      "SELECT partitioned_to, partition_size, (SELECT t FROM @.transactions ORDER BY t DESC LIMIT 1) FROM @.daybook",
    )
    ;[to, size] = rows[0]!
    newest = rows[0]![2] ?? 0
    while (newest + count > to - size) await extend(session)
  }

  async function extend(session: Session): Promise<void> {
    await session.run("BEGIN")
    try {
      to = await addPartition(session, locks)
      await session.run("COMMIT")
    } catch (error) {
      await session.run("ROLLBACK")
      throw error
    }
  }

  return { reach, note: t => (newest = Math.max(newest, t)) }
}

/**
 * Adds the next partition, within a transaction. It is made by itself and then attached: nobody who reads or writes the
 * log waits for that. Returns the t before which all have a place.
 */
export async function addPartition({ ask, run }: Session, locks: Locks): Promise<number> {
  await ask("SELECT pg_advisory_xact_lock($1)", [locks.tables])
  const [row] = await ask<[number, number]>("SELECT partitioned_to, partition_size FROM @.daybook")
  const [from, size] = row!
  const to = from + size
  for (const [table, factor] of [
    ["transactions", 1],
    ["events", places],
  ] as const) {
    const name = `@.${table}_${from}`
    await run(`CREATE TABLE ${name}(LIKE @.${table} INCLUDING ALL);
      ALTER TABLE @.${table} ATTACH PARTITION ${name} FOR VALUES FROM (${from * factor}) TO (${to * factor})`)
  }
  await ask("UPDATE @.daybook SET partitioned_to = $1", [to])
  return to
}
