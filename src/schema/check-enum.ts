import { isObject, type JsonObject } from "../kernel/json.ts"
import type { Catalog } from "./catalog.ts"
import { at, type Faults } from "./faults.ts"
import type { BaseType } from "./grammar.ts"
import { asObject, type Checking, type Part } from "./shape.ts"

/** Checks the values of an enum: keys with labels, or another enum to share, and only an enum has them. */
export function checkEnum(
  attribute: JsonObject,
  definition: JsonObject,
  base: BaseType,
  path: string,
  { catalog, faults }: Checking,
): void {
  const where = at(path, "values")
  if (base !== "enum") {
    if ("values" in attribute) faults.add(where, "values", `Only an enum lists its values, not a value of type ${base}`)
    return
  }
  if (definition["values"] === undefined) {
    return faults.add(
      where,
      "required",
      'An enum lists its values, {key: label}, or names another with {"$ref": "Entity/attr"}',
    )
  }
  if (!("values" in attribute)) return
  const values = asObject(attribute["values"], "The table of an enum's values", where, faults)
  if (values === null) return
  if ("$ref" in values) checkShared(values["$ref"], at(where, "$ref"), catalog, faults)
  else checkKeys(values, where, faults)
}

function checkKeys(values: JsonObject, where: string, faults: Faults): void {
  if (Object.keys(values).length === 0) faults.add(where, "empty", "An enum has at least one value")
  for (const [key, label] of Object.entries(values)) {
    if (key === "") faults.add(at(where, key), "name", "The key of an enum's value has at least one character")
    if (typeof label !== "string") faults.add(at(where, key), "type", "The label of an enum's value is a string")
  }
}

function checkShared(reference: Part, where: string, catalog: Catalog, faults: Faults): void {
  const seen: string[] = []
  let name = reference
  while (typeof name === "string") {
    if (seen.includes(name)) {
      return faults.add(where, "enum-cycle", `The enums name each other in a circle: ${[...seen, name].join(" → ")}`)
    }
    seen.push(name)
    const [named] = catalog.attributes(name)
    if (named === undefined) break
    if (named.base !== "enum")
      return faults.add(where, "not-an-enum", `${name} is no enum whose values could be shared`)
    const { values } = named.definition
    if (!isObject(values) || !("$ref" in values)) return
    name = values["$ref"]
  }
  faults.unknown(where, "attribute", name, enums(catalog))
}

function enums(catalog: Catalog): readonly string[] {
  return [...catalog.entities.values()].flatMap(entity => {
    return [...entity.attributes].filter(([, a]) => a.base === "enum").map(([name]) => `${entity.name}/${name}`)
  })
}

/** The table of an enum's values, wherever it is written; empty: nowhere. */
export function enumValues(definition: JsonObject, catalog: Catalog): JsonObject {
  const seen = new Set<string>()
  let found: Part = definition["values"]
  while (isObject(found) && typeof found["$ref"] === "string" && !seen.has(found["$ref"])) {
    seen.add(found["$ref"])
    found = catalog.attributes(found["$ref"])[0]?.definition["values"]
  }
  return isObject(found) && !("$ref" in found) ? found : {}
}
