import type { Document } from "../../kernel/entity.ts"
import { limits } from "../../kernel/limits.ts"
import type { T } from "../../kernel/message.ts"
import { assert } from "../../kernel/refusal.ts"
import type { EntityKey, FactStore, KeyedEntity } from "../../ports/facts.ts"
import { recent } from "../sql/recent.ts"
import type { Ask, Cell } from "./driver.ts"
import { pieceReader } from "./fact-pieces.ts"
import { valueReader } from "./fact-values.ts"
import type { Names } from "./names.ts"
import { places } from "../sql/places.ts"
import { bigints, texts, type Value } from "./wire.ts"

/** Reads entities and the values of their attributes by their keys. */
export function factStore(read: Ask, names: Names): FactStore {
  const { keys, ids } = keyFinder(read)
  const pieces = pieceReader(read, names, keys)
  const values = valueReader(read, names, { pieces, ids })
  return {
    keys,
    async ids(wanted) {
      const found = await ids(wanted)
      found.forEach((id, i) => assert(id !== null, `no id has the key ${wanted[i]}`))
      return found as string[]
    },
    types: typeFinder(read, names),
    entities: entityReader(read, names),
    lastSeen: lastSeenFinder(read),
    ofType: typeWalker(read, names),
    facts: async (attribute, filter, moment, limit) => {
      // Rows are found by their values, not by their entities: those are asked for what they are.
      const byValue = attribute.lookup && (filter.values !== undefined || filter.entities === undefined)
      return byValue ? values.sought(attribute, filter, moment, limit) : values.held(attribute, filter, moment, limit)
    },
  }
}

// An id never changes its key, so what was read once need not be read again.
function keyFinder(read: Ask): Finders {
  const byId = recent<string, EntityKey>(limits.keysCachedMax)
  const byKey = recent<EntityKey, string>(limits.keysCachedMax)

  async function look(sql: string, wanted: Value): Promise<ReadonlyMap<string | EntityKey, string | EntityKey>> {
    const found = new Map<string | EntityKey, string | EntityKey>()
    for (const [key, id] of await read<[number, string]>(sql, [wanted])) {
      byId.set(id, key)
      byKey.set(key, id)
      found.set(id, key).set(key, id)
    }
    return found
  }

  return {
    async keys(ids) {
      const known = ids.map(id => byId.get(id))
      const missing = ids.filter((_, i) => known[i] === undefined)
      if (missing.length === 0) return known as EntityKey[]
      const found = await look("SELECT key, id FROM @.entities WHERE id = ANY($1)", texts(missing))
      return ids.map((id, i) => known[i] ?? (found.get(id) as EntityKey | undefined) ?? null)
    },
    async ids(keys) {
      const known = keys.map(key => byKey.get(key))
      const missing = keys.filter((_, i) => known[i] === undefined)
      if (missing.length === 0) return known as string[]
      const found = await look("SELECT key, id FROM @.entities WHERE key = ANY($1)", bigints(missing))
      return keys.map((key, i) => known[i] ?? (found.get(key) as string | undefined) ?? null)
    },
  }
}

type Finders = {
  readonly keys: (ids: readonly string[]) => Promise<(EntityKey | null)[]>
  readonly ids: (keys: readonly EntityKey[]) => Promise<readonly (string | null)[]>
}

/** One row for each entity that has a version at a t: the newest then. */
async function newest<Row extends readonly Cell[]>(read: Ask, columns: string, keys: readonly EntityKey[], t: T) {
  return read<Row>(
    `SELECT ${columns} FROM unnest($1::bigint[]) AS w(key)
       CROSS JOIN LATERAL (SELECT * FROM @.entities WHERE key = w.key OFFSET 0) AS e
       CROSS JOIN LATERAL (
         SELECT pos, document FROM @.versions WHERE entity = w.key AND pos < $2 ORDER BY pos DESC LIMIT 1
       ) AS v`,
    [bigints([...new Set(keys)]), (t + 1) * places],
  )
}

function typeFinder(read: Ask, names: Names): FactStore["types"] {
  return async (keys, t) => {
    const rows = await newest<[number, number, boolean]>(read, "e.key, e.type, v.document IS NOT NULL", keys, t)
    await names.spell(
      read,
      rows.map(([, type]) => type),
    )
    const found = new Map(rows.map(([key, type, is]) => [key, is ? names.nameOf(type) : null]))
    return keys.map(key => found.get(key) ?? null)
  }
}

type EntityRow = [key: number, id: string, type: number, fromT: number, createdT: number, document: string | null]

function entityReader(read: Ask, names: Names): FactStore["entities"] {
  const columns = `e.key, e.id, e.type, v.pos / ${places}, e.created_t, v.document`
  return async (keys, t) => {
    const rows = await newest<EntityRow>(read, columns, keys, t)
    await names.spell(
      read,
      rows.map(row => row[2]),
    )
    const found = new Map<EntityKey, KeyedEntity>()
    for (const [key, id, type, fromT, createdT, text] of rows) {
      if (text === null) continue
      // What was written as a document is read as one.
      const document = JSON.parse(text) as Document
      found.set(key, { key, id, type: names.nameOf(type), fromT, createdT, document })
    }
    return keys.map(key => found.get(key) ?? null)
  }
}

function lastSeenFinder(read: Ask): FactStore["lastSeen"] {
  const columns = `e.key, v.pos / ${places}, v.document IS NOT NULL`
  return async (keys, t) => {
    const rows = await newest<[number, number, boolean]>(read, columns, keys, t)
    // Where the newest row says that it is gone, it was last there just before that row.
    const found = new Map(rows.map(([key, fromT, is]) => [key, is ? t : fromT - 1]))
    return keys.map(key => found.get(key) ?? null)
  }
}

function typeWalker(read: Ask, names: Names): FactStore["ofType"] {
  return async (type, t, { after, limit }) => {
    await names.find(read, [type])
    const key = names.known(type)
    if (key === null) return []
    // Whoever asks for more has got a page full: there are so many of the type that the next ones are near.
    const typed = after === undefined ? "e.type = $1" : "e.type + 0 = $1"
    const rows = await read<[number]>(
      `SELECT e.key FROM @.entities AS e
        WHERE ${typed} AND e.created_t IS NOT NULL AND e.created_t <= $2 AND e.key > $3
          AND (SELECT document IS NOT NULL FROM @.versions WHERE entity = e.key AND pos < ($2 + 1) * ${places}
                ORDER BY pos DESC LIMIT 1)
        ORDER BY e.key LIMIT $4`,
      [key, t, after ?? 0, limit],
    )
    return rows.map(([entity]) => entity)
  }
}
