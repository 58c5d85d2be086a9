import { limits } from "../../kernel/limits.ts"
import type { T } from "../../kernel/message.ts"
import { assert } from "../../kernel/refusal.ts"
import type { EntityKey, FactStore, KeyedEntity } from "../../ports/facts.ts"
import { keyed } from "../sql/kept-entities.ts"
import { recent } from "../sql/recent.ts"
import type { Ask, Cell } from "./driver.ts"
import { pieceReader } from "./fact-pieces.ts"
import { valueReader } from "./fact-values.ts"
import type { Names } from "./names.ts"
import { places } from "../sql/places.ts"
import type { Tidings } from "./tidings.ts"
import { bigints, texts, type Value } from "./wire.ts"

/** The facts, and which key an id has that was read lately. */
export type PostgresFacts = FactStore & { readonly keyOf: (id: string) => EntityKey | undefined }

/** Reads entities and the values of their attributes by their keys. */
export function factStore(read: Ask, names: Names, tidings: Tidings): PostgresFacts {
  const { keys, ids, keyOf, note } = keyFinder(read, names, tidings)
  const { kept } = tidings
  const pieces = pieceReader(read, names, keys, kept)
  const values = valueReader(read, names, { pieces, ids })
  return {
    keyOf,
    keys,
    async ids(wanted) {
      const found = await ids(wanted)
      found.forEach((id, i) => assert(id !== null, `no id has the key ${wanted[i]}`))
      return found as string[]
    },
    types: typeFinder(read, names, tidings),
    entities: entityReader(read, names, tidings, note),
    lastSeen: lastSeenFinder(read),
    ofType: typeWalker(read, names),
    facts: async (attribute, filter, moment, limit) => {
      // Rows are found by their values, not by their entities: those are asked for what they are.
      const isKept =
        moment.since === undefined && filter.entities?.every(key => kept.typeAt(key, moment.t) !== undefined)
      const byValue = attribute.lookup && !isKept && (filter.values !== undefined || filter.entities === undefined)
      return byValue ? values.sought(attribute, filter, moment, limit) : values.held(attribute, filter, moment, limit)
    },
  }
}

// So many ids are looked up with what they are now; of more, nobody knows whether that is wanted of all.
const togetherMax = 64

// An id never changes its key, so what was read once need not be read again.
function keyFinder(read: Ask, names: Names, { kept, toldTo }: Tidings): Finders {
  const byId = recent<string, EntityKey>(limits.keysCachedMax)
  const byKey = recent<EntityKey, string>(limits.keysCachedMax)

  function note(key: EntityKey, id: string): void {
    byId.set(id, key)
    byKey.set(key, id)
  }

  async function look(sql: string, wanted: Value): Promise<ReadonlyMap<string | EntityKey, string | EntityKey>> {
    const found = new Map<string | EntityKey, string | EntityKey>()
    for (const [key, id] of await read<[number, string]>(sql, [wanted])) {
      note(key, id)
      found.set(id, key).set(key, id)
    }
    return found
  }

  // Whoever asks for a key most often asks for the entity next: one way there and back instead of two.
  async function lookTogether(ids: readonly string[], ahead: readonly string[]) {
    const before = toldTo()
    const rows = await newestRows(read, ids, ahead)
    await names.spell(
      read,
      rows.map(row => row[2]),
    )
    const found = new Map<string, EntityKey>()
    for (const [key, id, type, fromT, createdT, text] of rows) {
      note(key, id)
      found.set(id, key)
      // If something was committed meanwhile, it may be about this one.
      if (text === null || createdT === null || toldTo() !== before) continue
      kept.keep({ key, id, type: names.nameOf(type), fromT, createdT, text }, Infinity)
    }
    return found
  }

  return {
    keyOf: id => byId.get(id),
    note,
    async keys(ids, ahead = []) {
      const known = ids.map(id => byId.get(id))
      const missing = ids.filter((_, i) => known[i] === undefined)
      if (missing.length === 0) return known as EntityKey[]
      const found =
        missing.length <= togetherMax
          ? await lookTogether(missing, ahead)
          : await look("SELECT key, id FROM @.entities WHERE id = ANY($1)", texts(missing))
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

/** The entities of some ids as they are now; with `ahead`, what these refs of each point at as well. */
async function newestRows(read: Ask, ids: readonly string[], ahead: readonly string[]): Promise<readonly NewestRow[]> {
  if (ahead.length === 0) return read<NewestRow>(newestById, [texts(ids)])
  try {
    return await read<NewestRow>(newestWithTargets, [texts(ids), texts(ahead)])
  } catch {
    // There are signs that a document may have, and that stop PostgreSQL from reading it.
    return read<NewestRow>(newestById, [texts(ids)])
  }
}

type Finders = {
  readonly keyOf: (id: string) => EntityKey | undefined
  readonly note: (key: EntityKey, id: string) => void
  readonly keys: (ids: readonly string[], ahead?: readonly string[]) => Promise<(EntityKey | null)[]>
  readonly ids: (keys: readonly EntityKey[]) => Promise<readonly (string | null)[]>
}

type NewestRow = [
  key: number,
  id: string,
  type: number,
  fromT: number,
  createdT: number | null,
  document: string | null,
]

const newestOf = `LEFT JOIN LATERAL (
    SELECT pos, document FROM @.versions WHERE entity = e.key ORDER BY pos DESC LIMIT 1
  ) AS v ON true`
const newestColumns = `e.key, e.id, e.type, v.pos / ${places} AS from_t, e.created_t, v.document`
const newestById = `SELECT ${newestColumns} FROM @.entities AS e ${newestOf} WHERE e.id = ANY($1::text[])`

// A list of targets is no id, and is asked for as others are.
const newestWithTargets = `WITH found AS MATERIALIZED (${newestById})
  SELECT * FROM found UNION ALL SELECT ${newestColumns} FROM (
    SELECT btrim((f.document::json -> a.name)::text, '"') AS id FROM found AS f CROSS JOIN unnest($2::text[]) AS a(name)
  ) AS w CROSS JOIN LATERAL (SELECT * FROM @.entities WHERE id = w.id OFFSET 0) AS e ${newestOf}`

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

function typeFinder(read: Ask, names: Names, { kept }: Tidings): FactStore["types"] {
  return async (keys, t) => {
    const known = keys.map(key => kept.typeAt(key, t))
    const missing = keys.filter((_, i) => known[i] === undefined)
    if (missing.length === 0) return known as string[]
    const rows = await newest<[number, number, boolean]>(read, "e.key, e.type, v.document IS NOT NULL", missing, t)
    await names.spell(
      read,
      rows.map(([, type]) => type),
    )
    const found = new Map(rows.map(([key, type, is]) => [key, is ? names.nameOf(type) : null]))
    return keys.map((key, i) => known[i] ?? found.get(key) ?? null)
  }
}

type EntityRow = [key: number, id: string, type: number, fromT: number, createdT: number, document: string | null]

function entityReader(read: Ask, names: Names, { kept }: Tidings, note: Finders["note"]): FactStore["entities"] {
  const columns = `e.key, e.id, e.type, v.pos / ${places}, e.created_t, v.document`
  return async (keys, t) => {
    const known = keys.map(key => kept.at(key, t))
    const missing = keys.filter((_, i) => known[i] === undefined)
    if (missing.length === 0) return known as KeyedEntity[]
    const rows = await newest<EntityRow>(read, columns, missing, t)
    await names.spell(
      read,
      rows.map(row => row[2]),
    )
    const found = new Map<EntityKey, KeyedEntity>()
    for (const [key, id, type, fromT, createdT, text] of rows) {
      if (text === null) continue
      const entity = { key, id, type: names.nameOf(type), fromT, createdT, text }
      note(key, id)
      kept.keep(entity, t)
      found.set(key, keyed(entity))
    }
    return keys.map((key, i) => known[i] ?? found.get(key) ?? null)
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
