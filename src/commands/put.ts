import type { Document } from "../kernel/entity.ts"
import { canonicalJson, isObject, type Json, type JsonObject } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import { Refusal } from "../kernel/refusal.ts"
import { at, unknownSentence } from "../schema/faults.ts"
import { documentOf } from "../schema/state.ts"
import { instanceType } from "../kernel/workflow.ts"
import type { Attribute, EntityType } from "../schema/types.ts"
import { noteAsked, type Draft, type Drafted } from "./draft.ts"
import { fault, readPut, type Op } from "./ops.ts"
import type { Deciding } from "./deciding.ts"

type Put = Extract<Op, { kind: "put" }>

/** Where a value is set: in which entity of the draft, of which type, and at which place of the command. */
export type Setting = {
  readonly draft: Draft
  readonly drafted: Drafted
  readonly type: EntityType
  readonly path: string
  /** How many ops this one is nested in. */
  readonly depth: number
}

/** Applies one op that sets, adds or removes values: the entity is made if it is not there. */
export function* applyPut(op: Put, draft: Draft, depth = 0): Deciding<string | null> {
  if (depth > limits.componentDepthMax)
    throw new Refusal("too-large", `Ops nest deeper than ${limits.componentDepthMax} at ${op.path}`)
  const type = typeOf(op, draft)
  const id = yield* draft.resolve(op.id, op.entity, `${op.path}/id`)
  if (id === null) return null
  const drafted = yield* draft.entity(id)
  // An id keeps its type for ever, also of what is no more: its stream goes on.
  if ((drafted.head.version > 0 || drafted.document !== null) && drafted.type !== type.name) {
    const message = `The id ${id} belongs to an entity of another type`
    throw new Refusal("conflict", message, { id }, [fault(`${op.path}/id`, "type", message)])
  }
  drafted.place = `${op.path}/set`
  drafted.namedAt = `${op.path}/id`
  if (drafted.document === null) {
    drafted.type = type.name
    drafted.document = documentOf(type, type.initial)
  }
  const setting = (part: string, name: string) => ({
    draft,
    drafted,
    type,
    depth,
    path: at(`${op.path}/${part}`, name),
  })
  for (const [name, value] of Object.entries(op.set)) {
    // A key without a value is absent: it says nothing of the attribute.
    if (value !== undefined) yield* applySet(setting("set", name), name, value)
  }
  for (const [name, values = []] of Object.entries(op.add)) yield* addValues(setting("add", name), name, values)
  for (const [name, values = []] of Object.entries(op.remove))
    yield* removeValues(setting("remove", name), name, values)
  return id
}

function typeOf(op: Put, { schema }: Draft): EntityType {
  const type = schema.entities.get(op.entity)
  if (type !== undefined && op.entity !== instanceType) return type
  const path = `${op.path}/entity`
  const sentence = unknownSentence(
    "entity",
    op.entity,
    Object.keys(schema.expanded.entities).filter(name => name !== instanceType),
  )
  throw new Refusal("unknown-type", sentence, { path }, [fault(path, "unknown-type", sentence)])
}

/** Sets one attribute, or, where it is `Entity/_attr`, the reference on its other side. Null: no value any more. */
export function* applySet(setting: Setting, name: string, value: Json): Deciding<void> {
  const { draft, drafted, type, path } = setting
  if (name.slice(name.lastIndexOf("/") + 1).startsWith("_")) return yield* setBackwards(setting, name, value)
  const attribute = draft.attribute(type, name, path)
  if (attribute === null) return
  noteAsked(drafted, attribute.name, path)
  if (value === null) drafted.document = withValue(drafted.document, attribute, undefined)
  else if (attribute.many) {
    const values = yield* readValues(setting, attribute, Array.isArray(value) ? value : [value])
    drafted.document = withValue(drafted.document, attribute, distinct(values))
  } else {
    const read = yield* readValue(setting, attribute, value, path)
    if (read !== undefined) drafted.document = withValue(drafted.document, attribute, read)
  }
}

// What has no value has no key: an empty list in a document would be a difference that means nothing.
function withValue(document: Document | null, attribute: Attribute, value: Json | undefined): Document {
  const { [attribute.name]: _before, ...rest } = document ?? {}
  const isEmpty = attribute.many && Array.isArray(value) && value.length === 0
  const none = value === undefined || value === null || isEmpty
  return none ? rest : { ...rest, [attribute.name]: value }
}

/** `Entity/_attr` sets the reference on its other side: those named come to point here. */
function* setBackwards({ draft, drafted: target, path, depth }: Setting, name: string, value: Json): Deciding<void> {
  const forward = draft.schema.attribute(name.replace("/_", "/"))
  if (forward?.type !== "ref") {
    draft.faults.push(fault(path, "unknown-attribute", `${name} is no reference walked backwards`))
    return
  }
  const { id } = target.head
  for (const holder of Array.isArray(value) && !isLookup(value, draft) ? value : [value]) {
    const holderId = yield* draft.resolve(holder as Json, null, path)
    if (holderId === null) continue
    const drafted = yield* draft.entity(holderId)
    const type = draft.schema.entities.get(drafted.type)
    if (drafted.document === null)
      draft.faults.push(fault(path, "ref", `There is no ${holderId} that could point here`))
    else if (type?.attributes.get(forward.name)?.fullName !== forward.fullName)
      draft.faults.push(fault(path, "ref", `${holderId} has no ${forward.fullName}`))
    else {
      drafted.place = path
      drafted.namedAt = path
      if (forward.many) yield* addValues({ draft, drafted, type, path, depth }, forward.name, [id])
      else drafted.document = withValue(drafted.document, forward, id)
      noteAsked(drafted, forward.name, path)
    }
  }
}

// A lookup stands for one value, and looks like a list of two.
function isLookup(value: readonly Json[], { schema }: Draft): boolean {
  const [name] = value
  return value.length === 2 && typeof name === "string" && schema.attribute(name)?.unique === "identity"
}

// Where there is one value, what is added takes its place.
function* addValues(setting: Setting, name: string, values: readonly Json[]): Deciding<void> {
  const { draft, drafted, type, path } = setting
  const attribute = draft.attribute(type, name, path)
  if (attribute === null) return
  const added = distinct(yield* readValues(setting, attribute, values))
  if (!attribute.many && added.length > 1) {
    draft.faults.push(fault(path, "one", `${attribute.fullName} has one value`))
    return
  }
  const all = attribute.many || added.length === 0 ? [...held(drafted, attribute), ...added] : added
  drafted.document = withValues(drafted.document, attribute, distinct(all))
  noteAsked(drafted, attribute.name, path)
}

function* removeValues(setting: Setting, name: string, values: readonly Json[]): Deciding<void> {
  const { draft, drafted, type, path } = setting
  const attribute = draft.attribute(type, name, path)
  if (attribute === null) return
  if (attribute.type === "ref" && values.some(isObject)) {
    draft.faults.push(fault(path, "ref", "What is removed is named by its id or a lookup"))
    return
  }
  const named = yield* readValues(setting, attribute, values)
  // What is hidden is no more removed than what is not there: else whoever tries learns that it was held.
  const removed = attribute.type === "ref" ? yield* draft.seenTargets(named) : named
  // That there was such a value, only they may know who may read it: else whoever may only write could try them all.
  drafted.compared.set(attribute.name, path)
  const gone = new Set(removed.map(canonicalJson))
  const left = held(drafted, attribute).filter(value => !gone.has(canonicalJson(value)))
  drafted.document = withValues(drafted.document, attribute, left)
  noteAsked(drafted, attribute.name, path)
}

function held(drafted: Drafted, attribute: Attribute): readonly Json[] {
  const values = drafted.document?.[attribute.name]
  if (!attribute.many) return values === undefined ? [] : [values]
  return Array.isArray(values) ? values : []
}

function withValues(document: Document | null, attribute: Attribute, values: readonly Json[]): Document {
  return withValue(document, attribute, attribute.many ? values : values[0])
}

function distinct(values: readonly Json[]): readonly Json[] {
  return [...new Map(values.map(value => [canonicalJson(value), value])).values()]
}

function* readValues(setting: Setting, attribute: Attribute, values: readonly Json[]): Deciding<readonly Json[]> {
  const isOne = attribute.type === "ref" && isLookup(values, setting.draft)
  if (isOne) {
    const found = yield* readValue(setting, attribute, values as Json[], setting.path)
    return found === undefined ? [] : [found]
  }
  const read: Json[] = []
  for (const [i, value] of values.entries()) {
    const one = yield* readValue(setting, attribute, value, at(setting.path, i))
    if (one !== undefined) read.push(one)
  }
  return read
}

function* readValue(setting: Setting, attribute: Attribute, value: Json, path: string): Deciding<Json | undefined> {
  const { draft, type } = setting
  if (attribute.type === "ref") {
    if (isObject(value)) return (yield* nested(setting, attribute, value, path)) ?? undefined
    return (yield* draft.resolve(value, attribute.to.length === 1 ? attribute.to[0]! : null, path)) ?? undefined
  }
  if (attribute.type === "file" && typeof value === "string") return yield* draft.file(value, path)
  const coerced = type.coerce(attribute.name, value)
  if ("value" in coerced && coerced.value !== null) return coerced.value
  const wrong = "fault" in coerced ? coerced.fault : fault(path, "null", "no value cannot be one of many")
  draft.faults.push({ ...wrong, path })
  return undefined
}

/** An op in a value's place: the entity that the reference points at, made or changed in the same transaction. */
function* nested(setting: Setting, attribute: Attribute, value: JsonObject, path: string): Deciding<string | null> {
  const { draft, depth } = setting
  const only = attribute.to.length === 1 ? { entity: attribute.to[0]! } : {}
  const op = readPut({ ...only, ...value }, path, draft.faults)
  return op === null ? null : yield* applyPut(op, draft, depth + 1)
}
