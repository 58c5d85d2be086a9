import type { DatabaseSync } from "node:sqlite"
import type { Json } from "../../kernel/json.ts"
import type { Fact, FactAttribute, FactStore } from "../../ports/facts.ts"
import { possible } from "../sql/spelled.ts"
import { exact, prepare, type Cell, type Statement } from "./driver.ts"
import type { Names } from "./names.ts"

type Row = [entity: number, value: number | string]

/** How many of something a statement is for. */
type Amount = "any" | "one" | "many"

/** Reads the facts of attributes whose values are rows. */
export function valueReader(db: DatabaseSync, names: Names): FactStore["facts"] {
  const statements = new Map<string, Statement<Row>>()

  function statement(entities: Amount, values: Amount, since: boolean): Statement<Row> {
    const shape = `${entities} ${values} ${since}`
    const known = statements.get(shape)
    if (known !== undefined) return known
    const sql = `SELECT v.entity, v.value FROM vals v WHERE v.attribute = ?1 AND v.to_t > ?2 AND v.from_t <= ?2
      ${since ? "AND v.from_t > ?3" : ""} ${conditions.entity[entities]} ${conditions.value[values]} LIMIT ?6`
    const prepared = prepare<Row>(db, sql)
    statements.set(shape, prepared)
    return prepared
  }

  return (attribute, { entities, values }, { t, since }, limit) => {
    const key = names.known(attribute.fullName)
    const sought = values === undefined ? undefined : [...new Set(possible(attribute, values))]
    if (key === null || entities?.length === 0 || sought?.length === 0) return []
    const facts: Fact[] = []
    for (const part of parts(sought)) {
      const asked = statement(amountOf(entities), amountOf(part), since !== undefined)
      const cells: Cell[] = [key, t, since ?? null, cellOf(entities), cellOf(part), limit - facts.length]
      for (const [entity, value] of asked.all(...cells)) facts.push([entity, meant(attribute, value)])
      if (facts.length >= limit) break
    }
    return facts
  }
}

const conditions = {
  entity: { any: "", one: "AND v.entity = ?4", many: "AND v.entity IN (SELECT value FROM json_each(?4))" },
  value: { any: "", one: "AND v.value = ?5", many: "AND v.value IN (SELECT value FROM json_each(?5))" },
}

type Scalar = string | number | boolean

// A number with a fraction is not always read out of JSON as it was written, so it is handed over by itself.
function parts(values: readonly Scalar[] | undefined): readonly (readonly Scalar[] | undefined)[] {
  if (values === undefined || values.length === 1) return [values]
  const isApart = (value: Scalar) => typeof value === "number" && !Number.isSafeInteger(value)
  const together = values.filter(value => !isApart(value))
  return [...(together.length === 0 ? [] : [together]), ...values.filter(isApart).map(value => [value])]
}

function amountOf(list: readonly Scalar[] | undefined): Amount {
  return list === undefined ? "any" : list.length === 1 ? "one" : "many"
}

function cellOf(list: readonly Scalar[] | undefined): Cell {
  if (list === undefined) return null
  return list.length === 1 ? exact(list[0]!) : JSON.stringify(list)
}

/** A value as documents spell it. */
function meant({ type }: FactAttribute, value: number | string): Json {
  return type === "boolean" ? value === 1 : value
}
