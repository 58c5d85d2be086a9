import type { FactAttribute } from "../ports/facts.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import type { ExpandedAttribute, ExpandedEntity } from "../schema/expand.ts"
import type { Groups, Pred, Propagate, Table } from "../schema/grammar.ts"
import { conditionReader, type Condition } from "./condition.ts"
import type { Mapping } from "./group-sets.ts"
import { factAttribute } from "./way.ts"

/** Gives a group to the entities of a type for which a condition holds. */
export type AssignRule = { readonly group: number; readonly condition: Condition; readonly when: Pred }

/** Lets groups flow along a reference while a condition holds. */
export type EdgeRule = {
  readonly attribute: FactAttribute
  readonly direction: Propagate["direction"]
  readonly condition: Condition
  readonly when: Pred
  /** What becomes of the groups; null: all flow, as they are. */
  readonly passes: Mapping | null
}

/** All rules of one reference, by the type of its holder. */
export type EdgeRules = {
  readonly attribute: FactAttribute
  readonly forward: ReadonlyMap<string, readonly EdgeRule[]>
  readonly reverse: ReadonlyMap<string, readonly EdgeRule[]>
  /** The types that have it. */
  readonly holders: ReadonlySet<string>
  /** The types it may point at; null: any. */
  readonly targets: ReadonlySet<string> | null
}

/** What is said about the entities of one type. */
export type TypeRules = {
  readonly entity: ExpandedEntity
  readonly assign: readonly AssignRule[]
  /** Which groups bring which others, with themselves; null: none does. */
  readonly implies: Mapping | null
}

/** The rules of security of a schema, with nothing left to look up. */
export type Rules = {
  /** All groups there are; everywhere else they are their places here. */
  readonly groups: readonly string[]
  readonly types: ReadonlyMap<string, TypeRules>
  readonly edges: readonly EdgeRules[]
  /** Whether it may take a right away that somebody comes to have a value: something in them is denied. */
  readonly restOnAbsence: boolean
  /** The attributes, by full name, that have rules of their own about a permission. */
  readonly guarded: (permission: string) => ReadonlySet<string>
}

/** Reads the rules of a schema. */
export function rulesOf(schema: CompiledSchema): Rules {
  const entities = Object.values(schema.expanded.entities)
  const groups = groupsOf(schema, entities)
  const number = new Map(groups.map((group, i) => [group, i]))
  const numbers = (names: readonly string[]) => names.flatMap(name => number.get(name) ?? [])
  const condition = conditionReader(schema)
  let mappings = 0
  const mapping = (to: ReadonlyMap<number, readonly number[]>): Mapping => ({ index: mappings++, to })

  const typeRules = (entity: ExpandedEntity): TypeRules => ({
    entity,
    assign: entity.assign.map(({ group, when }) => ({ group: number.get(group)!, condition: condition(when), when })),
    implies: Object.keys(entity.implies).length === 0 ? null : mapping(implied(entity.implies, groups, numbers)),
  })
  const edgeRule = (attribute: FactAttribute, { direction, when, groups: flowing }: Propagate): EdgeRule => {
    const passes = flowing === undefined ? null : mapping(passing(flowing, numbers))
    return { attribute, direction, condition: condition(when), when, passes }
  }
  return {
    groups,
    types: new Map(entities.map(entity => [entity.name, typeRules(entity)])),
    edges: edgesOf(schema, entities, edgeRule),
    restOnAbsence: entities.some(isDenying),
    guarded: permission => guardedFor(permission, entities),
  }
}

function isDenying({ assign, permissions, attributes }: ExpandedEntity): boolean {
  const own = Object.values(attributes)
  const asked = [...assign, ...own.flatMap(({ propagate }) => propagate)].map(({ when }) => when)
  const granted = [permissions, ...own.map(ownPermissions)].flatMap(table => Object.values(table))
  return asked.some(denies) || granted.some(denies)
}

function denies(said: Pred | Groups): boolean {
  if (typeof said !== "object") return false
  if (Array.isArray(said)) return (said as readonly Groups[]).some(denies)
  return (
    "not" in said || Object.values(said).some(part => Array.isArray(part) && (part as readonly Pred[]).some(denies))
  )
}

function edgesOf(
  schema: CompiledSchema,
  entities: readonly ExpandedEntity[],
  read: (attribute: FactAttribute, rule: Propagate) => EdgeRule,
): readonly EdgeRules[] {
  const holders = new Map<string, ExpandedAttribute[]>()
  for (const attribute of entities.flatMap(entity => Object.values(entity.attributes))) {
    if (attribute.propagate.length === 0) continue
    holders.set(attribute.fullName, [...(holders.get(attribute.fullName) ?? []), attribute])
  }
  return [...holders].map(([fullName, attributes]) => {
    const fact = factAttribute(schema, fullName)
    const rules = attributes.map(a => [a.entity, a.propagate.map(rule => read(fact, rule))] as const)
    const only = (direction: Propagate["direction"]) => {
      const kept = rules.map(([type, all]) => [type, all.filter(rule => rule.direction === direction)] as const)
      return new Map(kept.filter(([, some]) => some.length > 0))
    }
    const to = attributes.map(a => a.to ?? [])
    const targets = to.some(types => types.length === 0) ? null : new Set(to.flat())
    const all = new Set(fact.types)
    return { attribute: fact, forward: only("forward"), reverse: only("reverse"), holders: all, targets }
  })
}

function passing(
  flowing: readonly string[] | Table<string>,
  numbers: (names: readonly string[]) => readonly number[],
): ReadonlyMap<number, readonly number[]> {
  const pairs = Array.isArray(flowing) ? flowing.map(name => [name, name] as const) : Object.entries(flowing)
  return new Map(pairs.map(([from, to]) => [numbers([from])[0]!, numbers([to as string])]))
}

// Each group with everything it brings, however many steps away; circles end.
function implied(
  table: Table<readonly string[]>,
  groups: readonly string[],
  numbers: (names: readonly string[]) => readonly number[],
): ReadonlyMap<number, readonly number[]> {
  const all = (group: string): readonly number[] => {
    const brought = new Set([group])
    for (const one of brought) for (const next of table[one] ?? []) brought.add(next)
    return numbers([...brought])
  }
  return new Map(groups.map((group, i) => [i, all(group)]))
}

function groupsOf(schema: CompiledSchema, entities: readonly ExpandedEntity[]): readonly string[] {
  const groups = new Set(Object.keys(schema.schema.groups ?? {}))
  for (const { assign, implies, attributes } of entities) {
    for (const rule of assign) groups.add(rule.group)
    for (const [group, brought] of Object.entries(implies)) [group, ...brought].forEach(one => groups.add(one))
    for (const rule of Object.values(attributes).flatMap(attribute => attribute.propagate)) {
      const flowing = rule.groups ?? []
      const names = Array.isArray(flowing) ? flowing : Object.entries(flowing).flat()
      names.forEach(one => groups.add(one as string))
    }
  }
  // Whatever the order of the schema, groups are told in one order.
  return [...groups].sort()
}

function guardedFor(permission: string, entities: readonly ExpandedEntity[]): ReadonlySet<string> {
  const attributes = entities.flatMap(entity => Object.values(entity.attributes))
  const has = (attribute: ExpandedAttribute) => Object.hasOwn(ownPermissions(attribute), permission)
  return new Set(attributes.filter(has).map(attribute => attribute.fullName))
}

/** The rules that an attribute has of its own, by permission. */
export function ownPermissions(attribute: ExpandedAttribute): NonNullable<ExpandedEntity["permissions"]> {
  // The schema was checked: what is under this key is a table of expressions over groups.
  return (attribute["permissions"] as ExpandedEntity["permissions"] | undefined) ?? {}
}
