import { limits } from "../kernel/limits.ts"
import { Refusal } from "../kernel/refusal.ts"
import { need, type Steps } from "../kernel/steps.ts"
import type { EntityKey } from "../ports/facts.ts"
import type { Attribute } from "../schema/types.ts"
import type { Slot } from "./gather.ts"
import type { Meanings } from "./meaning.ts"
import type { View } from "./view.ts"

/** Who points at the nodes of the slots by their refs, in order of creation, at the place of each; null: it is none backwards. */
export function* holdersOf(view: View, slots: readonly Slot[]): Steps<readonly (readonly EntityKey[] | null)[]> {
  const keysOf = new Map<Meanings, Set<EntityKey>>()
  for (const { kind, field, node } of slots) {
    if (kind !== "reverse" || field.source.kind !== "reverse") continue
    const keys = keysOf.get(field.source.meanings)
    if (keys === undefined) keysOf.set(field.source.meanings, new Set([node.entity.key]))
    else keys.add(node.entity.key)
  }
  const holders = new Map<Meanings, ReadonlyMap<EntityKey, readonly EntityKey[]>>()
  for (const [meanings, keys] of keysOf) holders.set(meanings, yield* holdersBy(view, meanings, [...keys]))
  return slots.map(({ field: { source }, node }) => {
    if (source.kind !== "reverse") return null
    return holders.get(source.meanings)?.get(node.entity.key) ?? []
  })
}

function* holdersBy(
  view: View,
  meanings: Meanings,
  targets: readonly EntityKey[],
): Steps<ReadonlyMap<EntityKey, readonly EntityKey[]>> {
  const by = new Map<EntityKey, EntityKey[]>()
  const [first] = meanings.values()
  if (first?.kind !== "stored" || first.attribute.sensitive) return by
  const fact = view.attributes.fact(first.attribute)
  const most = limits.pullNodesMax
  const facts = yield* need(view.facts.facts(fact, { values: targets }, view.moment, most))
  if (facts.length >= most)
    throw new Refusal("too-large", `More than ${most} entities point there by ${fact.fullName}`, { most })
  view.budget.count(facts.length)
  const stays = yield* staying(view, meanings, first.attribute, [...new Set(facts.map(([holder]) => holder))])
  for (const [holder, target] of facts) {
    if (!stays(holder)) continue
    // The value of a ref is the key of its target.
    const known = by.get(target as EntityKey)
    if (known === undefined) by.set(target as EntityKey, [holder])
    else known.push(holder)
  }
  for (const found of by.values()) found.sort((a, b) => a - b)
  return by
}

// A name may be of one variant only, and the attribute may have rules of its own. Who is seen at all is asked later.
function* staying(
  { facts, sight, attributes, moment }: View,
  meanings: Meanings,
  attribute: Attribute,
  holders: readonly EntityKey[],
): Steps<(holder: EntityKey) => boolean> {
  const out = new Set<EntityKey>()
  if (holders.length > 0 && meanings.size < attributes.fact(attribute).types.length) {
    const types = yield* need(facts.types(holders, moment.t))
    holders.forEach((holder, i) => meanings.has(types[i] ?? "") || out.add(holder))
  }
  if (holders.length > 0 && sight?.guarded.has(attribute.fullName) === true) {
    const sees = yield* need(sight.sees(holders, attribute.fullName))
    holders.forEach((holder, i) => sees[i] === true || out.add(holder))
  }
  return holder => !out.has(holder)
}
