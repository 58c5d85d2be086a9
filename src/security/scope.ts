import { finish } from "../kernel/steps.ts"
import { Unready, type Scope } from "../ports/datalog.ts"
import type { EntityKey } from "../ports/facts.ts"
import type { Rights } from "./rights.ts"

// So many asked about one by one, and it is cheaper to find all there are.
const singlesMax = 64

/**
 * What somebody sees, for a store that asks about every row it comes by. Null: everything. It tells of entities and of
 * attributes; a ref is seen where its target is as well, which is a question of its own.
 */
export function scopeOf(rights: Rights, permission = "read"): Scope | null {
  if (rights.isSystem) return null
  let singles = 0

  function ask(entity: EntityKey, attribute?: string): boolean {
    if (++singles === singlesMax) {
      const prepared = finish(rights.prepare())
      // From now on it is known, so this is the only time.
      if (prepared instanceof Promise) throw new Unready(prepared)
    }
    const told = finish(rights.allows([entity], permission, attribute))
    // What lies above it is much, or far: it is remembered once it is known.
    if (told instanceof Promise) throw new Unready(told)
    return told[0] === true
  }

  return {
    sees: (entity, attribute) => rights.known(entity, permission, attribute) ?? ask(entity, attribute),
    guarded: rights.guarded(permission),
    members: attribute => finish(rights.members(permission, attribute === undefined ? {} : { attribute })),
    visible: (entities, attribute) => finish(rights.allows(entities, permission, attribute)),
    t: rights.t,
  }
}
