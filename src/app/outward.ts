import { builtInEvolve } from "../commands/built-in.ts"
import { redacted } from "../commands/keep.ts"
import { emptied, isEmptied } from "../kernel/erased.ts"
import { isObject, type Json, type JsonObject } from "../kernel/json.ts"
import type { RecordedEvent } from "../kernel/message.ts"
import type { CompiledSchema } from "../schema/compile.ts"

/** An event as it may leave the process: what the schema calls sensitive stays inside. */
export type Outward = (event: RecordedEvent) => RecordedEvent

/** Hides the values of sensitive attributes in the built-in events. The store keeps them: the entity is rebuilt from them. */
export function outwardEvents(schema: CompiledSchema): Outward {
  const sensitive = new Map<string, ReadonlySet<string>>()
  for (const entity of schema.entities.values()) {
    const names = [...entity.attributes.values()].filter(a => a.sensitive).map(a => a.name)
    if (names.length > 0) sensitive.set(entity.name, new Set(names))
  }
  const told: Outward = event => (isEmptied(event.data) ? { ...event, data: emptied } : event)
  if (sensitive.size === 0) return told
  return recorded => {
    const event = told(recorded)
    const names = sensitive.get(event.stream.type)
    const { attributes } = event.data
    if (names === undefined || !isObject(attributes) || !(event.type in builtInEvolve)) return event
    return { ...event, data: { ...event.data, attributes: hiddenIn(attributes, names) } }
  }
}

function hiddenIn(attributes: JsonObject, names: ReadonlySet<string>): JsonObject {
  const entries = Object.entries(attributes).map(([name, change]): [string, Json | undefined] => {
    if (!names.has(name) || !isObject(change)) return [name, change]
    return [name, Object.fromEntries(Object.keys(change).map(side => [side, redacted]))]
  })
  return Object.fromEntries(entries)
}
