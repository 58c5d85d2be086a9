import type { Document } from "../kernel/entity.ts"
import type { Json } from "../kernel/json.ts"
import type { ValueChange } from "../ports/write.ts"
import { lookedUpBy } from "../schema/looked-up.ts"
import type { Attribute, EntityType } from "../schema/types.ts"

type Scalar = ValueChange["value"]

/** The rows of looked-up values that a change of document adds and takes away. */
export function valueChanges(
  type: EntityType,
  before: Document | null,
  after: Document | null,
): readonly ValueChange[] {
  if (type.lookups.length === 0) return none
  const changes: ValueChange[] = []
  for (const attribute of type.lookups) {
    const was = before?.[attribute.name]
    const is = after?.[attribute.name]
    if (was === is) continue
    const { type } = attribute
    if (attribute.many) manyChanges(changes, attribute, scalars(type, was), scalars(type, is))
    else oneChange(changes, attribute, lookedUpBy(type, was), lookedUpBy(type, is))
  }
  return changes
}

const none: readonly ValueChange[] = []

function oneChange(
  changes: ValueChange[],
  attribute: Attribute,
  was: Scalar | undefined,
  is: Scalar | undefined,
): void {
  if (was === is) return
  if (was !== undefined) changes.push(change(attribute, was, false))
  if (is !== undefined) changes.push(change(attribute, is, true))
}

function manyChanges(
  changes: ValueChange[],
  attribute: Attribute,
  was: readonly Scalar[],
  is: readonly Scalar[],
): void {
  const [before, after] = [new Set(was), new Set(is)]
  for (const value of before) if (!after.has(value)) changes.push(change(attribute, value, false))
  for (const value of after) if (!before.has(value)) changes.push(change(attribute, value, true))
}

function change(attribute: Attribute, value: Scalar, added: boolean): ValueChange {
  const unique = attribute.unique !== null
  return { attribute: attribute.fullName, value, ref: attribute.type === "ref", unique, added }
}

function scalars(type: Attribute["type"], value: Json | undefined): readonly Scalar[] {
  if (!Array.isArray(value)) return []
  return value.map(one => lookedUpBy(type, one as Json)).filter(one => one !== undefined)
}

/** What a document holds of an attribute, of which there may be one value or many. */
export function valuesOf(held: Json | undefined): readonly Json[] {
  return Array.isArray(held) ? held : held === undefined ? [] : [held]
}
