import { isObject, type Json, type JsonObject } from "../kernel/json.ts"
import { at } from "./faults.ts"

// Keywords by what stands behind them. Those of the same value look at the very value that their schema looks at.
const sameValue = {
  one: ["not", "if", "then", "else"],
  lists: ["allOf", "anyOf", "oneOf"],
  tables: ["dependentSchemas"],
}
const innerValue = {
  one: ["additionalProperties", "items", "contains", "propertyNames", "unevaluatedItems", "unevaluatedProperties"],
  lists: ["prefixItems"],
  tables: ["properties", "patternProperties"],
}
const noValue = { one: ["contentSchema"], lists: [], tables: ["$defs", "definitions"] }

type Keywords = Readonly<Record<"one" | "lists" | "tables", readonly string[]>>
type Part = { readonly schema: JsonObject; readonly place: string }

/** Visits a JSON Schema and all that it consists of; what it has in a `const`, an `enum` or an `x-…` is none of it. */
export function walk(schema: Json, place: string, visit: (schema: JsonObject, place: string) => void): void {
  if (!isObject(schema)) return
  visit(schema, place)
  for (const keywords of [sameValue, innerValue, noValue]) {
    for (const part of partsOf({ schema, place }, keywords)) walk(part.schema, part.place, visit)
  }
}

/** What a reference stands for: a JSON Schema within the same one; undefined: nothing. */
export function target(reference: string, root: JsonObject): Json | undefined {
  if (reference === "#") return root
  const found = reference.startsWith("#/") ? pointed(reference.slice(2), root) : anchored(reference.slice(1), root)
  return isObject(found) || typeof found === "boolean" ? found : undefined
}

/** The anchors of a JSON Schema, in order. */
export function anchorsIn(
  root: JsonObject,
): readonly { readonly name: string; readonly place: string; readonly schema: JsonObject }[] {
  const found: { name: string; place: string; schema: JsonObject }[] = []
  walk(root, "", (schema, place) => {
    for (const keyword of ["$anchor", "$dynamicAnchor"]) {
      const name = schema[keyword]
      if (typeof name === "string") found.push({ name, place: at(place, keyword), schema })
    }
  })
  return found
}

/** Where a JSON Schema comes back to itself without having gone any deeper into the value; null: nowhere. */
export function endlessAt(root: JsonObject): string | null {
  const done = new Set<JsonObject>()
  let endless: string | null = null
  const follow = (part: Part, trail: readonly JsonObject[]) => {
    if (trail.includes(part.schema)) endless ??= part.place
    if (endless !== null || done.has(part.schema)) return
    for (const next of [...partsOf(part, sameValue), ...referredTo(part, root)]) follow(next, [...trail, part.schema])
    done.add(part.schema)
  }
  walk(root, "", (schema, place) => follow({ schema, place }, []))
  return endless
}

function referredTo({ schema, place }: Part, root: JsonObject): readonly Part[] {
  return ["$ref", "$dynamicRef"].flatMap(keyword => {
    const reference = schema[keyword]
    const found = typeof reference === "string" ? target(reference, root) : undefined
    return isObject(found) ? [{ schema: found, place: at(place, keyword) }] : []
  })
}

function partsOf({ schema, place }: Part, { one, lists, tables }: Keywords): readonly Part[] {
  const parts = one.map(key => [at(place, key), schema[key]] as const)
  const inLists = lists.flatMap(key => {
    const list = schema[key]
    return Array.isArray(list) ? list.map((part: Json, i) => [at(at(place, key), i), part] as const) : []
  })
  const inTables = tables.flatMap(key => {
    const table = schema[key]
    return isObject(table) ? Object.entries(table).map(([name, part]) => [at(at(place, key), name), part] as const) : []
  })
  return [...parts, ...inLists, ...inTables].flatMap(([where, part]) =>
    isObject(part) ? [{ schema: part, place: where }] : [],
  )
}

function pointed(pointer: string, root: JsonObject): Json | undefined {
  let found: Json | undefined = root
  for (const part of pointer.split("/")) {
    const key = decoded(part)
    if (Array.isArray(found)) found = (found as readonly Json[])[Number(key)]
    else found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined
  }
  return found
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~")
  } catch {
    return part
  }
}

function anchored(name: string, root: JsonObject): Json | undefined {
  return anchorsIn(root).find(anchor => anchor.name === name)?.schema
}
