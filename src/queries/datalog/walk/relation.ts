import { canonicalJson, type Json } from "../../../kernel/json.ts"
import type { Steps } from "../../../kernel/steps.ts"
import type { Pace } from "../pace.ts"

/** A row of values, one for each variable of its relation. */
export type Row = readonly Json[]

/** Rows, each once, and the variables that their columns are. */
export type Relation = { readonly variables: readonly number[]; readonly rows: readonly Row[] }

/** The relation to begin with: nothing is bound, in one way. */
export const unit: Relation = { variables: [], rows: [[]] }

/** What a value is found by in a map: two values have the same key just when they are equal. */
export type Key = string | number | boolean

// A text that begins like the key of something else is told from it by being marked itself.
const mark = "\u0000"

/** The key of one value. */
export function keyOf(value: Json): Key {
  if (typeof value === "string") return value.startsWith(mark) ? `${mark}s${value}` : value
  if (typeof value === "number" || typeof value === "boolean") return value
  return `${mark}j${canonicalJson(value)}`
}

/** The key of some columns of a row. */
export function keyAt(row: Row, columns: readonly number[]): Key {
  const [first] = columns
  if (first === undefined) return ""
  if (columns.length === 1) return keyOf(row[first]!)
  let key = ""
  for (const column of columns) {
    const value = row[column]!
    key += typeof value === "number" ? `${value},` : `${canonicalJson(value)},`
  }
  return key
}

/** Rows by the key of some of their columns. */
export function indexed(rows: readonly Row[], columns: readonly number[]): Map<Key, Row[]> {
  const index = new Map<Key, Row[]>()
  for (const row of rows) {
    const key = keyAt(row, columns)
    const there = index.get(key)
    if (there === undefined) index.set(key, [row])
    else there.push(row)
  }
  return index
}

/** Each row once. */
export function distinct(rows: readonly Row[], width: number): readonly Row[] {
  if (rows.length < 2) return rows
  const columns = Array.from({ length: width }, (_, i) => i)
  const seen = new Set<Key>()
  return rows.filter(row => {
    const key = keyAt(row, columns)
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** Only some variables of a relation, in their order. Those it does not have are left out. */
export function project({ variables, rows }: Relation, onto: readonly number[]): Relation {
  const kept = onto.filter(variable => variables.includes(variable))
  if (kept.length === variables.length && kept.every((variable, i) => variable === variables[i])) {
    return { variables, rows }
  }
  const columns = kept.map(variable => variables.indexOf(variable))
  const narrowed = rows.map(row => columns.map(column => row[column]!))
  return { variables: kept, rows: kept.length === variables.length ? narrowed : distinct(narrowed, kept.length) }
}

// So many rows are made before it is looked whether there is time for more.
const rowsAtOnce = 4_096

/** All ways in which a row of one relation goes together with a row of the other. */
export function* joined(left: Relation, right: Relation, pace: Pace): Steps<Relation> {
  const shared = right.variables.filter(variable => left.variables.includes(variable))
  const added = right.variables.flatMap((variable, i) => (left.variables.includes(variable) ? [] : [i]))
  const mine = shared.map(variable => left.variables.indexOf(variable))
  const theirs = shared.map(variable => right.variables.indexOf(variable))
  const variables = [...left.variables, ...added.map(i => right.variables[i]!)]
  yield* pace.look()
  const index = indexed(right.rows, theirs)
  yield* pace.look()
  const rows: Row[] = []
  let looked = 0
  for (const row of left.rows) {
    for (const other of index.get(keyAt(row, mine)) ?? []) {
      rows.push(added.length === 0 ? row : [...row, ...added.map(i => other[i]!)])
      if (rows.length - looked < rowsAtOnce) continue
      pace.spend(rows.length - looked)
      looked = rows.length
      yield* pace.look()
    }
  }
  pace.spend(rows.length - looked)
  return { variables, rows }
}

/** The rows of a relation that go together with no row of another, which has no other variables. */
export function without(left: Relation, right: Relation): Relation {
  const columns = right.variables.map(variable => left.variables.indexOf(variable))
  const gone = indexed(
    right.rows,
    right.variables.map((_, i) => i),
  )
  return { variables: left.variables, rows: left.rows.filter(row => !gone.has(keyAt(row, columns))) }
}
