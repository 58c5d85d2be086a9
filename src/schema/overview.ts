import { builtInEntities } from "./built-in.ts"
import type { CompiledSchema } from "./compile.ts"
import type { ExpandedAttribute } from "./expand.ts"
import type { Attribute, EntityType } from "./types.ts"

/** What a schema says about one entity type, in short. Attributes are told by their full names. */
export type EntityOverview = {
  readonly type: string
  /** The abstract whose variant it is; null: of none. */
  readonly abstract: string | null
  readonly attributes: readonly string[]
  /** The attributes that an entity of it can be named by. */
  readonly identities: readonly string[]
  /** The ways that lead up from it to where it gets groups from: `Entity/attr`, or `Entity/_attr` against a reference. */
  readonly inheritsBy: readonly string[]
}

/** Tells of every entity type what it has, what names it, and from where groups come to it. */
export function overviewOf(schema: CompiledSchema): readonly EntityOverview[] {
  const types = [...schema.entities.values()].filter(({ name }) => !(name in builtInEntities))
  const inherited = new Map(types.map(({ name }) => [name, new Set<string>()]))
  for (const attribute of types.flatMap(type => Object.values(type.definition.attributes))) {
    for (const [heir, way] of waysUp(attribute, [...inherited.keys()])) inherited.get(heir)?.add(way)
  }
  return types.map(type => ({
    type: type.name,
    abstract: type.abstract,
    attributes: namesOf(type, () => true),
    identities: namesOf(type, ({ unique }) => unique === "identity"),
    inheritsBy: [...inherited.get(type.name)!],
  }))
}

function namesOf(type: EntityType, isWanted: (attribute: Attribute) => boolean): readonly string[] {
  return [...type.attributes.values()].filter(isWanted).map(({ fullName }) => fullName)
}

// Forward, what is pointed at inherits, from whoever points there; else the holder does, from what it points at.
function waysUp(
  { propagate, entity, fullName, to = [] }: ExpandedAttribute,
  everyType: readonly string[],
): readonly (readonly [heir: string, way: string])[] {
  const targets = to.length === 0 ? everyType : to
  return propagate.flatMap(({ direction }) =>
    direction === "forward"
      ? targets.map(target => [target, fullName.replace("/", "/_")] as const)
      : [[entity, fullName] as const],
  )
}
