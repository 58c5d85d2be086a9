import type { DatabaseSync } from "node:sqlite"
import type { Fact, FactStore } from "../../ports/facts.ts"
import { factsIn } from "../sql/spelled.ts"
import { prepare } from "./driver.ts"
import { stayReader } from "./fact-stays.ts"
import type { Names } from "./names.ts"
import { places } from "../sql/places.ts"

// How many entities are looked at in one step.
const pageSize = 1_000

type Row = [entity: number, now: string | null, before: string | null, created: number]

/** Reads the facts of attributes whose values stand in documents only. */
export function pieceReader(db: DatabaseSync, names: Names): FactStore["facts"] {
  const at = (t: string) => `(SELECT document -> ?1 FROM versions WHERE entity = e.key AND pos < (${t} + 1) * ${places}
    ORDER BY pos DESC LIMIT 1)`
  const columns = `e.key, ${at("?2")}, CASE WHEN ?3 IS NOT NULL THEN ${at("?3")} END, e.created_t`
  const some = prepare<Row>(
    db,
    `SELECT ${columns} FROM (SELECT DISTINCT value FROM json_each(?4)) j CROSS JOIN entities e ON e.key = j.value
      WHERE e.type IN (SELECT value FROM json_each(?5))`,
  )
  const one = prepare<Row>(
    db,
    `SELECT ${columns} FROM entities e WHERE e.key = ?4 AND e.type IN (SELECT value FROM json_each(?5))`,
  )
  const all = prepare<Row>(
    db,
    `SELECT ${columns} FROM entities e
      WHERE e.type = ?4 AND (e.created_t, e.key) > (?5, ?6) AND e.created_t <= ?2
      ORDER BY e.created_t, e.key LIMIT ${pageSize}`,
  )
  const stayed = stayReader(db)

  function* pages(types: readonly number[], path: string, t: number, since: number | null): Generator<Row[]> {
    for (const type of types) {
      let last: Row | undefined
      do {
        const page = all.all(path, t, since, type, last?.[3] ?? 0, last?.[0] ?? 0)
        yield page
        last = page.length < pageSize ? undefined : page.at(-1)
      } while (last !== undefined)
    }
  }

  return (attribute, { entities, values }, { t, since = null }, limit) => {
    const types = attribute.types.map(type => names.known(type)).filter(type => type !== null)
    const path = `$.${JSON.stringify(attribute.name)}`
    const facts = (rows: readonly Row[]) =>
      factsIn(
        attribute,
        rows.map(row => [row[0], row[1], since === null ? [] : stayed(attribute, row, t, since)]),
        values,
      )
    if (entities !== undefined) {
      const rows =
        entities.length === 1
          ? one.all(path, t, since, entities[0]!, JSON.stringify(types))
          : some.all(path, t, since, JSON.stringify(entities), JSON.stringify(types))
      return facts(rows).slice(0, limit)
    }
    const found: Fact[] = []
    for (const page of pages(types, path, t, since)) {
      found.push(...facts(page))
      if (found.length >= limit) break
    }
    return found.slice(0, limit)
  }
}
