import type { EntityAt } from "./entity.ts"
import type { Json } from "./json.ts"
import type { T } from "./message.ts"

/** Everything as it was at one t. A value: however late it is asked, it answers the same. */
export interface Snapshot {
  readonly t: T

  /** The entity as it was, or null if it did not exist then. */
  entity(id: string): Promise<EntityAt | null>

  /** The ids of the entities whose looked-up attribute (`Entity/attr`) had this value, in order of their creation. */
  idsBy(attribute: string, value: Json): Promise<readonly string[]>

  /** The ids of all entities of a type, in order of their creation, at most `limit` after `after`. */
  idsOf(type: string, options?: { after?: string; limit?: number }): Promise<readonly string[]>
}
