import type { Steps } from "../kernel/steps.ts"
import type { EntityKey } from "../ports/facts.ts"
import type { Condition } from "./condition.ts"
import { holding } from "./evaluate.ts"
import type { GroupSet, GroupSets } from "./group-sets.ts"
import type { Look } from "./look.ts"
import type { Rules } from "./rules.ts"

/** By condition, the types whose entities it gives groups to, and which. */
export type Assignments = ReadonlyMap<Condition, ReadonlyMap<string, readonly number[]>>

/** The assign rules of all types, those of one condition together. */
export function assignmentsOf(rules: Rules): Assignments {
  const found = new Map<Condition, Map<string, number[]>>()
  for (const [type, { assign }] of rules.types) {
    for (const { condition, group } of assign) {
      const byType = found.get(condition) ?? new Map<string, number[]>()
      found.set(condition, byType.set(type, [...(byType.get(type) ?? []), group]))
    }
  }
  return found
}

/** The groups that entities have by what they are themselves; who has none is not in it. Their types are known. */
export function* assignedTo(
  assignments: Assignments,
  keys: readonly EntityKey[],
  sets: GroupSets,
  look: Look,
): Steps<Map<EntityKey, GroupSet>> {
  const byType = new Map<string, EntityKey[]>()
  for (const key of keys) {
    const type = look.types.of(key) ?? ""
    const same = byType.get(type)
    if (same === undefined) byType.set(type, [key])
    else same.push(key)
  }
  const assigned = new Map<EntityKey, GroupSet>()
  for (const [condition, groups] of assignments) {
    const asked = [...groups.keys()].flatMap(type => byType.get(type) ?? [])
    yield* assignBy(condition, groups, asked, assigned, sets, look)
  }
  return assigned
}

/** Adds what the rules of one condition give to entities of the types that have such a rule. */
export function* assignBy(
  condition: Condition,
  groups: ReadonlyMap<string, readonly number[]>,
  keys: readonly EntityKey[],
  assigned: Map<EntityKey, GroupSet>,
  sets: GroupSets,
  look: Look,
): Steps<void> {
  const all = keys.map((_, place) => place)
  for (const place of yield* holding(condition, { $self: keys }, all, look)) {
    const key = keys[place]!
    const given = groups.get(look.types.of(key) ?? "")
    if (given === undefined) continue
    assigned.set(key, sets.union(assigned.get(key) ?? 0, sets.of(given)))
  }
}
