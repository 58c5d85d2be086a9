import { isObject, type Json, type JsonObject } from "../kernel/json.ts"
import { schemaFaults } from "./ajv.ts"
import { dialect } from "./compile-message.ts"
import { anchorsIn, endlessAt, target, walk } from "./data-references.ts"
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
  checkWhole(data, path, faults)
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

function checkWhole(data: JsonObject, path: string, faults: Faults): void {
  const anchors = anchorsIn(data)
  for (const { name, place } of anchors.filter((a, i) => anchors.findIndex(b => b.name === a.name) < i)) {
    faults.add(path + place, "duplicate-anchor", `There are two anchors ${name}, so a reference to it leads two ways`)
  }
  const endless = endlessAt(data)
  if (endless === null) return
  faults.add(
    path + endless,
    "endless",
    "What is here refers to itself for the same value, so validation would never end",
  )
}

function checkKeywords(schema: JsonObject, place: string, path: string, root: JsonObject, faults: Faults): void {
  for (const keyword of ["$ref", "$dynamicRef"]) {
    const reference = schema[keyword]
    if (reference === undefined) continue
    const where = at(path + place, keyword)
    if (typeof reference !== "string" || !reference.startsWith("#")) {
      faults.add(where, "remote-ref", "A reference stays within its JSON Schema: it begins with #")
    } else if (target(reference, root) === undefined) faults.add(where, "unknown-ref", `Nothing is at ${reference}`)
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
