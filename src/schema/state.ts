import type { Document } from "../kernel/entity.ts"
import type { EntityType } from "./types.ts"

/**
 * The state that decisions and events see: the document with a list, perhaps empty, for each attribute of many values;
 * for an entity that does not exist, its initial one.
 */
export function stateOf(type: Pick<EntityType, "initial"> | undefined, document: Document | null): Document {
  if (type === undefined) return document ?? {}
  if (document === null) return type.initial
  let state = document
  for (const name in type.initial) {
    if (state[name] === undefined && Array.isArray(type.initial[name])) state = { ...state, [name]: [] }
  }
  return state
}

/**
 * The document of a state: what has no value has no key. An attribute that never had one, and one that has none any
 * more, are the same.
 */
export function documentOf(type: EntityType | undefined, state: Document): Document {
  let document = state
  for (const name in type?.initial) {
    const value = document[name]
    if (!Array.isArray(value) || value.length > 0) continue
    const { [name]: _none, ...rest } = document
    document = rest
  }
  return document
}
