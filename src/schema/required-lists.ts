import type { Document } from "../kernel/entity.ts"
import type { Fault } from "../kernel/refusal.ts"
import type { ExpandedEntity } from "./expand.ts"

/** Checks one required list of an entity: at least one of the attributes has a value, or all or none of them have. */
export type ListCheck = {
  readonly isGood: (document: Document) => boolean
  readonly faults: (document: Document) => readonly Fault[]
}

/** The checks for an entity's required lists. */
export function listChecks(lists: ExpandedEntity["required"]): readonly ListCheck[] {
  return lists.map(list => ("allOrNone" in list ? allOrNone(list.allOrNone) : atLeastOne(list)))
}

/** Whether an attribute has a value. An empty list is none. */
export function hasValue(document: Document, name: string): boolean {
  const value = document[name]
  return value !== undefined && !(Array.isArray(value) && value.length === 0)
}

function atLeastOne(names: readonly string[]): ListCheck {
  const isGood = (document: Document) => names.some(name => hasValue(document, name))
  const message = `must have a value in at least one of ${names.join(", ")}`
  return { isGood, faults: document => (isGood(document) ? [] : [{ path: "", code: "requiredOneOf", message }]) }
}

function allOrNone(names: readonly string[]): ListCheck {
  const missing = (document: Document) => names.filter(name => !hasValue(document, name))
  const isGood = (document: Document) => {
    const without = missing(document).length
    return without === 0 || without === names.length
  }
  const message = `must have a value, or none of ${names.join(", ")} may`
  const faults = (document: Document) => {
    return isGood(document) ? [] : missing(document).map(name => ({ path: `/${name}`, code: "allOrNone", message }))
  }
  return { isGood, faults }
}
