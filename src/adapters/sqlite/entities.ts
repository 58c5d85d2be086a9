import type { DatabaseSync } from "node:sqlite"
import type { Document, Head } from "../../kernel/entity.ts"
import type { EntityStore } from "../../ports/entities.ts"
import { prepare, together } from "./driver.ts"
import { holderReader } from "./holders.ts"
import type { Keys } from "./keys.ts"
import type { Names } from "./names.ts"
import { places } from "../sql/places.ts"
import { otherVersion } from "./streams.ts"

type HeadRow = [
  key: number,
  type: number,
  createdT: number | null,
  version: number,
  t: number | null,
  document: string | null,
]
type AtRow = [type: number, fromT: number, createdT: number, document: string | null]

/** Reads entities as they are from t on. What it comes across, it tells the writer's `keys`, if there is a writer. */
export function entityStore(db: DatabaseSync, names: Names, keys: Keys | null): EntityStore {
  const headOf = headReader(db, names, keys)
  const at = prepare<AtRow>(
    db,
    `SELECT e.type, v.pos / ${places}, e.created_t, v.document FROM entities e
       JOIN versions v ON v.pos = (SELECT max(pos) FROM versions WHERE entity = e.key AND pos < ?)
      WHERE e.id = ?`,
  )
  const versions = prepare<[number, string | null]>(
    db,
    `SELECT v.pos / ${places}, v.document FROM entities e JOIN versions v ON v.entity = e.key
      WHERE e.id = ? ORDER BY v.pos`,
  )
  return {
    heads: ids => (ids.length === 1 ? [headOf(ids[0]!)] : together(db, () => ids.map(headOf))),
    ...holderReader(db, names),
    at(id, t) {
      const row = at.get((t + 1) * places, id)
      if (row === undefined || row[3] === null) return null
      const [type, fromT, createdT, document] = row
      return { id, type: names.nameOf(type), fromT, createdT, document: documentOf(document) }
    },
    versions: id => versions.all(id).map(([fromT, text]) => ({ fromT, document: documentOf(text) })),
    ids: typeLister(db, names),
  }
}

function headReader(db: DatabaseSync, names: Names, keys: Keys | null): (id: string) => Head {
  const select = prepare<HeadRow>(
    db,
    `SELECT e.key, e.type, e.created_t, max(ifnull(v.version, 0), ${otherVersion("e.key")}),
            v.pos / ${places}, v.document
       FROM entities e LEFT JOIN versions v ON v.pos = (SELECT max(pos) FROM versions WHERE entity = e.key)
      WHERE e.id = ?`,
  )
  return id => {
    const row = select.get(id)
    if (row === undefined) return { id, type: "", version: 0, t: 0, document: null }
    const [key, type, createdT, version, t, document] = row
    keys?.note(id, { key, type, version, createdT })
    return { id, type: names.nameOf(type), version, t: t ?? 0, document: documentOf(document) }
  }
}

function typeLister(db: DatabaseSync, names: Names): EntityStore["ids"] {
  const placeOf = prepare<[number, number]>(db, "SELECT created_t, key FROM entities WHERE id = ? AND created_t > 0")
  const select = prepare<[string]>(
    db,
    `SELECT e.id FROM entities e
      WHERE e.type = ?1 AND (e.created_t, e.key) > (?2, ?3) AND e.created_t <= ?4
        AND (SELECT document IS NOT NULL FROM versions WHERE entity = e.key AND pos < (?4 + 1) * ${places}
              ORDER BY pos DESC LIMIT 1)
      ORDER BY e.created_t, e.key LIMIT ?5`,
  )
  return (type, t, { after, limit }) => {
    const key = names.known(type)
    const place = after === undefined ? ([0, 0] as const) : placeOf.get(after)
    if (key === null || place === undefined) return []
    return select.all(key, place[0], place[1], t, limit).map(([id]) => id)
  }
}

function documentOf(text: string): Document
function documentOf(text: string | null): Document | null
function documentOf(text: string | null): Document | null {
  // What was written as a document is read as one.
  return text === null ? null : (JSON.parse(text) as Document)
}
