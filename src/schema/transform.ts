import { isObject, type Json, type JsonObject } from "../kernel/json.ts"
import { isFamily } from "./catalog.ts"

/** Rewrites the definition of one attribute. `entity`: the entity, abstract or variant that it is written in. */
export type AttributeRewrite = (
  attribute: JsonObject,
  place: { readonly entity: string; readonly name: string },
) => JsonObject

/**
 * A schema in which code has had its say about each attribute, in the order of the rewrites: for what `types` cannot
 * express, such as a rule that depends on a key of one's own. What comes out is served and parsed as if written so.
 */
export function rewriteAttributes(schema: JsonObject, ...rewrites: readonly AttributeRewrite[]): JsonObject {
  return {
    ...schema,
    entities: mapObject(schema["entities"], (definition, name) => rewriteEntity(definition, name, rewrites)),
  }
}

function rewriteEntity(definition: Json, name: string, rewrites: readonly AttributeRewrite[]): Json {
  if (!isObject(definition)) return definition
  if (!isFamily(definition)) return rewriteTable(definition, name, rewrites)
  return {
    ...definition,
    abstract: rewriteTable(definition["abstract"] ?? null, name, rewrites),
    variants: mapObject(definition["variants"], (variant, own) => rewriteTable(variant, own, rewrites)),
  }
}

function rewriteTable(definition: Json, entity: string, rewrites: readonly AttributeRewrite[]): Json {
  if (!isObject(definition) || !isObject(definition["attributes"])) return definition
  const rewrite = (attribute: Json, name: string) => {
    if (!isObject(attribute)) return attribute
    return rewrites.reduce((before, next) => next(before, { entity, name }), attribute)
  }
  return { ...definition, attributes: mapObject(definition["attributes"], rewrite) }
}

// What is not a table stays as it is: the parser says what is wrong with it.
function mapObject(table: Json | undefined, change: (value: Json, name: string) => Json): Json | undefined {
  if (!isObject(table)) return table
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [name, change(value ?? null, name)]))
}
