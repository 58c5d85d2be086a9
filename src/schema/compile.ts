import { canonicalJson } from "../kernel/json.ts"
import { builtInCommands, builtInEntities, builtInEvents } from "./built-in.ts"
import { compileAttribute } from "./compile-attribute.ts"
import { compileEntity } from "./compile-entity.ts"
import { compileCommand, compileEvent } from "./compile-message.ts"
import { expandSchema, type ExpandedSchema } from "./expand.ts"
import type { Schema } from "./grammar.ts"
import { fingerprint } from "./hash.ts"
import { readSteps } from "./read-steps.ts"
import type { Attribute, CommandType, EntityType, EventType } from "./types.ts"

/** A schema, ready to be used: everything is found by its name, and everything that can be checked has its check. */
export type CompiledSchema = {
  /** As it is served, verbatim. */
  readonly schema: Schema
  readonly version: number
  /** Of the canonical JSON: what it is served under, and known by. */
  readonly hash: string
  readonly entities: ReadonlyMap<string, EntityType>
  /** Each abstract with its variants. */
  readonly abstracts: ReadonlyMap<string, readonly string[]>
  /** With the built-in `Transact`. */
  readonly commands: ReadonlyMap<string, CommandType>
  /** With the built-in `EntityCreated`, `EntityChanged` and `EntityRetracted`, which are in any stream. */
  readonly events: ReadonlyMap<string, EventType>
  readonly expanded: ExpandedSchema
  /** An attribute by `Entity/attr`, or by `Abstract/attr`: then what all variants have in common. */
  readonly attribute: (name: string) => Attribute | undefined
}

/** Compiles a schema that was parsed. Validators of data are compiled when they are first asked. */
export function compileSchema(schema: Schema): CompiledSchema {
  const expanded = expandSchema({ ...schema, entities: { ...schema.entities, ...builtInEntities } })
  const read = readSteps(expanded)
  const attributes = new Map<string, Attribute>()
  const entities = new Map<string, EntityType>()
  for (const entity of Object.values(expanded.entities)) {
    const type = compileEntity(entity, read)
    entities.set(entity.name, type)
    for (const attribute of type.attributes.values()) attributes.set(`${entity.name}/${attribute.name}`, attribute)
  }
  for (const [name, variants] of Object.entries(expanded.attributes)) {
    if (!attributes.has(name)) attributes.set(name, common(variants.map(a => compileAttribute(a, read))))
  }
  const typesOf = (name: string): readonly string[] => expanded.abstracts[name] ?? [name]
  return {
    schema,
    version: schema.version,
    hash: fingerprint(canonicalJson(schema)),
    entities,
    abstracts: new Map(Object.entries(expanded.abstracts)),
    commands: byName([
      ...Object.entries(schema.commands ?? {}).map(([name, def]) =>
        compileCommand(name, def, def.target === null ? [] : typesOf(def.target)),
      ),
      ...builtInCommands,
    ]),
    events: byName([
      ...Object.entries(schema.events ?? {}).map(([name, def]) => compileEvent(name, def, typesOf(def.stream))),
      ...builtInEvents,
    ]),
    expanded,
    attribute: name => attributes.get(name),
  }
}

// Variants agree on everything about storage; where a ref of one may point farther than another's, all of it counts.
function common(variants: readonly Attribute[]): Attribute {
  const [first] = variants as [Attribute]
  const anywhere = variants.some(a => a.to.length === 0)
  return {
    ...first,
    required: variants.every(a => a.required),
    sensitive: variants.some(a => a.sensitive),
    propagates: variants.some(a => a.propagates),
    lookup: variants.some(a => a.lookup),
    to: anywhere ? [] : [...new Set(variants.flatMap(a => a.to))],
    keys: [...new Set(variants.flatMap(a => a.keys))],
  }
}

function byName<Type extends { readonly name: string }>(types: readonly Type[]): ReadonlyMap<string, Type> {
  return new Map(types.map(type => [type.name, type]))
}
