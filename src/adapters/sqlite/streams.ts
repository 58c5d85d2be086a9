import type { DatabaseSync } from "node:sqlite"
import type { LogStore } from "../../ports/log.ts"
import { prepare } from "./driver.ts"
import { recorded, type EventRow } from "../sql/event-rows.ts"
import { selectEvents } from "./event-rows.ts"
import type { Names } from "./names.ts"
import { firstBeyond } from "./pages.ts"

/** How many events the stream of an entity has, by its key: each is led to by a version, or by the index of all others. */
export const streamVersion = (key: string) =>
  `max(ifnull((SELECT version FROM versions WHERE entity = ${key} ORDER BY pos DESC LIMIT 1), 0), ${otherVersion(key)})`

/** The same without those that versions lead to. */
export const otherVersion = (key: string) =>
  `ifnull((SELECT max(version) FROM events WHERE entity = ${key} AND has_version = 0), 0)`

// Of the entity ?1, from version ?3 on, at most ?4: ?2 is the place from which on versions lead to no earlier ones.
const places = `WITH
  led AS (SELECT pos FROM versions WHERE entity = ?1 AND pos >= ?2 ORDER BY pos LIMIT ?4),
  others AS (SELECT pos FROM events WHERE entity = ?1 AND has_version = 0 AND version >= ?3 ORDER BY version LIMIT ?4)`
const inStream = `e.pos IN (SELECT pos FROM led UNION ALL SELECT pos FROM others) ORDER BY e.pos LIMIT ?4`

/** Prepares the reading of streams. */
export function streamReader(db: DatabaseSync, names: Names): LogStore["stream"] {
  const select = prepare<EventRow>(db, `${places} ${selectEvents} WHERE ${inStream}`)
  const sizes = prepare<[number, number]>(
    db,
    `${places} SELECT e.version, octet_length(e.data) FROM events e WHERE ${inStream}`,
  )
  const about = prepare<[number, number, number]>(
    db,
    `SELECT key, type, ${streamVersion("key")} FROM entities WHERE id = ?`,
  )
  const placeOf = placeFinder(db)
  return (id, from, limit) => {
    const [key, type, version] = about.get(id) ?? [0, 0, 0]
    // An id that was only mentioned has a key, and no stream.
    if (version === 0) return { events: [], version: 0, type: null }
    const place = placeOf(key, from)
    const most = Math.min(limit, Math.max(1, firstBeyond(sizes.all(key, place, from, limit)) - from))
    const events = select.all(key, place, from, most).map(row => recorded(row, names))
    return { events, version, type: names.nameOf(type) }
  }
}

/**
 * Prepares the search for the place from which on the versions of an entity belong to its stream from some version on.
 * Both only grow, so halving leads there, however long the stream is.
 */
function placeFinder(db: DatabaseSync): (entity: number, from: number) => number {
  const upTo = prepare<[pos: number, version: number]>(
    db,
    "SELECT pos, version FROM versions WHERE entity = ? AND pos <= ? ORDER BY pos DESC LIMIT 1",
  )
  return (entity, from) => {
    let low = 0
    let high = from <= 1 ? 0 : Number.MAX_SAFE_INTEGER
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const [pos, version] = upTo.get(entity, middle) ?? [0, 0]
      if (version < from) low = middle + 1
      else high = pos
    }
    return low
  }
}

/** Prepares the list of streams. */
export function streamLister(db: DatabaseSync, names: Names): LogStore["streams"] {
  const select = prepare<[number, string, number]>(
    db,
    `SELECT s.type, s.id, ${streamVersion("s.key")} AS length FROM entities s
      WHERE s.id > ?1 AND (?2 IS NULL OR s.type = ?2) AND length > 0 ORDER BY s.id LIMIT ?3`,
  )
  return ({ type, after = "", limit }) => {
    const key = type === undefined ? null : names.known(type)
    if (type !== undefined && key === null) return []
    const rows = select.all(after, key, limit)
    return rows.map(([typeKey, id, version]) => ({ type: names.nameOf(typeKey), id, version }))
  }
}
