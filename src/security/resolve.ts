import type { Steps } from "../kernel/steps.ts"
import type { EntityKey } from "../ports/facts.ts"
import { assignedTo, type Assignments } from "./assigned.ts"
import { edgesTo, openEdges } from "./edges.ts"
import { Flow } from "./flow.ts"
import type { Look } from "./look.ts"
import type { Standing, Standings } from "./standing.ts"

// So many are judged at once; it takes some milliseconds.
const pageSize = 2_000

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
): Steps<Map<EntityKey, Standing>> {
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
  const found = new Map<EntityKey, Standing>()
  const pages = pagesOf([...gathered])
  for (const keys of pages) {
    for (const [key, groups] of yield* assignedTo(assignments, keys, standings.sets, look)) flow.give(key, groups)
  }
  yield* flow.rest()
  for (const keys of pages) {
    for (const key of keys) found.set(key, standings.of(look.types.of(key) ?? "", flow.of(key)))
    if (keys.length === pageSize && look.breathe !== undefined) yield* look.breathe()
  }
  return found
}

function pagesOf(keys: readonly EntityKey[]): readonly (readonly EntityKey[])[] {
  if (keys.length <= pageSize) return [keys]
  const pages = []
  for (let from = 0; from < keys.length; from += pageSize) pages.push(keys.slice(from, from + pageSize))
  return pages
}
