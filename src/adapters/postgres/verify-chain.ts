import { hash } from "node:crypto"
import { instant } from "../../kernel/clock.ts"
import { hashedText, noHash } from "../../ports/hash.ts"
import type { Finding } from "../../ports/maintenance.ts"
import type { Ask } from "./driver.ts"
import type { Names } from "./names.ts"
import { places } from "./tables.ts"
import { inSlices, rowsPerSlice, type Check } from "./slices.ts"

type TransactionRow = [
  t: number,
  at: number,
  actor: number,
  schemaVersion: number,
  hash: string,
  commandId: string,
  commandType: number,
  correlation: string | null,
  isCommands: boolean,
]

type EventRow = [
  pos: number,
  type: number,
  typeVersion: number,
  rejection: number,
  streamType: number | null,
  streamId: string | null,
  version: number,
  occurredAt: string | null,
  data: string,
]

/** Whether t has no gap, time does not go back, and each hash follows from the one before and from the rows. */
export function checkChain(read: Ask, names: Names, newest: number): Check {
  let before = { t: 0, at: 0, hash: noHash }

  async function look(rows: readonly TransactionRow[]): Promise<Finding[]> {
    const found: Finding[] = []
    const say = (t: number, sentence: string) => found.push({ check: "chain", t, sentence })
    const events = await eventsOf(read, before.t + 1, rows.at(-1)![0])
    await names.spell(read, keysOf(rows, events))
    const byT = Map.groupBy(events, row => Math.floor(row[0] / places))
    for (const row of rows) {
      const [t, at] = row
      if (t !== before.t + 1) say(t, `Transaction ${t} comes after ${before.t}: what was between them is gone`)
      if (!row[8]) say(t, `The command of transaction ${t} is gone, or another`)
      if (at < before.at) say(t, `Transaction ${t} is older than the one before it`)
      const own = byT.get(t) ?? []
      byT.delete(t)
      if (own.some((event, n) => event[0] !== t * places + n)) say(t, `Transaction ${t} lacks one of its events`)
      if (hash("sha256", textOf(row, own, before.hash, names)) !== row[4]) {
        say(t, `Transaction ${t} is not what its hash says: it, its events or the hash were changed`)
      }
      before = { t, at, hash: row[4] }
    }
    for (const t of byT.keys()) say(t, `There are events of transaction ${t}, but it is not there`)
    return found
  }

  return inSlices<TransactionRow>(
    last =>
      read(
        `SELECT x.t, x.at, x.actor, x.schema_version, encode(x.hash, 'hex'), x.command_id, x.command_type, x.correlation,
                EXISTS (SELECT 1 FROM @.commands AS c WHERE c.n = x.command AND c.id = x.command_id
                           AND c.type = x.command_type AND c.correlation IS NOT DISTINCT FROM x.correlation)
           FROM @.transactions AS x WHERE x.t > $1 AND x.t <= $2 ORDER BY x.t LIMIT ${rowsPerSlice}`,
        [last?.[0] ?? 0, newest],
      ),
    look,
  )
}

async function eventsOf(read: Ask, from: number, to: number): Promise<EventRow[]> {
  return read<EventRow>(
    `SELECT e.pos, e.type, e.type_version, e.rejection, s.type, s.id, e.version, e.occurred_at, e.data
       FROM @.events AS e LEFT JOIN @.entities AS s ON s.key = e.entity WHERE e.pos >= $1 AND e.pos < $2 ORDER BY e.pos`,
    [from * places, (to + 1) * places],
  )
}

function keysOf(rows: readonly TransactionRow[], events: readonly EventRow[]): Set<number> {
  const keys = new Set<number>()
  for (const [, , actor, , , , commandType] of rows) keys.add(actor).add(commandType)
  for (const [, type, , , streamType] of events) keys.add(type).add(streamType ?? type)
  return keys
}

function textOf(row: TransactionRow, events: readonly EventRow[], before: string, names: Names): string {
  const [t, at, actor, schemaVersion, , commandId, commandType, correlation] = row
  const head = {
    t,
    at: instant(at),
    commandId,
    commandType: names.nameOf(commandType),
    actor: names.nameOf(actor),
    correlationId: correlation ?? commandId,
    schemaVersion,
  }
  const lines = events.map(([, type, typeVersion, rejection, streamType, streamId, version, occurredAt, dataText]) => ({
    type: names.nameOf(type),
    rejection: rejection === 1,
    typeVersion,
    stream: { type: streamType === null ? "" : names.nameOf(streamType), id: streamId ?? "", version },
    occurredAt,
    dataText,
  }))
  return hashedText(before, head, lines)
}
