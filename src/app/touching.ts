import type { EntityChange } from "../ports/write.ts"
import { meaningOf } from "../security/relevance.ts"
import type { Rules } from "../security/rules.ts"

/** Says of a change of an entity whether it may matter to who may what: to rights on itself, or on others. */
export function touching(rules: Rules): (change: EntityChange) => boolean {
  const meaning = meaningOf(rules)
  return change => {
    // What is new or gone is so to those, too, who are asked about it alone.
    if (!change.replaces || change.document === null) return true
    return meaning({ t: 0, at: "", events: [], kinds: [], changes: [change] }).isRelevant
  }
}
