import type { Steps } from "../../kernel/steps.ts"
import type { EntityKey } from "../../ports/facts.ts"

/** What one reader sees, asked for many at once. */
export type Sight = {
  /** The attributes, by full name, that have rules of their own. Of all others, who sees the entity sees the attribute. */
  readonly guarded: ReadonlySet<string>
  /** Which of some entities are seen, in the order asked; with an attribute's full name, of which that attribute is. */
  readonly visible: (entities: readonly EntityKey[], attribute?: string) => Steps<readonly boolean[]>
}
