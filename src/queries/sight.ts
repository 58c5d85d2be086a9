import type { Maybe } from "../kernel/handler.ts"
import type { EntityKey } from "../ports/facts.ts"

/** What one reader sees, by the rights of one moment. All is asked for many at once, and answered in their order. */
export interface Sight {
  /** The attributes, by full name, that have rules of their own. Of all others, who sees the entity sees the attribute. */
  readonly guarded: ReadonlySet<string>
  /** Whether entities are seen; with an attribute's full name, whether that attribute of each is. */
  sees(keys: readonly EntityKey[], attribute?: string): Maybe<readonly boolean[]>
  /** The groups that the reader is in, with regard to each entity. */
  groups(keys: readonly EntityKey[]): Maybe<readonly (readonly string[])[]>
  permissions(keys: readonly EntityKey[]): Maybe<readonly (readonly string[])[]>
}
