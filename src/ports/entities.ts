import type { EntityAt, Head } from "../kernel/entity.ts"
import type { Maybe } from "../kernel/handler.ts"
import type { T } from "../kernel/message.ts"

/** A value of a looked-up attribute (`Entity/attr`). */
export type LookedUp = readonly [attribute: string, value: string | number | boolean]

/** Entities as they are from t on, and the values that are looked up. */
export interface EntityStore {
  /** The newest state of each entity, in the order asked. One that never was has version 0, type "" and no document. */
  heads(ids: readonly string[]): Maybe<readonly Head[]>

  /** Who has a value of a looked-up attribute (`Entity/attr`) now, in order of their creation. For a ref, the value is an id. */
  holders(attribute: string, value: string | number | boolean): Maybe<readonly string[]>

  /** The same for many values in one question, in the order asked. */
  holdersOf(values: readonly LookedUp[]): Maybe<readonly (readonly string[])[]>

  /** The same as it was at t. */
  holdersAt(attribute: string, value: string | number | boolean, t: T): Maybe<readonly string[]>

  /** Whether anybody has, or ever had, a value. */
  wasHeld(attribute: string, value: string | number | boolean): Maybe<boolean>

  /** An entity as it was at t; null if it did not exist then. */
  at(id: string, t: T): Maybe<EntityAt | null>

  /** All versions of an entity, oldest first; `document: null` where it was retracted. */
  versions(id: string): Maybe<readonly { fromT: T; document: EntityAt["document"] | null }[]>

  /** The ids of the entities of a type as of t, in order of their creation, after an id, at most `limit`. */
  ids(type: string, t: T, options: { after?: string; limit: number }): Maybe<readonly string[]>
}
