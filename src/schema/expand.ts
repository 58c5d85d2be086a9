import { isObject, type Json, type JsonObject } from "../kernel/json.ts"
import { assert } from "../kernel/refusal.ts"
import { isFamily, objectAt } from "./catalog.ts"
import { endsWithin, fullSteps, type Holder } from "./full-steps.ts"
import type { Assign, AttributeDef, BaseType, EntityDef, Groups, Propagate, Schema, Table } from "./grammar.ts"
import { resolveType } from "./resolve-type.ts"

/** A schema in which nothing is left to look up: no abstracts, no custom types, no short names, no missing defaults. */
export type ExpandedSchema = {
  readonly entities: Table<ExpandedEntity>
  /** Each abstract with its variants. */
  readonly abstracts: Table<readonly string[]>
  /** By every full name that stands for them: `Entity/attr`, and `Abstract/attr` with one for each variant. */
  readonly attributes: Table<readonly ExpandedAttribute[]>
}

/** An entity type with all that its abstract gives it. Unknown keys are those of the abstract and its own. */
export type ExpandedEntity = JsonObject & {
  readonly name: string
  readonly abstract: string | null
  readonly attributes: Table<ExpandedAttribute>
  /** In short names. */
  readonly required: readonly (readonly string[] | { readonly allOrNone: readonly string[] })[]
  readonly assign: readonly Assign[]
  readonly implies: Table<readonly string[]>
  readonly permissions: Table<Groups>
}

/** An attribute of one entity type. Unknown keys are those of its custom types and its own. */
export type ExpandedAttribute = JsonObject & {
  readonly type: BaseType
  readonly many: boolean
  readonly required: boolean
  readonly name: string
  readonly entity: string
  readonly fullName: string
  readonly propagate: readonly Propagate[]
  /** Of an enum. */
  readonly values?: Table<string>
  /** Of a ref: entity types only; empty: any. */
  readonly to?: readonly string[]
  /** As it is written. */
  readonly definition: AttributeDef
}

/** Expands a schema that was parsed. The same schema gives the same expansion, in the same order. */
export function expandSchema(schema: Schema): ExpandedSchema {
  const abstracts: Record<string, readonly string[]> = {}
  const entities: Record<string, ExpandedEntity> = {}
  const types = objectAt(schema, "types")
  for (const [name, definition] of Object.entries(schema.entities)) {
    if (!isFamily(definition)) {
      entities[name] = expandEntity(name, null, [[name, definition as EntityDef]], types)
      continue
    }
    const { abstract, variants } = definition as { abstract: EntityDef; variants: Table<EntityDef> }
    abstracts[name] = Object.keys(variants)
    for (const [variant, own] of Object.entries(variants)) {
      entities[variant] = expandEntity(
        variant,
        name,
        [
          [name, abstract],
          [variant, own],
        ],
        types,
      )
    }
  }
  const attributes = byFullName(entities)
  const finished = Object.entries(entities).map(([name, entity]) => {
    return [
      name,
      { ...entity, attributes: mapTable(entity.attributes, a => linked(a, abstracts, attributes)) },
    ] as const
  })
  const linkedEntities = Object.fromEntries(finished)
  return { entities: linkedEntities, abstracts, attributes: byFullName(linkedEntities) }
}

function expandEntity(
  name: string,
  abstract: string | null,
  parts: readonly Part[],
  types: JsonObject,
): ExpandedEntity {
  const merge = <T>(read: (part: EntityDef) => Table<T> | undefined) =>
    Object.assign({}, ...parts.map(([, d]) => read(d))) as Table<T>
  const attributes: Record<string, ExpandedAttribute> = {}
  for (const [owner, part] of parts) {
    for (const [short, definition] of Object.entries(part.attributes ?? {})) {
      const fullName = `${abstract ?? name}/${short}`
      attributes[short] = {
        ...resolved(definition, short, owner, types),
        name: short,
        entity: name,
        fullName,
        definition,
      }
    }
  }
  return {
    ...(Object.assign({}, ...parts.map(([, part]) => part)) as JsonObject),
    name,
    abstract,
    attributes,
    required: parts.flatMap(([, part]) => part.required ?? []).map(shortNames),
    assign: parts.flatMap(([owner, part]) =>
      (part.assign ?? []).map(rule => fullRule(rule, { variables: ["$self"], entity: owner })),
    ),
    implies: merge(part => part.implies),
    permissions: merge(part => part.permissions),
  }
}

type Part = readonly [owner: string, definition: EntityDef]

type Body = JsonObject & Pick<ExpandedAttribute, "type" | "many" | "required" | "propagate">

function resolved(definition: AttributeDef, name: string, owner: string, types: JsonObject): Body {
  const { base, definition: merged } = resolveType(definition, types)
  assert(base !== null, `the attribute ${owner}/${name} was parsed without a type`)
  const rules = (merged["propagate"] ?? []) as readonly Propagate[]
  const propagate = rules.map(rule => fullRule(rule, endsWithin(owner, rule.direction, merged["to"])))
  return { ...merged, type: base, many: merged["many"] === true, required: merged["required"] === true, propagate }
}

function fullRule<Rule extends Assign | Propagate>(rule: Rule, holder: Holder): Rule {
  return { ...rule, when: fullSteps(rule.when, holder) }
}

function shortNames(list: ExpandedEntity["required"][number]): ExpandedEntity["required"][number] {
  const short = (name: string) => name.slice(name.lastIndexOf("/") + 1)
  return "allOrNone" in list ? { allOrNone: list.allOrNone.map(short) } : list.map(short)
}

// Enums that name another's values get these, and an abstract that a ref names is replaced by its variants.
function linked(
  attribute: ExpandedAttribute,
  abstracts: Table<readonly string[]>,
  all: Table<readonly ExpandedAttribute[]>,
): ExpandedAttribute {
  if (attribute.type === "ref") {
    const to = (attribute.to ?? []).flatMap(name => abstracts[name] ?? [name])
    return { ...attribute, to: [...new Set(to)] }
  }
  return attribute.type === "enum" ? { ...attribute, values: enumValues(attribute, all) } : attribute
}

function enumValues(attribute: ExpandedAttribute, all: Table<readonly ExpandedAttribute[]>): Table<string> {
  let values: Json | undefined = attribute.values
  while (isObject(values) && typeof values["$ref"] === "string") values = all[values["$ref"]]?.[0]?.values
  return values as Table<string>
}

function byFullName(entities: Table<ExpandedEntity>): Table<readonly ExpandedAttribute[]> {
  const found: Record<string, ExpandedAttribute[]> = {}
  for (const { name, abstract, attributes } of Object.values(entities)) {
    for (const attribute of Object.values(attributes)) {
      ;(found[`${name}/${attribute.name}`] ??= []).push(attribute)
      if (abstract !== null) (found[`${abstract}/${attribute.name}`] ??= []).push(attribute)
    }
  }
  return found
}

function mapTable<A, B>(table: Table<A>, change: (value: A) => B): Table<B> {
  return Object.fromEntries(Object.entries(table).map(([key, value]) => [key, change(value)]))
}
