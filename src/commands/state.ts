import type { Document } from "../kernel/entity.ts"
import type { EntityType } from "../schema/types.ts"

/**
 * The state that decisions and events see: the document with a list, perhaps empty, for each attribute of many values;
 * for an entity that does not exist, its initial one.
 */
export function stateOf(type: EntityType | undefined, document: Document | null): Document {
  if (type === undefined) return document ?? {}
  if (document === null) return type.initial
  let state = document
  for (const name in type.initial) {
    if (state[name] === undefined && Array.isArray(type.initial[name])) state = { ...state, [name]: [] }
  }
  return state
}
