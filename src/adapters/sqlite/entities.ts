import type { DatabaseSync } from "node:sqlite"
import type { Document, Head } from "../../kernel/entity.ts"
import type { EntityStore } from "../../ports/entities.ts"
import { exact, prepare, together } from "./driver.ts"
import type { Keys } from "./keys.ts"
import type { Names } from "./names.ts"
import { still } from "./tables.ts"

type HeadRow = [
  key: number,
  type: number,
  createdT: number | null,
  version: number,
  t: number | null,
  document: string | null,
]
type AtRow = [type: number, fromT: number, createdT: number, document: string | null]

/** Reads entities as they are from t on, and the values that are looked up. */
export function entityStore(db: DatabaseSync, names: Names, keys: Keys | null): EntityStore {
  const head = prepare<HeadRow>(
    db,
    `SELECT e.key, e.type, e.created_t, (SELECT ifnull(max(version), 0) FROM events WHERE entity = e.key),
            v.from_t, v.document
       FROM entities e LEFT JOIN versions v
         ON v.entity = e.key AND v.from_t = (SELECT max(from_t) FROM versions WHERE entity = e.key)
      WHERE e.id = ?`,
  )
  const at = prepare<AtRow>(
    db,
    `SELECT e.type, v.from_t, e.created_t, v.document FROM entities e JOIN versions v ON v.entity = e.key
      WHERE e.id = ? AND v.from_t <= ? ORDER BY v.from_t DESC LIMIT 1`,
  )
  const versions = prepare<[number, string | null]>(
    db,
    `SELECT v.from_t, v.document FROM entities e JOIN versions v ON v.entity = e.key WHERE e.id = ? ORDER BY v.from_t`,
  )
  // A ref's value is the key of its target, so an id is looked for as one where the attribute is known to hold refs.
  const holders = prepare<[string]>(
    db,
    `SELECT e.id FROM vals v JOIN entities e ON e.key = v.entity
      WHERE v.attribute = ?1 AND v.to_t > ?3 AND v.from_t <= ?3
        AND v.value IN (?2, (SELECT key FROM entities WHERE id = ?4 AND EXISTS (SELECT 1 FROM refs WHERE attribute = ?1)))
      ORDER BY e.created_t, e.key`,
  )
  const placeOf = prepare<[number, number]>(db, "SELECT created_t, key FROM entities WHERE id = ? AND created_t > 0")
  const ofType = prepare<[string]>(
    db,
    `SELECT e.id FROM entities e
      WHERE e.type = ?1 AND (e.created_t, e.key) > (?2, ?3) AND e.created_t <= ?4
        AND (SELECT document IS NOT NULL FROM versions WHERE entity = e.key AND from_t <= ?4
              ORDER BY from_t DESC LIMIT 1)
      ORDER BY e.created_t, e.key LIMIT ?5`,
  )

  function headOf(id: string): Head {
    const row = head.get(id)
    if (row === undefined) return { id, type: "", version: 0, t: 0, document: null }
    const [key, type, createdT, version, t, document] = row
    keys?.note(id, { key, type, version, createdT })
    return { id, type: names.nameOf(type), version, t: t ?? 0, document: documentOf(document) }
  }

  function holdersAt(attribute: string, value: string | number | boolean, t: number): readonly string[] {
    const key = names.known(attribute)
    if (key === null) return []
    return holders.all(key, exact(value), t, typeof value === "string" ? value : null).map(([id]) => id)
  }

  function ids(type: string, t: number, { after, limit }: { after?: string; limit: number }): readonly string[] {
    const key = names.known(type)
    const place = after === undefined ? ([0, 0] as const) : placeOf.get(after)
    if (key === null || place === undefined) return []
    return ofType.all(key, place[0], place[1], t, limit).map(([id]) => id)
  }

  return {
    heads: ids => (ids.length === 1 ? [headOf(ids[0]!)] : together(db, () => ids.map(headOf))),
    holders: (attribute, value) => holdersAt(attribute, value, still - 1),
    holdersAt,
    at(id, t) {
      const row = at.get(id, t)
      if (row === undefined || row[3] === null) return null
      const [type, fromT, createdT, document] = row
      return { id, type: names.nameOf(type), fromT, createdT, document: documentOf(document) }
    },
    versions: id => versions.all(id).map(([fromT, text]) => ({ fromT, document: documentOf(text) })),
    ids,
  }
}

function documentOf(text: string): Document
function documentOf(text: string | null): Document | null
function documentOf(text: string | null): Document | null {
  // What was written as a document is read as one.
  return text === null ? null : (JSON.parse(text) as Document)
}
