import type { DatabaseSync } from "node:sqlite"
import type { Document } from "../../kernel/entity.ts"
import type { Json, JsonObject } from "../../kernel/json.ts"
import type { Finding } from "../../ports/maintenance.ts"
import { compileSchema } from "../../schema/compile.ts"
import { lookedUpBy } from "../../schema/looked-up.ts"
import { parseSchema } from "../../schema/parse.ts"
import type { EntityType } from "../../schema/types.ts"
import { prepare } from "./driver.ts"
import { tOf } from "../sql/places.ts"
import type { Names } from "./names.ts"
import { inSlices, rowsPerSlice, type Check } from "./slices.ts"
import { still } from "./tables.ts"

type EntityRow = [key: number, id: string, type: number, pos: number, document: string]
type ValueRow = [attribute: number, value: string | number, refId: string | null]

/**
 * Whether every value that the schema says is looked up stands among those that are. Where it does not, nobody finds
 * the entity by it, and another may have the same although it is unique.
 */
export function* checkLookups(db: DatabaseSync, names: Names): Check {
  const types = entityTypes(db)
  const entities = prepare<EntityRow>(
    db,
    `SELECT e.key, e.id, e.type, v.pos, v.document
       FROM entities e JOIN versions v ON v.pos = (SELECT max(pos) FROM versions WHERE entity = e.key)
      WHERE e.key > ? AND v.document IS NOT NULL ORDER BY e.key LIMIT ${rowsPerSlice}`,
  )
  const values = prepare<ValueRow>(
    db,
    `SELECT attribute, value, (SELECT id FROM entities WHERE key = value AND attribute IN (SELECT attribute FROM refs))
       FROM vals WHERE entity = ? AND to_t = ${still}`,
  )

  function look([key, id, type, pos, text]: EntityRow): Finding[] {
    const entityType = types.get(names.nameOf(type))
    const document = parsed(text)
    if (document === null) return [{ check: "intervals", t: tOf(pos), sentence: `The document of ${id} is not JSON` }]
    const there = new Set(values.all(key).map(([a, value, refId]) => keyOf(names.nameOf(a), refId ?? value)))
    return wanted(entityType, document)
      .filter(([attribute, value]) => !there.has(keyOf(attribute, value)))
      .map(([attribute, value]) => {
        const sentence = `${id} has the value ${JSON.stringify(value)} of ${attribute}, but is not found by it`
        return { check: "intervals", t: tOf(pos), sentence }
      })
  }

  yield* inSlices<EntityRow>(
    last => entities.all(last?.[0] ?? 0),
    rows => rows.flatMap(look),
  )
}

/** The entity types of the schema that was in force last; none, if there was no schema yet. */
function entityTypes(db: DatabaseSync): ReadonlyMap<string, EntityType> {
  const newest = prepare<[string]>(db, "SELECT schema FROM schemas ORDER BY n DESC LIMIT 1").get()
  return newest === undefined ? new Map() : compileSchema(parseSchema(JSON.parse(newest[0]) as JsonObject)).entities
}

/** The values of a document that are looked up, as a row has them. */
function wanted(
  type: EntityType | undefined,
  document: Document,
): readonly [attribute: string, value: string | number][] {
  return (type?.lookups ?? []).flatMap(attribute => {
    const said = document[attribute.name]
    const all = attribute.many && Array.isArray(said) ? (said as readonly Json[]) : [said]
    return all.flatMap((one): [string, string | number][] => {
      const by = lookedUpBy(attribute.type, one)
      return by === undefined ? [] : [[attribute.fullName, typeof by === "boolean" ? Number(by) : by]]
    })
  })
}

function parsed(text: string): Document | null {
  try {
    // What was written as a document is read as one, if it is still there.
    return JSON.parse(text) as Document
  } catch {
    return null
  }
}

function keyOf(attribute: string, value: string | number): string {
  return `${attribute}\u0000${typeof value}\u0000${value}`
}
