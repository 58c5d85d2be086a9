import type { Json } from "../kernel/json.ts"
import type { Steps } from "../kernel/steps.ts"
import type { EntityKey } from "../ports/facts.ts"
import { asKey, factsOf, type Look } from "./look.ts"
import { fansOut, type PlainStep, type WayStep } from "./way.ts"

/** From each entity the ones, or the values, that one step leads to. */
type Links = ReadonlyMap<EntityKey, readonly Json[]>

/** One step from many at once: each pair of where from and where to. With `wanted`, only where to is one of them. */
export function* along(
  look: Look,
  { attribute, backwards, holders }: PlainStep,
  from: readonly EntityKey[],
  wanted?: readonly Json[],
): Steps<readonly (readonly [from: EntityKey, to: Json])[]> {
  if (from.length === 0) return []
  const filter = backwards
    ? { values: from, ...(wanted && { entities: wanted.map(asKey) }) }
    : { entities: from, ...(wanted && { values: wanted }) }
  const facts = yield* factsOf(look, attribute, filter)
  const counted = holders === null ? facts : yield* heldBy(holders, facts, look)
  return backwards ? counted.map(([entity, value]) => [asKey(value), entity] as const) : counted
}

function* heldBy<Held extends readonly [EntityKey, Json]>(
  holders: ReadonlySet<string>,
  facts: readonly Held[],
  look: Look,
): Steps<readonly Held[]> {
  const keys = facts.map(([entity]) => entity)
  yield* look.types.learn(keys, look)
  return facts.filter(([entity]) => holders.has(look.types.of(entity) ?? ""))
}

/** The links of one step from many; of a starred one, those of every entity on the way. */
export function* linksOf(look: Look, step: WayStep, starts: ReadonlySet<EntityKey>): Steps<Links> {
  const links = new Map<EntityKey, Json[]>()
  const walked = new Set(starts)
  let frontier = [...starts]
  while (frontier.length > 0) {
    const next: EntityKey[] = []
    for (const [from, to] of yield* along(look, step, frontier)) {
      const others = links.get(from)
      if (others === undefined) links.set(from, [to])
      else others.push(to)
      if (!step.star || walked.has(asKey(to))) continue
      walked.add(asKey(to))
      next.push(asKey(to))
    }
    frontier = next
  }
  return links
}

/** Where links lead to: with a star, also where they begin and where they pass. */
function reached(links: Links, step: WayStep, starts: ReadonlySet<EntityKey>): ReadonlySet<EntityKey> {
  const ends = new Set<EntityKey>(step.star ? starts : [])
  for (const targets of links.values()) for (const target of targets) ends.add(asKey(target))
  return ends
}

/** All entities from which a way leads to one of those wanted. */
export function* whence(look: Look, wanted: readonly Json[], steps: readonly WayStep[]): Steps<ReadonlySet<EntityKey>> {
  let values = wanted
  for (const step of steps.toReversed()) {
    const back = { ...step, backwards: !step.backwards }
    if (step.star) {
      const starts = new Set(values.map(asKey))
      values = [...reached(yield* linksOf(look, back, starts), back, starts)]
    } else if (step.backwards) {
      values = (yield* along(look, back, values.map(asKey))).map(([, holder]) => holder)
    } else {
      const facts = yield* factsOf(look, step.attribute, { values })
      const held = step.holders === null ? facts : yield* heldBy(step.holders, facts, look)
      values = held.map(([holder]) => holder)
    }
    values = [...new Set(values)]
    if (values.length === 0) break
  }
  return new Set(values.map(asKey))
}

/**
 * Those of many entities from which a way leads to something wanted; null: to anything at all. The whole way is walked
 * for all at once, and then back along it.
 */
export function* leading(
  look: Look,
  starts: ReadonlySet<EntityKey>,
  steps: readonly WayStep[],
  wanted: readonly Json[] | null,
): Steps<ReadonlySet<EntityKey>> {
  if (starts.size === 0 || wanted?.length === 0) return new Set()
  // A circle of friends is large seen from the circle, and small seen from the friend: a repeated step that fans out is
  // walked from its other end.
  const wide = wanted === null ? -1 : steps.findIndex(step => step.star && fansOut(step))
  if (wide >= 0) {
    const near = yield* whenceKept(look, wanted!, steps, wide)
    if (wide > 0) return yield* leading(look, starts, steps.slice(0, wide), [...near])
    return new Set([...starts].filter(start => near.has(start)))
  }
  const walked: { step: WayStep; links: Links }[] = []
  const last = steps.at(-1)!
  let frontier = starts
  for (const step of last.star ? steps : steps.slice(0, -1)) {
    const links = yield* linksOf(look, step, frontier)
    walked.push({ step, links })
    frontier = reached(links, step, frontier)
  }
  let good: ReadonlySet<EntityKey>
  if (!last.star) good = new Set((yield* along(look, last, [...frontier], wanted ?? undefined)).map(([from]) => from))
  else good = wanted === null ? frontier : new Set(wanted.map(asKey).filter(key => frontier.has(key)))
  for (const { step, links } of walked.toReversed()) good = step.star ? before(links, good) : oneBefore(links, good)
  return new Set([...starts].filter(start => good.has(start)))
}

// What leads to who asks is asked for again and again; what leads to a value, or to what some way led to, is not.
function* whenceKept(
  look: Look,
  wanted: readonly Json[],
  steps: readonly WayStep[],
  from: number,
): Steps<ReadonlySet<EntityKey>> {
  const isKept = wanted.length === 1 && wanted[0] === look.security && endsAtEntities(steps)
  const kept = isKept ? look.leading.get(steps) : undefined
  if (kept !== undefined) return kept
  const found = yield* whence(look, wanted, steps.slice(from))
  if (isKept) look.leading.set(steps, found)
  return found
}

function endsAtEntities(steps: readonly WayStep[]): boolean {
  const last = steps.at(-1)!
  return last.star || last.backwards || last.attribute.type === "ref"
}

function oneBefore(links: Links, good: ReadonlySet<EntityKey>): ReadonlySet<EntityKey> {
  const found = new Set<EntityKey>()
  for (const [from, targets] of links) if (targets.some(target => good.has(asKey(target)))) found.add(from)
  return found
}

function before(links: Links, good: ReadonlySet<EntityKey>): ReadonlySet<EntityKey> {
  const back = new Map<EntityKey, EntityKey[]>()
  for (const [from, targets] of links) {
    for (const target of targets.map(asKey)) {
      const others = back.get(target)
      if (others === undefined) back.set(target, [from])
      else others.push(from)
    }
  }
  const found = new Set(good)
  for (const key of found) for (const from of back.get(key) ?? []) found.add(from)
  return found
}

/** For each of many entities, what is at the end of a way from it. */
export function* endsOf(
  look: Look,
  starts: ReadonlySet<EntityKey>,
  steps: readonly WayStep[],
): Steps<ReadonlyMap<EntityKey, ReadonlySet<Json>>> {
  let ends = new Map<EntityKey, ReadonlySet<Json>>([...starts].map(start => [start, new Set<Json>([start])]))
  for (const step of steps) {
    const frontier = new Set([...ends.values()].flatMap(values => [...values].map(asKey)))
    const links = yield* linksOf(look, step, frontier)
    ends = new Map([...ends].map(([start, values]) => [start, oneOn(links, step, values)]))
  }
  return ends
}

function oneOn(links: Links, step: WayStep, from: ReadonlySet<Json>): ReadonlySet<Json> {
  const found = new Set<Json>(step.star ? from : [])
  for (const key of step.star ? found : from) for (const target of links.get(asKey(key)) ?? []) found.add(target)
  return found
}
