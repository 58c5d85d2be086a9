import type { Json } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import { need, type Steps } from "../kernel/steps.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { EntityKey, KeyedEntity } from "../ports/facts.ts"
import { documents } from "./documents.ts"
import { tellAbsent, type Slot } from "./gather.ts"
import { isOnPath, wasComeBy, type Node } from "./node.ts"
import { everything, type Field, type Target } from "./pattern.ts"
import { holdersOf } from "./reverse.ts"
import type { View } from "./view.ts"

/** One entity that a slot leads to. Its key is not looked up where nobody asks for more than its id. */
type Found = { readonly id: string; readonly key: EntityKey | null }

type Placed = {
  readonly slot: Slot
  readonly place: readonly (string | number)[]
  readonly target: Target
  readonly entity: KeyedEntity
}

/** Finds the entities that are to stand in the slots, puts ids where ids are wanted, and makes the nodes of the next level. */
export function* spread(view: View, slots: readonly Slot[]): Steps<readonly Node[]> {
  if (slots.length === 0) return []
  const found = yield* found_(view, slots)
  const entities = yield* entitiesOf(view, slots, found)
  const placed: Placed[] = []
  slots.forEach((slot, i) => {
    if (slot.onward === null) putIds(slot, found[i]!)
    else
      placed.push(
        ...placesIn(
          slot,
          found[i]!.flatMap(({ key }) => entities.get(key!) ?? []),
        ),
      )
  })
  view.budget.count(placed.length)
  const own = yield* documents(
    view,
    placed.map(({ entity }) => entity),
  )
  const next: Node[] = []
  placed.forEach(({ slot, place, target, entity }, i) => {
    const child = childOf(slot, place, target, entity, own[i]!)
    if (child === null) put(slot, place, { "@id": entity.id })
    else {
      put(slot, place, child.out)
      next.push(child)
    }
  })
  return next
}

// Everything that the slots lead to and that is seen, in order.
function* found_(view: View, slots: readonly Slot[]): Steps<readonly (readonly Found[])[]> {
  const { sight, facts } = view
  const reverse = yield* holdersOf(view, slots)
  const ids = new Set<string>()
  for (const slot of slots) {
    if (slot.kind === "forward" && (sight !== null || slot.onward !== null)) for (const id of slot.ids) ids.add(id)
  }
  const list = [...ids]
  view.budget.count(list.length)
  const keys = list.length === 0 ? [] : yield* need(facts.keys(list))
  const keyOf = new Map(list.map((id, i) => [id, keys[i] ?? null]))
  const seen = yield* seenOf(view, [...keys.filter(key => key !== null), ...reverse.flatMap(holders => holders ?? [])])
  const names = yield* namesOf(view, slots, reverse, seen)
  return slots.map((slot, i) => {
    if (slot.kind === "reverse") {
      return (reverse[i] ?? []).filter(seen).map(key => ({ key, id: names.get(key) ?? "" }))
    }
    const all = slot.ids.map(id => ({ id, key: keyOf.get(id) ?? null }))
    return sight === null ? all : all.filter(({ key }) => key !== null && seen(key))
  })
}

function* seenOf({ sight }: View, keys: readonly EntityKey[]): Steps<(key: EntityKey) => boolean> {
  if (sight === null || keys.length === 0) return () => true
  const unique = [...new Set(keys)]
  const sees = yield* need(sight.sees(unique))
  const seen = new Set(unique.filter((_, i) => sees[i] === true))
  return key => seen.has(key)
}

// The ids of those who point here, where ids are all that is wanted of them.
function* namesOf(
  { facts }: View,
  slots: readonly Slot[],
  reverse: readonly (readonly EntityKey[] | null)[],
  seen: (key: EntityKey) => boolean,
): Steps<ReadonlyMap<EntityKey, string>> {
  const keys = [...new Set(slots.flatMap((slot, i) => (slot.onward === null ? (reverse[i] ?? []).filter(seen) : [])))]
  if (keys.length === 0) return new Map()
  const ids = yield* need(facts.ids(keys))
  return new Map(keys.map((key, i) => [key, ids[i]!]))
}

function* entitiesOf(
  view: View,
  slots: readonly Slot[],
  found: readonly (readonly Found[])[],
): Steps<ReadonlyMap<EntityKey, KeyedEntity>> {
  const keys = [
    ...new Set(slots.flatMap((slot, i) => (slot.onward === null ? [] : found[i]!.flatMap(f => f.key ?? [])))),
  ]
  if (keys.length === 0) return new Map()
  const entities = yield* need(view.facts.entities(keys, view.moment.t))
  return new Map(entities.flatMap(entity => (entity === null ? [] : [[entity.key, entity] as const])))
}

function putIds(slot: Slot, found: readonly Found[]): void {
  const { node, field, single } = slot
  const ids = cut(found, field).map(({ id }) => id)
  if (found.length === 0) tellAbsent(node, field)
  else if (!single) node.out[field.as] = ids
  else if (ids.length > 0) node.out[field.as] = ids[0]!
}

/** The places that the entities of a slot take, after its offset and up to its limit; those of no branch take none. */
function placesIn(slot: Slot, entities: readonly KeyedEntity[]): readonly Placed[] {
  const { node, field, onward } = slot
  const target = onward?.kind === "recursion" ? node.target : onward?.kind === "join" ? onward.target : null
  if (target === null) return []
  const fitting = entities.filter(({ type }) => target.kind === "pattern" || target.branches.has(type))
  if (fitting.length === 0) {
    tellAbsent(node, field)
    return []
  }
  if (levelsLeft(slot) === 0) return []
  const wanted = cut(fitting, field)
  if (!slot.single) node.out[field.as] = []
  return (slot.single ? wanted.slice(0, 1) : wanted).map((entity, i) => ({
    slot,
    place: slot.single ? [field.as] : [field.as, i],
    target,
    entity,
  }))
}

function levelsLeft({ node, field, onward }: Slot): number {
  if (onward?.kind !== "recursion") return Infinity
  return node.levels?.get(field) ?? onward.levels
}

function childOf(
  slot: Slot,
  place: readonly (string | number)[],
  target: Target,
  entity: KeyedEntity,
  document: Node["document"],
): Node | null {
  const { node, field, onward } = slot
  const recurs = onward?.kind === "recursion"
  if (recurs ? wasComeBy(node, entity.id, target) : target === everything && isOnPath(node, entity.id, target))
    return null
  const levels = recurs ? new Map(node.levels ?? []).set(field, levelsLeft(slot) - 1) : null
  return { entity, document, target, out: {}, parent: node, place, levels }
}

function put({ node, field }: Slot, place: readonly (string | number)[], value: Json): void {
  const list = node.out[field.as]
  // The list was put there a moment ago, by `placesIn`.
  if (place.length > 1) (list as Json[]).push(value)
  else node.out[field.as] = value
}

function cut<Item>(items: readonly Item[], { offset, limit, path }: Field): readonly Item[] {
  const wanted = items.slice(offset, offset + limit)
  if (wanted.length <= limits.pullValuesMax) return wanted
  const most = limits.pullValuesMax
  throw new Refusal("too-large", `${path} has more than ${most} values: ask for them in parts`, { most })
}
