import { limits } from "../kernel/limits.ts"
import { need, type Steps } from "../kernel/steps.ts"
import type { EntityKey } from "../ports/facts.ts"
import { candidates } from "./anchors.ts"
import { assignBy } from "./assigned.ts"
import { edgesFrom, openEdges } from "./edges.ts"
import { Flow } from "./flow.ts"
import type { GroupSet } from "./group-sets.ts"
import type { Look } from "./look.ts"
import type { Ground } from "./resolve.ts"
import type { Rules } from "./rules.ts"
import type { Standing } from "./standing.ts"

// Of entities: with how many it is begun at once, and how many edges are then aimed at; and how many are judged or read at
// once. Either takes some milliseconds.
const partUsual = 256
const edgesUsual = 4_000
const pageUsual = 4_000

/**
 * The standings of all entities on which somebody has groups: from where rules assign them, down along the edges. Null:
 * there are more than is reasonable to tell at once.
 */
export function* everything(ground: Ground, look: Look): Steps<ReadonlyMap<EntityKey, Standing> | null> {
  const { standings } = ground
  const flow = new Flow(standings, look)
  const assigned = yield* assignedAnywhere(ground, look)
  if (assigned === null) return null
  for (const [key, groups] of assigned) flow.give(key, groups)
  let walked = 0
  for (;;) {
    if (flow.size > limits.standingsAtOnceMax) return null
    const frontier = flow.keys(walked)
    if (frontier.length === 0) break
    walked += frontier.length
    yield* flowOn(frontier, flow, standings.rules, look)
  }
  const found = new Map<EntityKey, Standing>()
  for (const key of flow.keys()) {
    found.set(key, standings.of(look.types.of(key) ?? "", flow.of(key)))
    if (found.size % pageUsual === 0 && look.breathe !== undefined) yield* look.breathe()
  }
  return found
}

// Lets groups flow on from some entities, part by part: nobody knows before how many each leads to.
function* flowOn(frontier: readonly EntityKey[], flow: Flow, rules: Rules, look: Look): Steps<void> {
  for (let [from, size] = [0, partUsual]; from < frontier.length;) {
    const part = frontier.slice(from, from + size)
    from += size
    const edges = yield* openEdges(yield* edgesFrom(rules, part, look), look)
    for (const edge of edges) flow.connect(edge)
    flow.settle()
    if (edges.length < edgesUsual) size *= 2
    else size = Math.max(1, Math.floor((size * edgesUsual) / edges.length))
    if (look.breathe !== undefined) yield* look.breathe()
  }
}

function* assignedAnywhere(
  { standings, assignments }: Ground,
  look: Look,
): Steps<ReadonlyMap<EntityKey, GroupSet> | null> {
  const assigned = new Map<EntityKey, GroupSet>()
  for (const [condition, groups] of assignments) {
    const near = yield* candidates(condition, look)
    const keys: EntityKey[] = []
    if (near !== null) {
      yield* look.types.learn(near, look)
      for (const key of near) if (groups.has(look.types.of(key) ?? "")) keys.push(key)
    } else {
      for (const type of groups.keys()) keys.push(...(yield* allOf(type, look)))
    }
    for (let from = 0; from < keys.length; from += pageUsual) {
      const some = keys.slice(from, from + pageUsual)
      yield* assignBy(condition, groups, some, assigned, standings.sets, look)
      if (look.breathe !== undefined) yield* look.breathe()
    }
    if (assigned.size > limits.standingsAtOnceMax) return null
  }
  return assigned
}

/** All entities of a type, whose type is known afterwards. */
export function* allOf(type: string, look: Look): Steps<readonly EntityKey[]> {
  const all: EntityKey[] = []
  for (;;) {
    const after = all.at(-1)
    const options = { limit: pageUsual, ...(after !== undefined && { after }) }
    const page = yield* need(look.facts.ofType(type, look.t, options))
    for (const key of page) {
      look.types.note(key, type)
      all.push(key)
    }
    if (page.length < pageUsual) return all
    if (look.breathe !== undefined) yield* look.breathe()
  }
}
