import { isObject, type Json, type JsonObject } from "../kernel/json.ts"
import { resolveType, type Resolved } from "./resolve-type.ts"

/** An entity type as it is known by name, before anything about it was checked. */
export type Entry = {
  readonly name: string
  readonly abstract: string | null
  /** By their short names, the abstract's included. */
  readonly attributes: ReadonlyMap<string, Resolved>
}

/**
 * Every name that a schema introduces, read so leniently that a schema full of faults still has one: a rule that names
 * an attribute can be judged although another attribute is wrong.
 */
export class Catalog {
  readonly types: JsonObject
  readonly groups: ReadonlySet<string>
  readonly entities = new Map<string, Entry>()
  /** Each abstract with its variants. */
  readonly abstracts = new Map<string, readonly string[]>()

  constructor(schema: JsonObject) {
    this.types = objectAt(schema, "types")
    for (const [name, definition] of Object.entries(objectAt(schema, "entities"))) {
      if (isFamily(definition)) this.#addFamily(name, definition)
      else this.#add(name, null, objectAt(definition, "attributes"))
    }
    this.groups = isObject(schema["groups"]) ? new Set(Object.keys(schema["groups"])) : groupsIn(schema)
  }

  /** Names of entity types and abstracts, in the order of the schema. */
  get entityNames(): readonly string[] {
    return [...new Set([...this.abstracts.keys(), ...this.entities.keys()])]
  }

  /** The entity types a name stands for: itself, or the variants of an abstract. Empty: it stands for none. */
  typesOf(name: string): readonly string[] {
    return this.abstracts.get(name) ?? (this.entities.has(name) ? [name] : [])
  }

  /** What `Entity/attr` stands for: one attribute, or one for each variant that has it. */
  attributes(fullName: string): readonly Resolved[] {
    const [entity = "", attribute = ""] = fullName.split("/")
    return this.typesOf(entity).flatMap(type => this.entities.get(type)?.attributes.get(attribute) ?? [])
  }

  /** The short names of the attributes of an entity type, or of any variant of an abstract. */
  attributeNames(entity: string): readonly string[] {
    return [...new Set(this.typesOf(entity).flatMap(type => [...(this.entities.get(type)?.attributes.keys() ?? [])]))]
  }

  #addFamily(name: string, family: JsonObject): void {
    const shared = objectAt(objectAt(family, "abstract"), "attributes")
    const variants = Object.entries(objectAt(family, "variants"))
    this.abstracts.set(
      name,
      variants.map(([variant]) => variant),
    )
    for (const [variant, definition] of variants) {
      this.#add(variant, name, { ...shared, ...objectAt(definition, "attributes") })
    }
  }

  #add(name: string, abstract: string | null, attributes: JsonObject): void {
    const resolved = Object.entries(attributes).map(([attribute, definition]) => {
      return [attribute, resolveType(isObject(definition) ? definition : {}, this.types)] as const
    })
    this.entities.set(name, { name, abstract, attributes: new Map(resolved) })
  }
}

/** Whether an entity's definition is that of an abstract with its variants. */
export function isFamily(definition: Json | undefined): definition is JsonObject {
  return isObject(definition) && ("abstract" in definition || "variants" in definition)
}

/** A member that should be an object; if it is not, an empty one. */
export function objectAt(holder: Json | undefined, key: string): JsonObject {
  const member = isObject(holder) ? holder[key] : undefined
  return isObject(member) ? member : {}
}

// Where `groups` is left out, the groups there are follow from the rules that give them.
function groupsIn(schema: JsonObject): ReadonlySet<string> {
  const groups = new Set<string>()
  const add = (name: Json | undefined) => void (typeof name === "string" && groups.add(name))
  for (const definition of Object.values(objectAt(schema, "entities"))) {
    const family = isFamily(definition)
    const parts = family ? [definition["abstract"], ...Object.values(objectAt(definition, "variants"))] : [definition]
    for (const part of parts) {
      for (const rule of listAt(part, "assign")) add(isObject(rule) ? rule["group"] : undefined)
      for (const implied of Object.values(objectAt(part, "implies"))) if (Array.isArray(implied)) implied.forEach(add)
      for (const attribute of Object.values(objectAt(part, "attributes"))) {
        for (const rule of listAt(attribute, "propagate")) Object.values(objectAt(rule, "groups")).forEach(add)
      }
    }
  }
  return groups
}

function listAt(holder: Json | undefined, key: string): readonly Json[] {
  const member = isObject(holder) ? holder[key] : undefined
  return Array.isArray(member) ? member : []
}
