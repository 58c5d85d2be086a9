import type { JsonObject } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import { Refusal } from "../kernel/refusal.ts"
import { need, type Steps } from "../kernel/steps.ts"
import type { EntityKey, KeyedEntity } from "../ports/facts.ts"
import { documents } from "./documents.ts"
import { gather } from "./gather.ts"
import type { Node } from "./node.ts"
import type { Target } from "./pattern.ts"
import { spread } from "./spread.ts"
import type { View } from "./view.ts"

// So many entities are gone into before others may have their turn: that takes some milliseconds.
const atOnceMax = 1_000

/**
 * What a pattern says of some entities, in their order; null where there is none, or none that is seen. All entities of
 * one level are looked at together: how many steps it takes depends on how deep it goes, not on how many there are.
 */
export function* pull(
  view: View,
  target: Target,
  roots: readonly (EntityKey | null)[],
  isMany: boolean,
): Steps<readonly (JsonObject | null)[]> {
  const entities = yield* seenEntities(view, roots)
  const own = yield* documents(view, entities)
  const nodes = entities.map((entity, i): Node | null => {
    if (entity === null || (target.kind === "union" && !target.branches.has(entity.type))) return null
    const place = isMany ? [i] : []
    return { entity, document: own[i]!, target, out: {}, parent: null, place, levels: null }
  })
  let level: readonly Node[] = nodes.filter(node => node !== null)
  view.budget.count(level.length)
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limits.pullDepthMax) {
      const most = limits.pullDepthMax
      throw new Refusal("too-large", `The pull goes down more than ${most} levels: say how many are wanted`, { most })
    }
    view.budget.check()
    level = yield* nextLevel(view, level)
  }
  return nodes.map(node => node?.out ?? null)
}

function* nextLevel(view: View, level: readonly Node[]): Steps<readonly Node[]> {
  const next: Node[] = []
  for (let from = 0; from < level.length; from += atOnceMax) {
    const slots = yield* gather(view, level.slice(from, from + atOnceMax))
    for (const node of yield* spread(view, slots)) next.push(node)
    yield* view.budget.breathe()
  }
  return next
}

/** Entities as they were, in their order; null: it was not there, or is not seen. */
export function* seenEntities(view: View, keys: readonly (EntityKey | null)[]): Steps<readonly (KeyedEntity | null)[]> {
  const known = [...new Set(keys.filter(key => key !== null))]
  const byKey = new Map<EntityKey, KeyedEntity | null>()
  for (let from = 0; from < known.length; from += atOnceMax) {
    const some = known.slice(from, from + atOnceMax)
    const sees = view.sight === null ? null : yield* need(view.sight.sees(some))
    const seen = some.filter((_, i) => sees?.[i] ?? true)
    const found = seen.length === 0 ? [] : yield* need(view.facts.entities(seen, view.moment.t))
    seen.forEach((key, i) => byKey.set(key, found[i] ?? null))
    yield* view.budget.breathe()
  }
  return keys.map(key => (key === null ? null : (byKey.get(key) ?? null)))
}
