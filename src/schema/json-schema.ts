import type { JsonObject } from "../kernel/json.ts"
import { Refusal } from "../kernel/refusal.ts"
import { published } from "./compile-message.ts"
import type { CompiledSchema } from "./compile.ts"
import { constraintKeys, decimalOf } from "./constraints.ts"
import type { ExpandedAttribute, ExpandedEntity } from "./expand.ts"
import { unknownSentence } from "./faults.ts"
import { valueTypes } from "./value-types.ts"

/** The things of a schema that have a JSON Schema of their own. */
export type SchemaKind = "entities" | "commands" | "events"

/** JSON Schema 2020-12 of one thing: an entity type's document, or the data of a command or an event. */
export function jsonSchemaOf(schema: CompiledSchema, kind: SchemaKind, name: string): JsonObject {
  const found = kind === "entities" ? schema.entities.get(name)?.definition : schema[kind].get(name)?.jsonSchema
  if (found === undefined) {
    const noun = { entities: "entity", commands: "command", events: "event" }[kind]
    const code = kind === "commands" ? "unknown-command" : "unknown-type"
    throw new Refusal(code, unknownSentence(noun, name, schema[kind].keys()), { kind, name })
  }
  return kind === "entities" ? entitySchema(found as ExpandedEntity) : (found as JsonObject)
}

function entitySchema(entity: ExpandedEntity): JsonObject {
  const attributes = Object.values(entity.attributes)
  const lists = entity.required.map(list =>
    "allOrNone" in list ? allOrNone(list.allOrNone, entity) : { anyOf: present(list, entity) },
  )
  const doc = typeof entity["doc"] === "string" ? entity["doc"] : undefined
  const body = {
    type: "object",
    properties: Object.fromEntries(attributes.map(attribute => [attribute.name, attributeSchema(attribute)])),
    required: attributes.filter(attribute => attribute.required).map(attribute => attribute.name),
    additionalProperties: false,
    ...(lists.length === 0 ? {} : { allOf: lists }),
  }
  return published("entities", entity.name, body, doc)
}

function attributeSchema(attribute: ExpandedAttribute): JsonObject {
  const { label, doc, many, required } = attribute
  const about = {
    ...(typeof label === "string" ? { title: label } : {}),
    ...(typeof doc === "string" ? { description: doc } : {}),
    ...(attribute["default"] === undefined ? {} : { default: attribute["default"] }),
    ...(attribute["sensitive"] === true ? { writeOnly: true } : {}),
  }
  const one = valueSchema(attribute)
  return many ? { type: "array", items: one, ...(required ? { minItems: 1 } : {}), ...about } : { ...one, ...about }
}

function valueSchema(attribute: ExpandedAttribute): JsonObject {
  const { type, values, to } = attribute
  const { jsonSchema } = valueTypes[type]
  if (type === "enum") return { ...jsonSchema, enum: Object.keys(values ?? {}), "x-labels": values }
  if (type === "ref") return { ...jsonSchema, ...(to?.length ? { "x-to": to } : {}) }
  if (type === "decimal") return { ...jsonSchema, ...decimalBounds(attribute) }
  const given = Object.keys(constraintKeys).filter(key => attribute[key] !== undefined)
  const restricted = Object.fromEntries(given.map(key => [key, attribute[key]]))
  if (type !== "integer") return both(jsonSchema, restricted)
  const { minimum, maximum } = attribute
  return {
    type: "integer",
    minimum: typeof minimum === "number" ? minimum : Number.MIN_SAFE_INTEGER,
    maximum: typeof maximum === "number" ? maximum : Number.MAX_SAFE_INTEGER,
  }
}

// A uri has a format already, and may be given another: then it must have both.
function both(base: JsonObject, restricted: JsonObject): JsonObject {
  const clash = Object.keys(restricted).some(key => key in base)
  return clash ? { ...base, allOf: [restricted] } : { ...base, ...restricted }
}

function decimalBounds({ minimum, maximum }: ExpandedAttribute): JsonObject {
  const [low, high] = [decimalOf(minimum as number | undefined), decimalOf(maximum as number | undefined)]
  return { ...(low === undefined ? {} : { "x-minimum": low }), ...(high === undefined ? {} : { "x-maximum": high }) }
}

function present(names: readonly string[], { attributes }: ExpandedEntity): readonly JsonObject[] {
  return names.map(name => {
    // An empty list is no value.
    return attributes[name]?.many ? { required: [name], properties: { [name]: { minItems: 1 } } } : { required: [name] }
  })
}

function allOrNone(names: readonly string[], entity: ExpandedEntity): JsonObject {
  const each = present(names, entity)
  return { anyOf: [{ allOf: each }, { not: { anyOf: each } }] }
}
