import type { EntityKey } from "../ports/facts.ts"
import type { Edge } from "./edges.ts"
import type { Look } from "./look.ts"
import type { AssignRule, Rules } from "./rules.ts"
import type { Survey } from "./survey.ts"

/** One step of a group: along an edge, or to a group that it implies where it is. */
export type Passage = { readonly edge: Edge | null; readonly at: EntityKey; readonly group: number }

/** How a group came: the entity and the rule that gave one, and each step from there. */
export type GroupPath = { readonly from: EntityKey; readonly rule: AssignRule; readonly passages: readonly Passage[] }

type Stand = Passage & { readonly before: Stand | null; readonly rule: AssignRule }

/**
 * For everything in a survey, by entity and group, a shortest way along which the group came. What is in it is what
 * somebody has, and nothing else is: it is the same fixed point, found one group at a time.
 */
export class Paths {
  readonly #found = new Map<EntityKey, Map<number, Stand>>()

  constructor(rules: Rules, { assigned, open }: Survey, look: Look) {
    const out = new Map<EntityKey, Edge[]>()
    for (const edge of open) out.set(edge.parent, [...(out.get(edge.parent) ?? []), edge])
    const reached: Stand[] = []
    const add = (stand: Stand) => {
      const groups = this.#found.get(stand.at) ?? new Map<number, Stand>()
      this.#found.set(stand.at, groups)
      if (groups.has(stand.group)) return
      groups.set(stand.group, stand)
      reached.push(stand)
    }
    for (const [at, given] of assigned) {
      for (const rule of given) add({ edge: null, at, group: rule.group, before: null, rule })
    }
    // Those that were reached first are gone on from first, so each is reached by a shortest way.
    for (const stand of reached) {
      const { at, group, rule } = stand
      const implied = rules.types.get(look.types.of(at) ?? "")?.implies?.to.get(group) ?? []
      for (const next of implied) add({ edge: null, at, group: next, before: stand, rule })
      for (const edge of out.get(at) ?? []) {
        for (const next of passed(edge, group)) add({ edge, at: edge.child, group: next, before: stand, rule })
      }
    }
  }

  /** The groups that somebody has on an entity. */
  groups(key: EntityKey): ReadonlySet<number> {
    return new Set(this.#found.get(key)?.keys())
  }

  /** How a group came to an entity. */
  path(key: EntityKey, group: number): GroupPath | null {
    let stand = this.#found.get(key)?.get(group) ?? null
    const passages: Passage[] = []
    while (stand !== null && stand.before !== null) {
      passages.push(stand)
      stand = stand.before
    }
    return stand === null ? null : { from: stand.at, rule: stand.rule, passages: passages.reverse() }
  }
}

/** What a group becomes on the far side of an edge. */
export function passed({ rule }: Edge, group: number): readonly number[] {
  return rule.passes === null ? [group] : (rule.passes.to.get(group) ?? [])
}
