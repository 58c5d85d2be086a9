import type { DatabaseSync } from "node:sqlite"
import { limits } from "../../kernel/limits.ts"
import type { T } from "../../kernel/message.ts"
import { assert } from "../../kernel/refusal.ts"
import type { EntityKey, FactStore, KeyedEntity } from "../../ports/facts.ts"
import { prepare, type Cell } from "./driver.ts"
import { pieceReader } from "./fact-pieces.ts"
import { valueReader } from "./fact-values.ts"
import type { Names } from "./names.ts"
import { keyed, type KeptEntities } from "../sql/kept-entities.ts"
import { places } from "../sql/places.ts"
import { recent } from "../sql/recent.ts"

/** The newest row of an entity's versions at a t; `e.key` and the t must be given. */
const newest = `(SELECT max(pos) FROM versions WHERE entity = e.key AND pos < (?2 + 1) * ${places})`
const exists = `(SELECT document IS NOT NULL FROM versions WHERE entity = e.key AND pos < (?2 + 1) * ${places}
  ORDER BY pos DESC LIMIT 1)`

/** Reads entities and the values of their attributes by their keys. `kept`: null where others may write. */
export function factStore(db: DatabaseSync, names: Names, kept: KeptEntities | null): FactStore {
  const pieces = pieceReader(db, names)
  const values = valueReader(db, names)
  return {
    keys: keyFinder(db, names, kept),
    ids: idFinder(db),
    types: typeFinder(db, names),
    entities: entityReader(db, names, kept),
    lastSeen: lastSeenFinder(db),
    ofType: typeWalker(db, names),
    facts: (attribute, filter, moment, limit) => (attribute.lookup ? values : pieces)(attribute, filter, moment, limit),
  }
}

/** Up to so many, each is asked for by itself: that costs less than to say them all in JSON and to read that again. */
const fewMax = 8

/**
 * Answers for each of some keys, in their order. `?1` stands for a key; asked about many, it is read out of JSON, and the
 * first column of each row tells whose it is.
 */
function each<Row extends readonly Cell[]>(db: DatabaseSync, columns: string, from: string) {
  const one = prepare<Row>(db, `SELECT ${columns} FROM entities e ${from} e.key = ?1`)
  const many = prepare<Row>(db, `SELECT ${columns} FROM json_each(?1) j CROSS JOIN entities e ${from} e.key = j.value`)
  return <Result>(keys: readonly EntityKey[], t: T | null, result: (row: Row) => Result): (Result | null)[] => {
    const rest = t === null ? [] : [t]
    if (keys.length <= fewMax) {
      return keys.map(key => {
        const row = one.get(key, ...rest)
        return row === undefined ? null : result(row)
      })
    }
    // In their order, which is that of their pages.
    const inOrder = JSON.stringify(keys.toSorted((a, b) => a - b))
    const found = new Map(many.all(inOrder, ...rest).map(row => [row[0], result(row)]))
    return keys.map(key => found.get(key) ?? null)
  }
}

type EntityRow = [key: number, id: string, type: number, fromT: number, createdT: number, document: string | null]

function keyFinder(db: DatabaseSync, names: Names, kept: KeptEntities | null): FactStore["keys"] {
  // An id that was ever committed never changes its key, and nobody asks while something is being committed.
  const known = recent<string, EntityKey>(limits.keysCachedMax)
  // Whoever asks for a key most often asks for the entity next: together they cost two thirds of one after the other.
  const one = prepare<EntityRow>(
    db,
    `SELECT e.key, e.id, e.type, v.pos / ${places}, e.created_t, v.document FROM entities e
       LEFT JOIN versions v ON v.pos = (SELECT max(pos) FROM versions WHERE entity = e.key) WHERE e.id = ?`,
  )
  const many = prepare<[number, string]>(
    db,
    "SELECT e.key, e.id FROM json_each(?) j CROSS JOIN entities e ON e.id = j.value",
  )

  function* rowsOf(ids: readonly string[]): Generator<readonly [EntityKey, string]> {
    if (ids.length > fewMax) return yield* many.all(JSON.stringify(ids))
    for (const id of ids) {
      const row = one.get(id)
      if (row === undefined) continue
      const [key, , type, fromT, createdT, text] = row
      if (text !== null) kept?.keep({ key, id, type: names.nameOf(type), fromT, createdT, text }, Infinity)
      yield [key, id]
    }
  }

  return ids => {
    const keys = ids.map(id => known.get(id) ?? null)
    if (!keys.includes(null)) return keys
    const found = new Map<string, EntityKey>()
    for (const [key, id] of rowsOf(ids.filter((_, i) => keys[i] === null))) {
      known.set(id, key)
      found.set(id, key)
    }
    return ids.map((id, i) => keys[i] ?? found.get(id) ?? null)
  }
}

function idFinder(db: DatabaseSync): FactStore["ids"] {
  const known = recent<EntityKey, string>(limits.keysCachedMax)
  const ask = each<[number, string]>(db, "e.key, e.id", "WHERE")
  return keys => {
    const ids = keys.map(key => known.get(key) ?? null)
    if (!ids.includes(null)) return ids as string[]
    const missing = keys.filter((_, i) => ids[i] === null)
    const found = new Map<EntityKey, string>()
    ask(missing, null, ([key, id]) => {
      known.set(key, id)
      found.set(key, id)
    })
    return keys.map((key, i) => {
      const id = ids[i] ?? found.get(key)
      assert(id !== undefined, `no id has the key ${key}`)
      return id
    })
  }
}

function typeFinder(db: DatabaseSync, names: Names): FactStore["types"] {
  const ask = each<[number, number, number | null]>(db, `e.key, e.type, ${exists}`, "WHERE")
  return (keys, t) => ask(keys, t, ([, type, is]) => (is === 1 ? names.nameOf(type) : null))
}

function entityReader(db: DatabaseSync, names: Names, kept: KeptEntities | null): FactStore["entities"] {
  const ask = each<EntityRow>(
    db,
    `e.key, e.id, e.type, v.pos / ${places}, e.created_t, v.document`,
    `CROSS JOIN versions v ON v.pos = ${newest} WHERE`,
  )
  const read = (keys: readonly EntityKey[], t: T) =>
    ask(keys, t, ([key, id, type, fromT, createdT, text]): KeyedEntity | null => {
      if (text === null) return null
      const entity = { key, id, type: names.nameOf(type), fromT, createdT, text }
      kept?.keep(entity, t)
      return keyed(entity)
    })
  if (kept === null) return read
  return (keys, t) => {
    const found = keys.map(key => kept.at(key, t))
    if (!found.includes(undefined)) return found as readonly KeyedEntity[]
    const missing = read(
      keys.filter((_, i) => found[i] === undefined),
      t,
    )
    let next = 0
    return found.map(entity => entity ?? missing[next++] ?? null)
  }
}

function lastSeenFinder(db: DatabaseSync): FactStore["lastSeen"] {
  // Where the newest row says that it is gone, it was last there just before that row.
  const ask = each<[number, number, number]>(
    db,
    `e.key, v.pos / ${places}, v.document IS NOT NULL`,
    `CROSS JOIN versions v ON v.pos = ${newest} WHERE`,
  )
  return (keys, t) => ask(keys, t, ([, fromT, is]) => (is === 1 ? t : fromT - 1))
}

function typeWalker(db: DatabaseSync, names: Names): FactStore["ofType"] {
  // Who is there is looked up in the order of keys, and only for as many as are asked for.
  const first = prepare<[number]>(
    db,
    `SELECT e.key FROM (
       SELECT key FROM entities WHERE type = ?1 AND created_t <= ?2 ORDER BY key LIMIT -1
     ) e WHERE e.key > ?3 AND ${exists} LIMIT ?4`,
  )
  // Whoever asks for more has got a page full: there are so many of the type that the next ones are near.
  const next = prepare<[number]>(
    db,
    `SELECT e.key FROM entities e
      WHERE e.created_t <= ?2 AND e.key > ?3 AND +e.type = ?1 AND ${exists} ORDER BY e.key LIMIT ?4`,
  )
  return (type, t, { after, limit }) => {
    const key = names.known(type)
    if (key === null) return []
    return (after === undefined ? first : next).all(key, t, after ?? 0, limit).map(([entity]) => entity)
  }
}
