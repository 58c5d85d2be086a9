import type { DatabaseSync } from "node:sqlite"
import type { LogStore } from "../../ports/log.ts"
import { prepare } from "./driver.ts"
import { logged, recorded, type EventRow } from "../sql/event-rows.ts"
import { selectEvents } from "./event-rows.ts"
import type { Names } from "./names.ts"
import { firstBeyond, pageReader } from "./pages.ts"
import { places } from "../sql/places.ts"

/** Reads the log and the streams in it. `basis` tells the newest t. */
export function logStore(db: DatabaseSync, names: Names, basis: () => number): LogStore {
  const readPage = pageReader(db, names)
  const inRange = prepare<EventRow>(db, `${selectEvents} WHERE e.pos >= ? AND e.pos < ? ORDER BY e.pos`)
  return {
    read: (after, limit, types) => readPage(after, limit, basis(), types),
    transaction: t => inRange.all(t * places, (t + 1) * places).map(row => logged(row, names)),
    tAt: instantFinder(db, basis),
    stream: streamReader(db, names),
    streams: streamLister(db, names),
  }
}

function streamReader(db: DatabaseSync, names: Names): LogStore["stream"] {
  const select = prepare<EventRow>(
    db,
    `${selectEvents} WHERE e.entity = ? AND e.version >= ? ORDER BY e.version LIMIT ?`,
  )
  const sizes = prepare<[number, number]>(
    db,
    "SELECT version, octet_length(data) FROM events WHERE entity = ? AND version >= ? ORDER BY version LIMIT ?",
  )
  const about = prepare<[number, number, number | null]>(
    db,
    "SELECT key, type, (SELECT max(version) FROM events WHERE entity = key) FROM entities WHERE id = ?",
  )
  return (id, from, limit) => {
    const row = about.get(id)
    // An id that was only mentioned has a key, and no stream.
    if (row === undefined || row[2] === null) return { events: [], version: 0, type: null }
    const most = Math.min(limit, Math.max(1, firstBeyond(sizes.all(row[0], from, limit)) - from))
    const events = select.all(row[0], from, most).map(r => recorded(r, names))
    return { events, version: row[2], type: names.nameOf(row[1]) }
  }
}

function streamLister(db: DatabaseSync, names: Names): LogStore["streams"] {
  const select = prepare<[number, string, number]>(
    db,
    `SELECT s.type, s.id, (SELECT max(version) FROM events WHERE entity = s.key) AS version FROM entities s
      WHERE s.id > ?1 AND (?2 IS NULL OR s.type = ?2) AND version IS NOT NULL ORDER BY s.id LIMIT ?3`,
  )
  return ({ type, after = "", limit }) => {
    const key = type === undefined ? null : names.known(type)
    if (type !== undefined && key === null) return []
    const rows = select.all(after, key, limit)
    return rows.map(([typeKey, id, version]) => ({ type: names.nameOf(typeKey), id, version }))
  }
}

/** Finds the t that was recorded last before or at an instant: `at` never goes back, so halving leads there. */
function instantFinder(db: DatabaseSync, basis: () => number): LogStore["tAt"] {
  const recordedAt = prepare<[number]>(db, "SELECT at FROM transactions WHERE t = ?")
  return ms => {
    let low = 0
    let high = basis()
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (recordedAt.get(middle)![0] <= ms) low = middle
      else high = middle - 1
    }
    return low
  }
}
