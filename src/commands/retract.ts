import type { Json } from "../kernel/json.ts"
import { sameJson } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { Attribute, EntityType } from "../schema/types.ts"
import { placeOf, type Draft } from "./draft.ts"
import { fault, missing, type Op } from "./ops.ts"
import { applySet } from "./put.ts"
import { referencesTo, withoutReference } from "./references.ts"
import { valuesOf } from "./values.ts"
import type { Deciding } from "./deciding.ts"

/** Retracts an entity, its components, theirs, and every reference that points at one of them. */
export function* applyRetract(op: Extract<Op, { kind: "retract" }>, draft: Draft): Deciding<void> {
  const path = `${op.path}/retract`
  const id = yield* draft.resolve(op.id, null, path)
  if (id === null) return
  const { document, retractedAt } = yield* draft.entity(id)
  // It may be gone already, with an op before this one.
  if (document === null && retractedAt !== null) return
  if (document === null) throw missing(path, `There is nothing to retract at ${path}: ${id}`)
  yield* retract(id, path, draft, 0)
}

function* retract(id: string, path: string, draft: Draft, depth: number): Deciding<void> {
  if (depth > limits.componentDepthMax) {
    throw new Refusal("too-large", `Components nest deeper than ${limits.componentDepthMax} under ${id}`, { id })
  }
  const drafted = yield* draft.anyEntity(id)
  const type = draft.schema.entities.get(drafted.type)
  const before = drafted.document
  if (before === null || type === undefined) return
  drafted.document = null
  drafted.retractedAt = path
  yield* dropReferences(id, type, path, draft)
  for (const attribute of type.attributes.values()) {
    if (!attribute.component) continue
    const parts = before[attribute.name]
    for (const part of Array.isArray(parts) ? parts : [parts]) {
      if (typeof part === "string") yield* retract(part, path, draft, depth + 1)
    }
  }
}

// A reference to what is no more would be a lie: those that point here point elsewhere from now on, or nowhere.
function* dropReferences(id: string, type: EntityType, path: string, draft: Draft): Deciding<void> {
  const attributes = referencesTo(type.name, draft.schema)
  // All of them in one question: a store may be far away.
  yield { holders: attributes.map(({ fullName }) => [fullName, id]) }
  for (const attribute of attributes) {
    const holders = yield* draft.holders(attribute, id)
    yield { heads: holders }
    for (const holderId of holders) {
      const holder = yield* draft.anyEntity(holderId)
      const left = withoutReference(holder.document, attribute.name, id)
      if (left === null) continue
      holder.document = left
      holder.place = path
      holder.places.set(attribute.name, path)
    }
  }
}

/**
 * Notes as faults the references that ops give again to what another op has retracted before them. One that is new is found
 * missing with all that comes of the ops; one that was there would look as if nobody had said it.
 */
export function noteGone(draft: Draft, isHidden: (id: string) => boolean): void {
  const gone = new Set<string>()
  for (const { head, document, retractedAt } of draft.touched()) {
    if (document === null && retractedAt !== null && !isHidden(head.id)) gone.add(head.id)
  }
  if (gone.size === 0) return
  for (const drafted of draft.touched()) {
    const { head, type, document } = drafted
    if (document === null || head.document === null) continue
    for (const { name, fullName, type: kind } of draft.schema.entities.get(type)?.lookups ?? []) {
      if (kind !== "ref") continue
      const before = valuesOf(head.document[name])
      for (const id of valuesOf(document[name])) {
        if (typeof id !== "string" || !gone.has(id) || !before.includes(id)) continue
        const message = `${fullName} points at ${id}, which is not there`
        draft.faults.push(fault(placeOf(drafted, `/${name}`), "ref", message))
      }
    }
  }
}

/** Changes a value only if it is what the sender takes it to be. */
export function* applyCas(op: Extract<Op, { kind: "cas" }>, draft: Draft): Deciding<void> {
  const path = `${op.path}/cas`
  const id = yield* draft.resolve(op.id, null, path)
  if (id === null) return
  const drafted = yield* draft.entity(id)
  const type = draft.schema.entities.get(drafted.type)
  if (drafted.document === null || type === undefined) {
    throw missing(path, `There is no ${id} at ${path}`)
  }
  const attribute = draft.attribute(type, op.attribute, `${op.path}/attr`)
  if (attribute === null) return
  const expected = yield* comparable(op.old, attribute, type, `${op.path}/old`, draft)
  if (expected === undefined) return
  const held = drafted.document[attribute.name] ?? null
  if (!sameJson(expected, attribute.type === "ref" ? yield* shownReference(held, attribute, draft) : held)) {
    const message = `${attribute.fullName} of ${id} is not what was expected`
    const faults = [fault(`${op.path}/old`, "cas", message)]
    draft.conflicts.push(new Refusal("conflict", message, { attribute: attribute.fullName }, faults))
  }
  // Whether it is as expected, only they may know who may read it.
  drafted.compared.set(attribute.name, `${op.path}/attr`)
  yield* applySet({ draft, drafted, type, path: `${op.path}/new`, depth: 0 }, attribute.name, op.new)
}

// A reference is compared as who asks may see it: what it points at, and they may not know, is not there for them.
function* shownReference(held: Json, attribute: Attribute, draft: Draft): Deciding<Json> {
  const seen = yield* draft.seenTargets(held)
  return attribute.many && seen.length > 0 ? seen : (seen[0] ?? null)
}

/** The value as it would be stored; undefined, with a fault, if it could not be. */
function* comparable(
  value: Json,
  attribute: Attribute,
  type: EntityType,
  path: string,
  draft: Draft,
): Deciding<Json | undefined> {
  if (value === null) return null
  if (attribute.type === "ref" && !attribute.many) return (yield* draft.resolve(value, null, path)) ?? undefined
  const coerced = type.coerce(attribute.name, value)
  if ("value" in coerced) return coerced.value
  draft.faults.push(fault(path, coerced.fault.code, coerced.fault.message))
  return undefined
}
