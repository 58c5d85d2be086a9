import { isObject, type Json, type JsonObject } from "../kernel/json.ts"
import { schemaFaults } from "./ajv.ts"
import { dialect } from "./compile-message.ts"
import { at, type Faults } from "./faults.ts"
import { patternFault } from "./patterns.ts"

/**
 * Checks the JSON Schema of a message's data: that it is one, that it is whole by itself, and that its patterns can be
 * run on what anybody sends. What it says about the data is the application's.
 */
export function checkDataSchema(data: Json | undefined, path: string, faults: Faults): void {
  if (data === undefined || typeof data === "boolean") return
  if (!isObject(data)) return faults.add(path, "type", "The data of a message is described by a JSON Schema: an object")
  const before = faults.found.length
  checkDialect(data, path, faults)
  walk(data, "", (schema, place) => checkKeywords(schema, place, path, data, faults))
  // Ajv says what it finds in terms of the keywords; what was said above says it better.
  if (faults.found.length > before) return
  const found = new Map(schemaFaults(data).map(fault => [fault.path, fault]))
  for (const fault of found.values())
    faults.add(path + fault.path, "json-schema", `is no JSON Schema: ${fault.message}`)
}

function checkDialect(data: JsonObject, path: string, faults: Faults): void {
  const { $schema } = data
  if ($schema === undefined || $schema === dialect || $schema === `${dialect}#`) return
  faults.add(at(path, "$schema"), "dialect", `The JSON Schema of a message is of the dialect ${dialect}`)
}

function checkKeywords(schema: JsonObject, place: string, path: string, root: JsonObject, faults: Faults): void {
  for (const keyword of ["$ref", "$dynamicRef"]) {
    const reference = schema[keyword]
    if (reference === undefined) continue
    const where = at(path + place, keyword)
    if (typeof reference !== "string" || !reference.startsWith("#")) {
      faults.add(where, "remote-ref", "A reference stays within its JSON Schema: it begins with #")
    } else if (!leadsSomewhere(reference, root)) faults.add(where, "unknown-ref", `Nothing is at ${reference}`)
  }
  if (place !== "" && schema["$id"] !== undefined) {
    faults.add(at(path + place, "$id"), "nested-id", "Only a whole JSON Schema has an $id, not a part of it")
  }
  if (schema["$async"] !== undefined) faults.add(at(path + place, "$async"), "async", "Validation waits for nothing")
  const { pattern, patternProperties } = schema
  const patterns = isObject(patternProperties) ? Object.keys(patternProperties) : []
  for (const key of patterns) checkPattern(key, at(at(path + place, "patternProperties"), key), faults)
  if (typeof pattern === "string") checkPattern(pattern, at(path + place, "pattern"), faults)
}

function checkPattern(pattern: string, path: string, faults: Faults): void {
  const fault = patternFault(pattern)
  if (fault !== null) faults.add(path, "pattern", fault)
}

function leadsSomewhere(reference: string, root: JsonObject): boolean {
  if (reference === "#") return true
  if (!reference.startsWith("#/")) return hasAnchor(root, reference.slice(1))
  let found: Json | undefined = root
  for (const part of reference.slice(2).split("/")) {
    const key = decodePart(part)
    if (Array.isArray(found)) found = (found as readonly Json[])[Number(key)]
    else found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined
  }
  return isObject(found) || typeof found === "boolean"
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~")
  } catch {
    return part
  }
}

function hasAnchor(root: JsonObject, anchor: string): boolean {
  let found = false
  walk(root, "", schema => {
    found ||= schema["$anchor"] === anchor || schema["$dynamicAnchor"] === anchor
  })
  return found
}

const oneSchema = [
  "additionalProperties",
  "items",
  "contains",
  "not",
  "if",
  "then",
  "else",
  "propertyNames",
  "unevaluatedItems",
  "unevaluatedProperties",
  "contentSchema",
]
const schemaList = ["allOf", "anyOf", "oneOf", "prefixItems"]
const schemaTable = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]

/** Visits a JSON Schema and all that it consists of; what it has in a `const`, an `enum` or an `x-…` is none of it. */
function walk(schema: Json | undefined, place: string, visit: (schema: JsonObject, place: string) => void): void {
  if (!isObject(schema)) return
  visit(schema, place)
  for (const key of oneSchema) walk(schema[key], at(place, key), visit)
  for (const key of schemaList) {
    const list = schema[key]
    if (Array.isArray(list)) list.forEach((part, i) => walk(part, at(at(place, key), i), visit))
  }
  for (const key of schemaTable) {
    const table = schema[key]
    if (!isObject(table)) continue
    for (const [name, part] of Object.entries(table)) walk(part, at(at(place, key), name), visit)
  }
}
