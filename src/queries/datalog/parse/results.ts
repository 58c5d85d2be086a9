import { canonicalJson, type Json, type JsonObject } from "../../../kernel/json.ts"
import { limits } from "../../../kernel/limits.ts"
import type { FindShape, ParsedDatalog } from "../query.ts"
import { inside, malformed, unsupported, type Place } from "../refuse.ts"
import type { Cell } from "./draft.ts"
import type { ReadElement } from "./find.ts"
import type { Scope } from "./scope.ts"
import { isVariable } from "./terms.ts"

/** Reads the variables that keep rows apart. */
export function readWith(json: Json | undefined, scope: Scope, elements: readonly ReadElement[]): readonly Cell[] {
  if (json === undefined) return []
  const place: Place = { path: "/with", clause: json }
  if (!Array.isArray(json) || !json.every(isVariable)) throw malformed(place, '"with" is a list of variables')
  const names = json as readonly string[]
  if (new Set(names).size < names.length) throw malformed(place, 'Each variable is in "with" once')
  return names.map((name, i) => {
    const cell = scope.find(name)
    if (cell === undefined || !scope.binds(name)) throw malformed(inside(place, i), `Nothing binds ${name}`)
    if (elements.some(element => element.cell === cell && element.aggregate === undefined)) {
      throw malformed(inside(place, i), `${name} is found anyway: it is not in "with" too`)
    }
    return cell
  })
}

/** Reads the names of columns. */
export function readKeys(json: Json | undefined, shape: FindShape, columns: number): readonly string[] | null {
  if (json === undefined) return null
  const place: Place = { path: "/keys", clause: json }
  if (shape !== "relation" && shape !== "tuple") throw malformed(place, "Only rows have keys")
  if (!Array.isArray(json) || !json.every(key => typeof key === "string")) throw malformed(place, "Keys are texts")
  const keys = json as readonly string[]
  if (keys.length !== columns) throw malformed(place, `There are ${keys.length} keys for ${columns} columns`)
  if (new Set(keys).size < keys.length) throw malformed(place, "Each column has a key of its own")
  return keys
}

/** Reads by which columns rows are put in order. A column is named as it is in `find`, or by its key. */
export function readOrder(
  json: Json | undefined,
  elements: readonly ReadElement[],
  keys: Json | undefined,
): ParsedDatalog["order"] {
  if (json === undefined) return []
  const place: Place = { path: "/order", clause: json }
  if (!Array.isArray(json)) throw malformed(place, "The order is a list of columns, each with asc or desc")
  return (json as readonly Json[]).map((item, i) => {
    const at = inside(place, i, item)
    const [named, direction = "asc"] = (Array.isArray(item) && !isElement(item, elements) ? item : [item]) as Json[]
    if (direction !== "asc" && direction !== "desc") throw malformed(at, "Rows go up (asc) or down (desc)")
    const column = columnOf(named, elements, keys)
    if (column < 0) throw malformed(at, "Rows are put in order by what is found, or by a key of it")
    if (elements[column]?.aggregate?.name === "distinct")
      throw unsupported(at, "There is no order among sets of values")
    return { column, descending: direction === "desc" }
  })
}

function columnOf(named: Json | undefined, elements: readonly ReadElement[], keys: Json | undefined): number {
  const text = canonicalJson(named)
  const column = elements.findIndex(element => canonicalJson(element.written) === text)
  if (column >= 0 || !Array.isArray(keys)) return column
  return (keys as readonly Json[]).findIndex(key => key === named)
}

function isElement(item: Json, elements: readonly ReadElement[]): boolean {
  return elements.some(element => canonicalJson(element.written) === canonicalJson(item))
}

/** Reads how many rows are answered, and after which. */
export function readLimit(body: JsonObject): Pick<ParsedDatalog, "limit" | "after"> {
  const { limit, after } = body
  if (limit !== undefined && (typeof limit !== "number" || !Number.isSafeInteger(limit) || limit < 0)) {
    throw malformed({ path: "/limit", clause: limit }, "A limit is a whole number, 0 or more")
  }
  if (typeof limit === "number" && limit > limits.datalogRowsMax) {
    throw malformed({ path: "/limit", clause: limit }, `A limit is at most ${limits.datalogRowsMax}`)
  }
  if (after !== undefined && typeof after !== "string") {
    throw malformed({ path: "/after", clause: after }, "A cursor is a text, as it came with the page before")
  }
  return { limit: limit ?? null, after: after ?? null }
}
