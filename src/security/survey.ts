import { limits } from "../kernel/limits.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { Steps } from "../kernel/steps.ts"
import type { EntityKey } from "../ports/facts.ts"
import { edgesTo, openEdges, type Edge } from "./edges.ts"
import { holding } from "./evaluate.ts"
import type { Look } from "./look.ts"
import type { AssignRule, Rules } from "./rules.ts"

/** Everything from which groups come to an entity, or would, if no condition stood in the way. */
export type Survey = {
  readonly entities: ReadonlySet<EntityKey>
  readonly open: readonly Edge[]
  readonly shut: readonly Edge[]
  /** By entity, the rules that give it groups by itself. */
  readonly assigned: ReadonlyMap<EntityKey, readonly AssignRule[]>
}

/** Walks to everything that lies above an entity, whose type is known, along open edges and shut ones. */
export function* surveyOf(rules: Rules, key: EntityKey, look: Look): Steps<Survey> {
  const entities = new Set([key])
  const open: Edge[] = []
  const shut: Edge[] = []
  let frontier = [key]
  while (frontier.length > 0) {
    const edges = yield* edgesTo(rules, frontier, look)
    const held = new Set(yield* openEdges(edges, look))
    frontier = []
    for (const edge of edges) {
      ;(held.has(edge) ? open : shut).push(edge)
      if (entities.has(edge.parent)) continue
      entities.add(edge.parent)
      frontier.push(edge.parent)
    }
    if (entities.size > limits.explainedEntitiesMax) {
      const sentence = `Groups come from more than ${limits.explainedEntitiesMax} entities: too many to explain`
      throw new Refusal("too-large", sentence)
    }
  }
  return { entities, open, shut, assigned: yield* assignedIn(rules, [...entities], look) }
}

function* assignedIn(
  rules: Rules,
  keys: readonly EntityKey[],
  look: Look,
): Steps<ReadonlyMap<EntityKey, readonly AssignRule[]>> {
  const assigned = new Map<EntityKey, AssignRule[]>()
  for (const [type, { assign }] of rules.types) {
    const some = keys.filter(key => look.types.of(key) === type)
    const places = some.map((_, place) => place)
    for (const rule of assign) {
      for (const place of yield* holding(rule.condition, { $self: some }, places, look)) {
        const key = some[place]!
        assigned.set(key, [...(assigned.get(key) ?? []), rule])
      }
    }
  }
  return assigned
}
