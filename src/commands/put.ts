import type { Document } from "../kernel/entity.ts"
import { isObject, sameJson, type Json } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { Attribute, EntityType } from "../schema/types.ts"
import type { Draft, Drafted } from "./draft.ts"
import { fault, type Op } from "./ops.ts"
import type { Deciding } from "./workspace.ts"

type Put = Extract<Op, { kind: "put" }>

/** Applies one op that sets, adds or removes values: the entity is made if it is not there. */
export function* applyPut(op: Put, draft: Draft, depth = 0): Deciding<string | null> {
  if (depth > limits.componentDepthMax) throw new Refusal("too-large", `Ops nest deeper than ${limits.componentDepthMax} at ${op.path}`)
  const type = draft.schema.entities.get(op.entity)
  if (type === undefined) {
    const known = [...draft.schema.entities.keys()].join(", ")
    throw new Refusal("unknown-type", `There is no entity ${op.entity}; known are ${known}`, { path: `${op.path}/entity` }, [
      fault(`${op.path}/entity`, "unknown-type", `There is no entity ${op.entity}`),
    ])
  }
  const id = yield* draft.resolve(op.id, op.entity, `${op.path}/id`)
  if (id === null) return null
  const drafted = yield* draft.entity(id)
  if (drafted.document !== null && drafted.type !== type.name) {
    throw new Refusal("conflict", `The id ${id} belongs to an entity of another type`, { path: `${op.path}/id` })
  }
  if (drafted.document === null) {
    drafted.type = type.name
    drafted.document = sparse(type.initial)
  }
  for (const [name, value] of Object.entries(op.set)) yield* setAttribute(draft, drafted, type, name, value ?? null, `${op.path}/set/${name}`, depth)
  for (const [name, values] of Object.entries(op.add)) yield* addValues(draft, drafted, type, name, values as Json[], `${op.path}/add/${name}`, depth)
  for (const [name, values] of Object.entries(op.remove)) yield* removeValues(draft, drafted, type, name, values as Json[], `${op.path}/remove/${name}`)
  return id
}

function* setAttribute(draft: Draft, drafted: Drafted, type: EntityType, name: string, value: Json, path: string, depth: number): Deciding<void> {
  const short = name.slice(name.lastIndexOf("/") + 1)
  if (short.startsWith("_")) return yield* setBackwards(draft, drafted.head.id, name, value, path, depth)
  const attribute = draft.attribute(type, name, path)
  if (attribute === null) return
  if (value === null) drafted.document = withValue(drafted.document, attribute, undefined)
  else if (attribute.many) {
    const values = yield* readValues(draft, type, attribute, Array.isArray(value) ? value : [value], path, depth)
    drafted.document = withValue(drafted.document, attribute, distinct(values))
  } else {
    const read = yield* readValue(draft, type, attribute, value, path, depth)
    if (read !== undefined) drafted.document = withValue(drafted.document, attribute, read)
  }
}

// What has no value has no key: an empty list in a document would be a difference that means nothing.
function withValue(document: Document | null, attribute: Attribute, value: Json | undefined): Document {
  const { [attribute.name]: _before, ...rest } = document ?? {}
  const none = value === undefined || value === null || (Array.isArray(value) && value.length === 0)
  return none ? rest : { ...rest, [attribute.name]: value }
}

function sparse(initial: Document): Document {
  return Object.fromEntries(Object.entries(initial).filter(([, value]) => !Array.isArray(value) || value.length > 0))
}

/** `Entity/_attr` sets the reference on its other side: those named come to point here. */
function* setBackwards(draft: Draft, id: string, name: string, value: Json, path: string, depth: number): Deciding<void> {
  const forward = draft.schema.attribute(name.replace("/_", "/"))
  if (forward?.type !== "ref") {
    draft.faults.push(fault(path, "unknown-attribute", `${name} is no reference walked backwards`))
    return
  }
  for (const holder of Array.isArray(value) && !isLookup(value) ? value : [value]) {
    const holderId = yield* draft.resolve(holder as Json, null, path)
    if (holderId === null) continue
    const drafted = yield* draft.entity(holderId)
    const type = draft.schema.entities.get(drafted.type)
    if (type?.attributes.get(forward.name)?.fullName !== forward.fullName) {
      draft.faults.push(fault(path, "ref", `${holderId} has no ${forward.fullName}`))
    } else if (forward.many) yield* addValues(draft, drafted, type, forward.name, [id], path, depth)
    else drafted.document = { ...drafted.document, [forward.name]: id }
  }
}

function isLookup(value: readonly Json[]): boolean {
  return value.length === 2 && typeof value[0] === "string" && value[0].includes("/")
}

function* addValues(draft: Draft, drafted: Drafted, type: EntityType, name: string, values: readonly Json[], path: string, depth: number): Deciding<void> {
  const attribute = manyAttribute(draft, type, name, path)
  if (attribute === null) return
  const added = yield* readValues(draft, type, attribute, values, path, depth)
  drafted.document = withValue(drafted.document, attribute, distinct([...held(drafted, attribute), ...added]))
}

function* removeValues(draft: Draft, drafted: Drafted, type: EntityType, name: string, values: readonly Json[], path: string): Deciding<void> {
  const attribute = manyAttribute(draft, type, name, path)
  if (attribute === null) return
  const removed = yield* readValues(draft, type, attribute, values, path, limits.componentDepthMax)
  const left = held(drafted, attribute).filter(v => !removed.some(r => sameJson(r, v)))
  drafted.document = withValue(drafted.document, attribute, left)
}

function manyAttribute(draft: Draft, type: EntityType, name: string, path: string): Attribute | null {
  const attribute = draft.attribute(type, name, path)
  if (attribute === null || attribute.many) return attribute
  draft.faults.push(fault(path, "one", `${attribute.fullName} has one value: use set`))
  return null
}

function held(drafted: Drafted, attribute: Attribute): readonly Json[] {
  const values = drafted.document?.[attribute.name]
  return Array.isArray(values) ? values : []
}

function distinct(values: readonly Json[]): readonly Json[] {
  if (values.every(v => typeof v === "string" || typeof v === "number")) return [...new Set(values)]
  return values.filter((v, i) => values.findIndex(other => sameJson(other, v)) === i)
}

function* readValues(draft: Draft, type: EntityType, attribute: Attribute, values: readonly Json[], path: string, depth: number): Deciding<Json[]> {
  // A lookup stands for one value, and looks like a list of two.
  const list = attribute.type === "ref" && isLookup(values) ? [values as Json] : values
  const read: Json[] = []
  for (const [i, value] of list.entries()) {
    const one = yield* readValue(draft, type, attribute, value, `${path}/${i}`, depth)
    if (one !== undefined) read.push(one)
  }
  return read
}

function* readValue(draft: Draft, type: EntityType, attribute: Attribute, value: Json, path: string, depth: number): Deciding<Json | undefined> {
  if (attribute.type === "ref") {
    if (isObject(value)) return (yield* nested(draft, attribute, value as { [key: string]: Json }, path, depth)) ?? undefined
    return (yield* draft.resolve(value, attribute.to.length === 1 ? attribute.to[0]! : null, path)) ?? undefined
  }
  const coerced = type.coerce(attribute.name, value)
  if ("value" in coerced) return coerced.value
  draft.faults.push({ ...coerced.fault, path })
  return undefined
}

/** An op in a value's place: the entity that the reference points at, made or changed in the same transaction. */
function* nested(draft: Draft, attribute: Attribute, value: { [key: string]: Json }, path: string, depth: number): Deciding<string | null> {
  const { entity, id, set, add, remove } = value
  const type = entity ?? (attribute.to.length === 1 ? attribute.to[0] : undefined)
  if (typeof type !== "string" || Object.keys(value).some(key => !["entity", "id", "set", "add", "remove"].includes(key))) {
    draft.faults.push(fault(path, "ref", 'is neither an id, nor a lookup, nor an op with "entity" and "set"'))
    return null
  }
  const maps = { set: set ?? {}, add: add ?? {}, remove: remove ?? {} }
  for (const [name, map] of Object.entries(maps)) {
    if (isObject(map) && (name === "set" || Object.values(map).every(Array.isArray))) continue
    draft.faults.push(fault(`${path}/${name}`, "shape", "is an object of attributes, with lists of values to add or remove"))
    return null
  }
  const op = { kind: "put", path, entity: type, id: id ?? `~${path}`, ...maps } as Put
  return yield* applyPut(op, draft, depth + 1)
}
