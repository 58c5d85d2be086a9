import type { Maybe } from "../kernel/handler.ts"
import { finish } from "../kernel/steps.ts"
import type { EntityKey } from "../ports/facts.ts"
import type { Rights } from "../security/rights.ts"

/** What one reader sees, by their rights. Whether something is seen is asked for many at once, and told in their order. */
export type Sight = {
  readonly rights: Rights
  /** The attributes, by full name, that have rules of their own. Of all others, who sees the entity sees the attribute. */
  readonly guarded: ReadonlySet<string>
  /** Whether entities are seen; with an attribute's full name, whether that attribute of each is. */
  readonly sees: (keys: readonly EntityKey[], attribute?: string) => Maybe<readonly boolean[]>
}

/** What somebody sees who has these rights; null: everything. */
export function sightBy(rights: Rights): Sight | null {
  if (rights.isSystem) return null
  return {
    rights,
    guarded: rights.guarded("read"),
    sees: (keys, attribute) => finish(rights.allows(keys, "read", attribute)),
  }
}
