import { builtInEvolve } from "../commands/built-in.ts"
import { redacted } from "../commands/keep.ts"
import { emptied, isEmptied } from "../kernel/erased.ts"
import { isObject, type Json, type JsonObject } from "../kernel/json.ts"
import type { RecordedEvent } from "../kernel/message.ts"
import type { CompiledSchema } from "../schema/compile.ts"

/** An event as it may leave the process: what the schema calls sensitive stays inside, and so does what has no history. */
export type Outward = (event: RecordedEvent) => RecordedEvent

type Hidden = { readonly sensitive: ReadonlySet<string>; readonly forgetful: ReadonlySet<string> }

/**
 * Hides the values of sensitive attributes in the built-in events, and what attributes without a history were before. The
 * store keeps them: the entity is rebuilt from them.
 */
export function outwardEvents(schema: CompiledSchema): Outward {
  const hidden = new Map<string, Hidden>()
  for (const { name, attributes } of schema.entities.values()) {
    const all = [...attributes.values()]
    const sensitive = new Set(all.filter(a => a.sensitive).map(a => a.name))
    const forgetful = new Set(all.filter(a => a.noHistory && !a.sensitive).map(a => a.name))
    if (sensitive.size + forgetful.size > 0) hidden.set(name, { sensitive, forgetful })
  }
  const left: Outward = event => (isEmptied(event.data) ? { ...event, data: emptied } : event)
  if (hidden.size === 0) return left
  return recorded => {
    const event = left(recorded)
    const names = hidden.get(event.stream.type)
    const { attributes } = event.data
    if (names === undefined || !isObject(attributes) || !(event.type in builtInEvolve)) return event
    return { ...event, data: { ...event.data, attributes: hiddenIn(attributes, names) } }
  }
}

function hiddenIn(attributes: JsonObject, { sensitive, forgetful }: Hidden): JsonObject {
  const entries = Object.entries(attributes).map(([name, change]): [string, Json | undefined] => {
    if (!isObject(change)) return [name, change]
    if (forgetful.has(name)) return [name, withoutOld(change)]
    if (!sensitive.has(name)) return [name, change]
    return [name, Object.fromEntries(Object.keys(change).map(side => [side, redacted]))]
  })
  return Object.fromEntries(entries)
}

function withoutOld({ old: _old, ...left }: JsonObject): JsonObject {
  return left
}
