import { isObject, type Json, type JsonObject } from "../kernel/json.ts"
import type { Catalog } from "./catalog.ts"
import { at, type Faults } from "./faults.ts"

/** What every part of the check works with: the names there are, and the faults so far. */
export type Checking = { readonly catalog: Catalog; readonly faults: Faults }

/** Where an attribute stands: in an entity or an abstract, which short names in its rules belong to, or in a type. */
export type AttributePlace = { readonly path: string; readonly owner: string | null; readonly checking: Checking }

/** Some JSON, or a part of it that is not there. */
export type Part = Json | undefined

/** The value as an object; null, with a fault, if it is something else. */
export function asObject(value: Part, noun: string, path: string, faults: Faults): JsonObject | null {
  if (isObject(value)) return value
  faults.add(path, value === undefined ? "required" : "type", `${noun} is an object`)
  return null
}

/** The value as a list; null, with a fault, if it is something else. */
export function asList(value: Part, noun: string, path: string, faults: Faults): readonly Json[] | null {
  if (Array.isArray(value)) return value
  faults.add(path, value === undefined ? "required" : "type", `${noun} is a list`)
  return null
}

/** The members of an object that may be left out, each with its path. */
export function members(
  holder: JsonObject,
  key: string,
  noun: string,
  path: string,
  faults: Faults,
): readonly Member[] {
  if (holder[key] === undefined) return []
  const table = asObject(holder[key], noun, at(path, key), faults)
  return Object.entries(table ?? {}).map(([name, value]) => ({
    name,
    value: value ?? null,
    path: at(at(path, key), name),
  }))
}

/** One member of an object, or one item of a list. */
export type Member = { readonly name: string; readonly value: Json; readonly path: string }

/** The items of a list that may be left out, each with its path. */
export function items(holder: JsonObject, key: string, noun: string, path: string, faults: Faults): readonly Member[] {
  if (holder[key] === undefined) return []
  const list = asList(holder[key], noun, at(path, key), faults)
  return (list ?? []).map((value, i) => ({ name: String(i), value, path: at(at(path, key), i) }))
}

/** Checks members that are true or false, where they are there. */
export function checkFlags(holder: JsonObject, keys: readonly string[], path: string, faults: Faults): void {
  for (const key of keys) {
    const value = holder[key]
    if (value !== undefined && typeof value !== "boolean") faults.add(at(path, key), "type", `${key} is true or false`)
  }
}

/** Checks members that are text, where they are there. */
export function checkTexts(holder: JsonObject, keys: readonly string[], path: string, faults: Faults): void {
  for (const key of keys) {
    const value = holder[key]
    if (value !== undefined && typeof value !== "string") faults.add(at(path, key), "type", `${key} is a string`)
  }
}

/** Whether something is 1, 2, 3 … */
export function isCount(value: Part): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1
}
