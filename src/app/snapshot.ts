import type { Json } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import type { T } from "../kernel/message.ts"
import type { Snapshot } from "../kernel/snapshot.ts"
import type { EntityStore } from "../ports/entities.ts"

/** The store as it was at one t, as a value. */
export function snapshotAt(entities: EntityStore, t: T): Snapshot {
  return {
    t,
    entity: async id => entities.at(id, t),
    idsBy: async (attribute, value) => (isScalar(value) ? entities.holdersAt(attribute, value, t) : []),
    idsOf: async (type, { after, limit = limits.pageItemsMax } = {}) =>
      entities.ids(type, t, after === undefined ? { limit } : { after, limit }),
  }
}

function isScalar(value: Json): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
}
