import type { Document } from "../../kernel/entity.ts"
import { assert, Refusal } from "../../kernel/refusal.ts"
import type { Fence } from "../../ports/leases.ts"
import type { ProjectionStore } from "../../ports/projections.ts"
import { checkFence } from "./check.ts"
import type { Connections } from "./connections.ts"
import type { Ask, Session } from "./driver.ts"
import { texts } from "./wire.ts"
import { withoutZeros, withZeros } from "./zeros.ts"

// The numbers that `projections.state` has.
const building = 0
const live = 1
const dropped = 2

// How many rows of a dropped version go at once.
const sweptAtOnceMax = 5_000

/** Reads and administers the rows of read models. `dropping` is told when rows are of no more use. */
export function projectionStore(connections: Connections, dropping: () => void): ProjectionStore {
  const { read, lend } = connections
  const find = `SELECT key FROM @.projections WHERE name = $1 AND version = $2 AND state <> ${dropped}`

  return {
    async progress() {
      const rows = await read<[string, number, number, number]>(
        `SELECT name, version, reached, state FROM @.projections WHERE state <> ${dropped} ORDER BY name, version`,
      )
      return rows.map(([name, version, reached, state]) => ({ name, version, reached, live: state === live }))
    },
    async rows(name, version, keys) {
      const rows = await read<[string, string]>(
        `SELECT w.key, r.row FROM (${find}) AS p CROSS JOIN unnest($3::text[]) AS w(key) CROSS JOIN LATERAL (
           SELECT row FROM @.projection_rows WHERE projection = p.key AND key = w.key OFFSET 0) AS r`,
        [name, version, texts(keys.map(withoutZeros))],
      )
      return new Map(rows.map(([key, text]) => [withZeros(key), documentOf(text)]))
    },
    async list(name, version, { after, limit }) {
      // No key comes before the empty one, which is then looked for as well.
      const rows = await read<[string, string]>(
        `SELECT r.key, r.row FROM (${find}) AS p CROSS JOIN LATERAL (
           SELECT key, row FROM @.projection_rows WHERE projection = p.key AND key ${after === undefined ? ">=" : ">"} $3
            ORDER BY key LIMIT $4) AS r ORDER BY r.key`,
        [name, version, withoutZeros(after ?? ""), limit],
      )
      return rows.map(([key, text]) => ({ key: withZeros(key), row: documentOf(text) }))
    },
    async begin(name, version, fence) {
      await lend(async session =>
        inTransaction(session, async ({ ask }) => {
          await hold(ask, fence)
          await discard(ask, "name = $1 AND version = $2", [name, version])
          const make = `INSERT INTO @.projections(name, version, reached, state) VALUES($1, $2, 0, ${building})`
          await ask(make, [name, version])
        }),
      )
      dropping()
    },
    async swap(name, version, fence) {
      await lend(async session =>
        inTransaction(session, async ({ ask }) => {
          await hold(ask, fence)
          const enliven = `UPDATE @.projections SET state = ${live}
            WHERE name = $1 AND version = $2 AND state <> ${dropped} RETURNING 1`
          const rows = await ask(enliven, [name, version])
          assert(rows.length === 1, `version ${version} of ${name} is to be read, but was never begun`)
          await discard(ask, "name = $1 AND version <> $2", [name, version])
        }),
      )
      dropping()
    },
    async drop(name) {
      await lend(async ({ ask }) => discard(ask, "name = $1", [name]))
      dropping()
    },
  }
}

/** Whoever would take the lease waits until this transaction has ended; whose lease was taken is refused. */
async function hold(ask: Ask, fence: Fence | undefined): Promise<void> {
  if (fence === undefined) return
  const held = "SELECT epoch FROM @.leases WHERE name = $1 AND holder IS NOT NULL FOR SHARE"
  const [row] = await ask<[number]>(held, [fence.name])
  const stale = checkFence(fence, { leases: new Map(row === undefined ? [] : [[fence.name, row[0]]]) })
  if (stale !== null) throw new Refusal("conflict", stale.sentence, stale.facts)
}

async function discard(ask: Ask, where: string, values: readonly (string | number)[]): Promise<void> {
  await ask(`UPDATE @.projections SET state = ${dropped} WHERE ${where} AND state <> ${dropped}`, values)
}

async function inTransaction(session: Session, work: (session: Session) => Promise<void>): Promise<void> {
  await session.run("BEGIN")
  try {
    await work(session)
    await session.run("COMMIT")
  } catch (error) {
    await session.run("ROLLBACK")
    throw error
  }
}

/**
 * Removes some rows of a version that was dropped, and the version itself when it has none. False: nothing is left.
 * Of several processes that sweep at once, one does.
 */
export async function sweep({ ask, run }: Session): Promise<boolean> {
  await run("BEGIN")
  try {
    const next = `SELECT key FROM @.projections WHERE state = ${dropped} ORDER BY key LIMIT 1 FOR UPDATE SKIP LOCKED`
    const [found] = await ask<[number]>(next)
    if (found !== undefined) {
      const rows = await ask(
        `DELETE FROM @.projection_rows WHERE projection = $1 AND key IN
           (SELECT key FROM @.projection_rows WHERE projection = $1 ORDER BY key LIMIT ${sweptAtOnceMax}) RETURNING 1`,
        [found[0]],
      )
      if (rows.length < sweptAtOnceMax) await ask("DELETE FROM @.projections WHERE key = $1", [found[0]])
    }
    await run("COMMIT")
    return found !== undefined
  } catch (error) {
    await run("ROLLBACK")
    throw error
  }
}

function documentOf(text: string): Document {
  // What was written as a row is read as one.
  return JSON.parse(text) as Document
}
