import type { Document } from "../kernel/entity.ts"
import { emptied, erasedMember, isEmptied } from "../kernel/erased.ts"
import { isObject, sameJson, type Json, type JsonObject } from "../kernel/json.ts"
import type { RecordedEvent, T } from "../kernel/message.ts"

/** A version of an entity as it was, and as it is left. */
export type LeftVersion = { readonly t: T; readonly was: Document | null; readonly left: Document | null }

/** Which attributes lose their past. */
export type Scope = { has(name: string): boolean }

/**
 * What is left of the versions of an entity where the past of some attributes goes: values that have been so until now, and
 * of many values each by itself. What is so now stays.
 */
export function leftVersions(
  versions: readonly { readonly fromT: T; readonly document: Document | null }[],
  scope: Scope,
  isMany: (name: string) => boolean,
): readonly LeftVersion[] {
  const found: LeftVersion[] = []
  let next: Document | null | undefined
  for (const { fromT, document } of versions.toReversed()) {
    const after = next
    const left: Document | null =
      after === undefined || document === null ? document : leftDocument(document, after ?? {}, scope, isMany)
    found.push({ t: fromT, was: document, left })
    next = left
  }
  return found.toReversed()
}

function leftDocument(document: Document, after: Document, scope: Scope, isMany: (name: string) => boolean): Document {
  const entries = Object.entries(document).flatMap(([name, value]): [string, Json][] => {
    if (value === undefined) return []
    const left = scope.has(name) ? stillSo(value, after[name], isMany(name)) : value
    return left === undefined ? [] : [[name, left]]
  })
  return Object.fromEntries(entries)
}

function stillSo(value: Json, after: Json | undefined, isMany: boolean): Json | undefined {
  if (sameJson(value, after)) return value
  if (!isMany || !Array.isArray(value) || !Array.isArray(after)) return undefined
  const still = value.filter((one: Json) => after.some((other: Json) => sameJson(one, other)))
  return still.length === 0 ? undefined : still
}

const entityEvents: readonly string[] = ["EntityCreated", "EntityChanged", "EntityRetracted"]

/**
 * What is left of the data of an entity's events in one transaction, by their places in it; those that stay as they are
 * are not named. Where one built-in event says how the entity changed, its attributes can be told apart. In the words of an
 * application they cannot: nothing is left of those but what the entity was afterwards.
 */
export function leftEvents(
  events: readonly RecordedEvent[],
  before: Document | null,
  after: Document | null,
  scope: Scope,
): ReadonlyMap<number, JsonObject> {
  const [only] = events
  if (events.length === 1 && only !== undefined && entityEvents.includes(only.type) && !isEmptied(only.data)) {
    const data = leftChange(only.data, before, after, scope)
    return data === null ? new Map() : new Map([[only.n, data]])
  }
  const last = events.findLast(event => !event.rejection)
  const left = new Map<number, JsonObject>()
  for (const event of events) {
    const data = event === last ? { ...emptied, document: after } : emptied
    const hasNothing = event.rejection && Object.keys(event.data).length === 0
    if (!hasNothing && !sameJson(event.data, data)) left.set(event.n, data)
  }
  return left
}

/** A built-in event without what is erased; null: there is nothing of it. */
function leftChange(
  data: JsonObject,
  before: Document | null,
  after: Document | null,
  scope: Scope,
): JsonObject | null {
  const { attributes, [erasedMember]: earlier } = data
  if (!isObject(attributes)) return null
  const gone = new Set(Array.isArray(earlier) ? (earlier as readonly string[]) : [])
  const known = gone.size
  let isOther = false
  const entries = Object.entries(attributes).flatMap(([name, change]): [string, Json | undefined][] => {
    if (!scope.has(name)) return [[name, change]]
    const [was, is] = [before?.[name], after?.[name]]
    const left = { ...(was === undefined ? {} : { old: was }), ...(is === undefined ? {} : { new: is }) }
    if (sameJson(change, left)) return [[name, change]]
    isOther = true
    gone.add(name)
    return sameJson(was, is) ? [] : [[name, left]]
  })
  if (!isOther && gone.size === known) return null
  return { attributes: Object.fromEntries(entries), [erasedMember]: [...gone].toSorted() }
}
