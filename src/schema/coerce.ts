import type { Json } from "../kernel/json.ts"
import { at, unknownSentence } from "./faults.ts"
import type { Attribute, Coerced } from "./types.ts"
import { readAs, valueTypes } from "./value-types.ts"

/** Reads a value from outside for an attribute, which may be named in full. */
export function coerceValue(
  attributes: ReadonlyMap<string, Attribute>,
  entity: string,
  name: string,
  value: Json,
): Coerced {
  const attribute = attributes.get(name) ?? named(attributes, entity, name)
  if (attribute === undefined) {
    const message = unknownSentence("attribute", name, attributes.keys(), entity)
    return { fault: { path: at("", name), code: "unknown-attribute", message } }
  }
  const path = at("", attribute.name)
  // A list that is one value of type json cannot be told from several values: json stays as it is.
  if (attribute.many && Array.isArray(value) && attribute.type !== "json") return coerceList(attribute, value, path)
  return coerceOne(attribute, value, path)
}

function named(attributes: ReadonlyMap<string, Attribute>, entity: string, name: string): Attribute | undefined {
  const found = attributes.get(name.slice(name.indexOf("/") + 1))
  return found !== undefined && (found.fullName === name || `${entity}/${found.name}` === name) ? found : undefined
}

function coerceList(attribute: Attribute, values: readonly Json[], path: string): Coerced {
  const read: Json[] = []
  for (const [i, value] of values.entries()) {
    const one = value === null ? undefined : coerceOne(attribute, value, at(path, i))
    if (one === undefined)
      return { fault: { path: at(path, i), code: "null", message: "no value cannot be one of many" } }
    if ("fault" in one) return one
    read.push(one.value)
  }
  return { value: read }
}

function coerceOne(attribute: Attribute, value: Json, path: string): Coerced {
  if (value === null) return { value }
  const type = valueTypes[attribute.type]
  const read = readAs(type, value)
  if (read === undefined) return { fault: { path, code: "type", message: `must be ${type.noun}` } }
  if (attribute.type === "enum" && !attribute.keys.includes(read as string)) {
    return { fault: { path, code: "enum", message: `must be one of ${attribute.keys.join(", ")}` } }
  }
  return { value: read }
}
