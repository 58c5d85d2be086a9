import { builtInEvolve } from "../commands/built-in.ts"
import { isObject, sameJson, type Json, type JsonObject } from "../kernel/json.ts"
import type { RecordedEvent } from "../kernel/message.ts"
import type { Store } from "../ports/store.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import type { Attribute } from "../schema/types.ts"

/** Events as they may leave the process, some of them later than they were recorded. */
export type Forgetting = (events: readonly RecordedEvent[]) => Promise<readonly RecordedEvent[]>

/**
 * Takes out of built-in events what attributes without a history became, unless it is what they still are. Null: there are
 * no such attributes.
 */
export function forgetting(schema: CompiledSchema, store: Pick<Store, "facts" | "basis">): Forgetting | null {
  const forgetful = new Map<string, readonly Attribute[]>()
  for (const { name, attributes } of schema.entities.values()) {
    const some = [...attributes.values()].filter(a => a.noHistory && !a.sensitive)
    if (some.length > 0) forgetful.set(name, some)
  }
  if (forgetful.size === 0) return null

  const told = ({ type, stream, data }: RecordedEvent): readonly Attribute[] => {
    const { attributes } = data
    if (!(type in builtInEvolve) || !isObject(attributes)) return []
    return forgetful.get(stream.type)?.filter(({ name }) => newOf(attributes[name]) !== undefined) ?? []
  }

  return async events => {
    const ids = [...new Set(events.filter(event => told(event).length > 0).map(({ stream }) => stream.id))]
    if (ids.length === 0) return events
    const keys = await store.facts.keys(ids)
    const known = keys.filter(key => key !== null)
    const found = await store.facts.entities(known, await store.basis())
    const documents = new Map(found.flatMap(one => (one === null ? [] : [[one.id, one.document] as const])))
    return events.map(event => {
      const some = told(event)
      return some.length === 0 ? event : withoutPast(event, some, documents.get(event.stream.id) ?? {})
    })
  }
}

function withoutPast(event: RecordedEvent, some: readonly Attribute[], now: JsonObject): RecordedEvent {
  const attributes: Record<string, Json | undefined> = { ...(event.data["attributes"] as JsonObject) }
  for (const { name, many } of some) {
    const { new: became, ...left } = attributes[name] as JsonObject
    const still = stillSo(became, now[name], many)
    attributes[name] = still === undefined ? left : { ...left, new: still }
  }
  return { ...event, data: { ...event.data, attributes } }
}

function newOf(change: Json | undefined): Json | undefined {
  return isObject(change) ? change["new"] : undefined
}

function stillSo(value: Json | undefined, is: Json | undefined, many: boolean): Json | undefined {
  if (sameJson(value, is)) return value
  if (!many || !Array.isArray(value) || !Array.isArray(is)) return undefined
  const still = value.filter((one: Json) => is.some((other: Json) => sameJson(one, other)))
  return still.length === 0 ? undefined : still
}
