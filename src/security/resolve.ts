import type { Steps } from "../kernel/steps.ts"
import type { EntityKey } from "../ports/facts.ts"
import { assignedTo, type Assignments } from "./assigned.ts"
import { edgesTo, openEdges } from "./edges.ts"
import { Flow } from "./flow.ts"
import type { Look } from "./look.ts"
import type { Standing, Standings } from "./standing.ts"

/** What judging rests on, whoever asks: the rules, and the standings that are known. */
export type Ground = { readonly standings: Standings; readonly assignments: Assignments }

/**
 * The standings of entities that exist, whose types are known, and of everything that groups come to them from. What is
 * `known` already is not gone into again. All of them are final: whatever flows to one of them was walked to.
 */
export function* resolve(
  { standings, assignments }: Ground,
  asked: readonly EntityKey[],
  known: (key: EntityKey) => Standing | undefined,
  look: Look,
): Steps<ReadonlyMap<EntityKey, Standing>> {
  const flow = new Flow(standings, look)
  const gathered = new Set(asked)
  const settled = new Set<EntityKey>()
  let frontier = asked
  while (frontier.length > 0) {
    const next: EntityKey[] = []
    for (const edge of yield* openEdges(yield* edgesTo(standings.rules, frontier, look), look)) {
      const { parent } = edge
      if (!gathered.has(parent) && !settled.has(parent)) {
        const before = known(parent)
        if (before === undefined) {
          gathered.add(parent)
          next.push(parent)
        } else {
          settled.add(parent)
          flow.give(parent, before.set)
        }
      }
      flow.connect(edge)
    }
    frontier = next
  }
  const keys = [...gathered]
  for (const [key, groups] of yield* assignedTo(assignments, keys, standings.sets, look)) flow.give(key, groups)
  flow.settle()
  return new Map(keys.map(key => [key, standings.of(look.types.of(key) ?? "", flow.of(key))]))
}
