import type { Json } from "../../../kernel/json.ts"
import type { Column } from "../../../ports/datalog.ts"
import type { Aggregate, FindElement, FindShape } from "../query.ts"
import { inside, malformed, unsupported, type Place } from "../refuse.ts"
import type { Cell } from "./draft.ts"
import type { Scope } from "./scope.ts"
import { isVariable } from "./terms.ts"

const plainAggregates = ["count", "countDistinct", "sum", "avg", "min", "max", "median", "distinct"] as const
type PlainAggregate = (typeof plainAggregates)[number]

/** One element of a find, with the variable it is about. */
export type ReadElement = Omit<FindElement, "decimal" | "variable" | "path"> & {
  readonly cell: Cell
  readonly place: Place
}

/** What a constant input is: the number of a `min`, the pattern of a pull. */
export type Constants = ReadonlyMap<string, Json>

/** Reads what is to be found, in one of four forms. */
export function readFind(
  json: Json | undefined,
  scope: Scope,
  constants: Constants,
): { readonly shape: FindShape; readonly elements: readonly ReadElement[] } {
  const place: Place = { path: "/find", clause: json }
  if (!Array.isArray(json) || json.length === 0) throw malformed(place, "A query says what to find in a list")
  const items = json as readonly Json[]
  const read = (item: Json, at: Place) => readElement(item, scope, constants, at)
  const [first] = items
  if (items.length === 2 && items[1] === ".") return { shape: "scalar", elements: [read(first!, inside(place, 0))] }
  if (items.length === 1 && Array.isArray(first) && !isAggregate(first as readonly Json[])) {
    const inner = first as readonly Json[]
    const at = inside(place, 0)
    if (inner.length === 2 && inner[1] === "...") {
      return { shape: "collection", elements: [read(inner[0]!, inside(at, 0))] }
    }
    if (inner.length === 0) throw malformed(at, "A row of nothing")
    return { shape: "tuple", elements: inner.map((item, i) => read(item, inside(at, i))) }
  }
  return { shape: "relation", elements: items.map((item, i) => read(item, inside(place, i))) }
}

// A list in a list is a row of elements, unless it begins with the name of what is made of a variable.
function isAggregate(items: readonly Json[]): boolean {
  return typeof items[0] === "string" && !items[0].startsWith("?")
}

function readElement(json: Json, scope: Scope, constants: Constants, place: Place): ReadElement {
  if (isVariable(json)) return { cell: known(json, scope, place), written: json, place }
  if (!Array.isArray(json)) throw malformed(place, "What is found is a variable, an aggregate or a pull")
  const [name, ...rest] = json as readonly Json[]
  if (typeof name !== "string") throw malformed(place, "The name of an aggregate comes first")
  const variable = name === "pull" ? rest[0] : rest.at(-1)
  if (!isVariable(variable)) throw malformed(place, `${name} is of a variable`)
  const cell = known(variable, scope, place)
  if (name === "pull") return { cell, written: json, place, pull: readPull(rest, cell, constants, place) }
  return { cell, written: json, place, aggregate: readAggregate(name, rest, cell, constants, place) }
}

function known(name: string, scope: Scope, place: Place): Cell {
  const cell = scope.find(name)
  if (cell === undefined || !scope.binds(name)) throw malformed(place, `Nothing binds ${name}, which is to be found`)
  return cell
}

function readPull(rest: readonly Json[], cell: Cell, constants: Constants, place: Place): Json {
  if (rest.length !== 2) throw malformed(place, "pull takes a variable and a pattern")
  cell.sort.isEntity()
  const [, pattern] = rest
  const given = isVariable(pattern) ? constants.get(pattern) : pattern
  if (given === undefined) throw malformed(place, "The pattern of a pull is a list, or an input of one value")
  return given
}

function readAggregate(
  name: string,
  rest: readonly Json[],
  { sort }: Cell,
  constants: Constants,
  place: Place,
): Aggregate {
  if (!plainAggregates.includes(name as PlainAggregate)) {
    throw unsupported(place, `There is no aggregate ${name}; known are ${plainAggregates.join(", ")}`)
  }
  if (!["count", "countDistinct", "distinct"].includes(name)) sort.isValue()
  if (rest.length === 1) return { name: name as PlainAggregate }
  if (rest.length !== 2 || (name !== "min" && name !== "max")) {
    throw malformed(place, `${name} is of one variable`)
  }
  const [first] = rest
  const count = isVariable(first) ? constants.get(first) : first
  if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 1) {
    throw malformed(place, `${name} keeps a whole number of values, from 1 on`)
  }
  return { name: name === "min" ? "least" : "greatest", count }
}

// What a store makes of values it may make only where it is known what they are.
const inStore: readonly string[] = ["count", "countDistinct", "sum", "avg", "min", "max"]

/**
 * What a store is asked for; null: the rows without aggregates, of which they are made afterwards. Nor does a store drop what
 * keeps rows apart (`keepsApart`) where nothing is made of them.
 */
export function columnsOf(elements: readonly ReadElement[], keepsApart: boolean): readonly Column[] | null {
  if (keepsApart && elements.every(element => element.aggregate === undefined)) return null
  const columns: Column[] = []
  for (const { cell, aggregate } of elements) {
    const variable = cell.number
    if (aggregate === undefined) columns.push({ variable })
    else if (!inStore.includes(aggregate.name)) return null
    else if (!aggregate.name.startsWith("count") && !cell.sort.isNumber) return null
    else columns.push({ variable, aggregate: aggregate.name as NonNullable<Column["aggregate"]> })
  }
  return columns
}
