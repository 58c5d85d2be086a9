import type { FactAttribute } from "../ports/facts.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import type { Attribute } from "../schema/types.ts"

/**
 * The attributes whose looked-up values are others under a new schema, whatever is stored: those that are newly looked
 * up, or as something else, with all types that have them; and those that no longer are.
 */
export function newLookups(before: CompiledSchema, after: CompiledSchema): readonly FactAttribute[] {
  const [old, now] = [lookupsOf(before), lookupsOf(after)]
  const changed = [...now.values()].filter(attribute => {
    const was = old.get(attribute.fullName)
    return was === undefined ? hasEntities(before, attribute) : !isSame(was, attribute)
  })
  // A file that only the past holds is found by its rows: without them it would be swept.
  const gone = [...old.values()].filter(({ fullName, type }) => !now.has(fullName) && type !== "file")
  return [...changed, ...gone.map(attribute => ({ ...attribute, lookup: false }))]
}

/** All attributes whose values are looked up, by their full names. */
export function lookupsOf(schema: CompiledSchema): ReadonlyMap<string, FactAttribute> {
  const found = new Map<string, FactAttribute>()
  for (const entity of schema.entities.values()) {
    for (const attribute of entity.lookups) {
      const types = [...(found.get(attribute.fullName)?.types ?? []), entity.name]
      found.set(attribute.fullName, factAttribute(attribute, types))
    }
  }
  return found
}

function factAttribute({ fullName, name, type, many }: Attribute, types: readonly string[]): FactAttribute {
  return { fullName, name, types, type, many, lookup: true }
}

function hasEntities(before: CompiledSchema, { types }: FactAttribute): boolean {
  return types.some(type => before.entities.has(type))
}

function isSame(was: FactAttribute, is: FactAttribute): boolean {
  const isNew = is.types.some(type => !was.types.includes(type))
  return was.type === is.type && was.many === is.many && was.name === is.name && !isNew
}
