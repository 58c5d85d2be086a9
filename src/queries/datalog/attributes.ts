import type { FactAttribute } from "../../ports/facts.ts"
import type { CompiledSchema } from "../../schema/compile.ts"
import type { Attribute } from "../../schema/types.ts"

/** An attribute as datalog needs it. */
export type DatalogAttribute = FactAttribute & {
  readonly unique: Attribute["unique"]
  /** Named by one variant of several that have it: only entities of that variant are meant. */
  readonly narrowed: boolean
  /** Nobody reads it: there is no fact of it. */
  readonly sensitive: boolean
}

/** All attributes of a schema, by every name that a pattern may call them. */
export type Attributes = {
  readonly named: (name: string) => DatalogAttribute | undefined
  /** Each attribute that is stored, once. */
  readonly all: readonly DatalogAttribute[]
}

/** What every entity has: its own id and type, and the transactions that made and last changed it. */
export const builtInAttributes = ["@id", "@type", "@t", "@createdT"] as const

const known = new WeakMap<CompiledSchema, Attributes>()

/** The attributes of a schema. Made once for each. */
export function attributesOf(schema: CompiledSchema): Attributes {
  const made = known.get(schema)
  if (made !== undefined) return made
  const attributes = makeAttributes(schema)
  known.set(schema, attributes)
  return attributes
}

function makeAttributes(schema: CompiledSchema): Attributes {
  const families = new Map<string, DatalogAttribute>()
  for (const entity of schema.entities.values()) {
    for (const attribute of entity.attributes.values()) {
      const before = families.get(attribute.fullName)
      const types = [...(before?.types ?? []), entity.name]
      const lookup = attribute.lookup || before?.lookup === true
      const sensitive = attribute.sensitive || before?.sensitive === true
      families.set(attribute.fullName, { ...factAttribute(attribute, types), lookup, sensitive })
    }
  }
  const byName = new Map(families)
  for (const entity of schema.entities.values()) {
    for (const attribute of entity.attributes.values()) {
      const name = `${entity.name}/${attribute.name}`
      const family = families.get(attribute.fullName)!
      const narrowed = family.types.length > 1
      if (!byName.has(name)) byName.set(name, narrowed ? { ...family, types: [entity.name], narrowed } : family)
    }
  }
  for (const name of builtInAttributes) byName.set(name, builtIn(name, [...schema.entities.keys()]))
  return { named: name => byName.get(name), all: [...families.values()] }
}

function factAttribute(attribute: Attribute, types: readonly string[]): DatalogAttribute {
  const { fullName, name, type, many, lookup, unique, sensitive } = attribute
  return { fullName, name, types, type, many, lookup, unique, narrowed: false, sensitive }
}

function builtIn(name: (typeof builtInAttributes)[number], types: readonly string[]): DatalogAttribute {
  const type = name === "@t" || name === "@createdT" ? "integer" : "string"
  const unique = name === "@id" ? "identity" : null
  return { fullName: name, name, types, type, many: false, lookup: false, unique, narrowed: false, sensitive: false }
}

/** Whether an attribute is one of those that every entity has. */
export function isBuiltIn(attribute: FactAttribute): boolean {
  return attribute.fullName.startsWith("@")
}
