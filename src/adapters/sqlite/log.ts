import type { DatabaseSync } from "node:sqlite"
import type { ChangeKind } from "../../kernel/entity.ts"
import type { JsonObject } from "../../kernel/json.ts"
import type { RecordedEvent } from "../../kernel/message.ts"
import type { LoggedEvent, LogPage, LogStore } from "../../ports/log.ts"
import { prepare } from "./driver.ts"
import { instantOf } from "./instants.ts"
import type { Names } from "./names.ts"
import { places } from "./tables.ts"

type EventRow = [
  pos: number,
  id: string,
  streamId: string,
  streamType: number,
  version: number,
  type: number,
  typeVersion: number,
  rejection: number,
  kind: number,
  occurredAt: string | null,
  data: string,
  at: number,
  actor: number,
  schemaVersion: number,
  commandId: string,
  commandType: number,
  correlation: string | null,
]

// CROSS JOIN keeps the order: events lead, and everything else is one step down a tree by its short key.
const selectEvents = `
  SELECT e.pos, e.id, s.id, s.type, e.version, e.type, e.type_version, e.rejection, e.kind, e.occurred_at, e.data,
         x.at, x.actor, x.schema_version, c.id, c.type, c.correlation
    FROM events e CROSS JOIN entities s ON s.key = e.entity
   CROSS JOIN transactions x ON x.t = e.pos / ${places} CROSS JOIN commands c ON c.n = x.command`

// A search for a few types looks at no more of the log than this for one page.
const lookedAtMax = 20_000

const kinds: readonly (ChangeKind | null)[] = [null, "created", "changed", "retracted"]

/** Reads the log and the streams in it. `basis` is the newest t. */
export function logStore(db: DatabaseSync, names: Names, basis: () => number): LogStore {
  const page = prepare<EventRow>(db, `${selectEvents} WHERE e.pos >= ? AND e.pos < ? ORDER BY e.pos LIMIT ?`)
  const pageOf = prepare<EventRow>(
    db,
    `${selectEvents} WHERE e.pos >= ? AND e.pos < ? AND e.type IN (SELECT value FROM json_each(?))
      ORDER BY e.pos LIMIT ?`,
  )
  const farther = prepare<[number]>(db, "SELECT pos FROM events WHERE pos >= ? ORDER BY pos LIMIT 1 OFFSET ?")
  const stream = prepare<EventRow>(
    db,
    `${selectEvents} WHERE e.entity = ? AND e.version >= ? ORDER BY e.version LIMIT ?`,
  )
  const about = prepare<[number, number, number]>(
    db,
    "SELECT key, type, (SELECT max(version) FROM events WHERE entity = key) FROM entities WHERE id = ?",
  )
  const tAt = prepare<[number]>(db, "SELECT at FROM transactions WHERE t = ?")
  const list = prepare<[number, string, number]>(
    db,
    `SELECT s.type, s.id, (SELECT max(version) FROM events WHERE entity = s.key) AS version FROM entities s
      WHERE s.id > ?1 AND (?2 IS NULL OR s.type = ?2) AND version IS NOT NULL ORDER BY s.id LIMIT ?3`,
  )
  const logged = (row: EventRow): LoggedEvent => ({ event: recorded(row, names), kind: kinds[row[8]] ?? null })

  function read(after: number, limit: number, types?: readonly string[]): LogPage {
    const newest = basis()
    const from = (after + 1) * places
    let until = (newest + 1) * places
    let rows: EventRow[]
    if (types === undefined) {
      rows = page.all(from, until, limit + 1)
    } else {
      const far = farther.get(from, lookedAtMax)
      // Whole transactions, and at least one.
      if (far !== undefined) until = Math.min(until, Math.max(tOf(far[0]), after + 2) * places)
      const keys = types.map(type => names.known(type)).filter(key => key !== null)
      rows = pageOf.all(from, until, JSON.stringify(keys), limit + 1)
    }
    if (rows.length > limit) {
      const cut = tOf(rows.at(-1)![0])
      const first = tOf(rows[0]![0])
      // The last transaction may be cut off, so it comes with the next page, unless it is the only one.
      if (cut > first) rows = rows.filter(row => tOf(row[0]) < cut)
      else rows = (types === undefined ? page : pageOf).all(...whole(first, types))
      until = Math.max(cut, first + 1) * places
    }
    const reached = until / places - 1
    return { events: rows.map(logged), reached: Math.max(reached, after), isEnd: reached >= newest }
  }

  function whole(t: number, types?: readonly string[]): (number | string)[] {
    const range = [t * places, (t + 1) * places]
    return types === undefined
      ? [...range, places]
      : [...range, JSON.stringify(types.map(type => names.known(type)).filter(key => key !== null)), places]
  }

  /** The t that was recorded last before or at an instant: `at` never goes back, so halving finds it. */
  function lastAt(ms: number): number {
    let low = 0
    let high = basis()
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (tAt.get(middle)![0] <= ms) low = middle
      else high = middle - 1
    }
    return low
  }

  return {
    read,
    stream(id, from, limit) {
      const row = about.get(id)
      if (row === undefined) return { events: [], version: 0, type: null }
      const [key, type, version] = row
      const events = stream.all(key, from, limit).map(r => recorded(r, names))
      return { events, version, type: version === null ? null : names.nameOf(type) }
    },
    transaction: t => page.all(...(whole(t) as number[])).map(logged),
    tAt: lastAt,
    streams({ type, after = "", limit }) {
      const key = type === undefined ? null : names.known(type)
      if (type !== undefined && key === null) return []
      return list.all(after, key, limit).map(([typeKey, id, version]) => ({ type: names.nameOf(typeKey), id, version }))
    },
  }
}

function tOf(pos: number): number {
  return Math.floor(pos / places)
}

function recorded(row: EventRow, names: Names): RecordedEvent {
  const [pos, id, streamId, streamType, version, type, typeVersion, rejection, , occurredAt, data] = row
  const t = Math.floor(pos / places)
  const commandId = row[14]
  const said = {
    id,
    type: names.nameOf(type),
    stream: { type: names.nameOf(streamType), id: streamId, version },
    t,
    n: pos - t * places,
    at: instantOf(row[11]),
    data: JSON.parse(data) as JsonObject,
    rejection: rejection === 1,
    causedBy: { type: names.nameOf(row[15]), id: commandId },
    correlationId: row[16] ?? commandId,
    actor: names.nameOf(row[12]),
    schemaVersion: row[13],
    typeVersion,
  }
  return occurredAt === null ? said : { ...said, occurredAt }
}
