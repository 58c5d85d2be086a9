import { isObject, sameJson, type Json, type JsonObject } from "../kernel/json.ts"
import type { RecordedEvent } from "../kernel/message.ts"

/** Stands in a filter for the id of the entity that an event is about. */
const stream = "@stream"

/** Of one event, so many of its values are looked at to find who waits for them. */
const valuesMax = 1_000

/**
 * What an instance is found by that waits for events of a type with data like a filter: one key, whatever the filter
 * has. By its first value if it has one, else by the type alone. The rest of the filter is compared when it is found.
 */
export function keyOf(event: string, filter: JsonObject): string {
  const [first] = Object.entries(filter).filter(([, value]) => isScalar(value))
  return first === undefined ? event : `${event} ${first[0]} ${JSON.stringify(first[1])}`
}

/** All the keys under which somebody may wait for an event. */
export function keysOf(event: RecordedEvent): readonly string[] {
  const keys = [event.type, `${event.type} ${stream} ${JSON.stringify(event.stream.id)}`]
  const add = (data: JsonObject, above: string) => {
    for (const [name, value] of Object.entries(data)) {
      if (keys.length > valuesMax) return
      if (isScalar(value)) keys.push(`${event.type} ${above}${name} ${JSON.stringify(value)}`)
      else if (isObject(value)) add(value, `${above}${name}.`)
    }
  }
  add(event.data, "")
  return keys
}

/** Whether an event is as a filter says. */
export function isLike(event: RecordedEvent, filter: JsonObject): boolean {
  return Object.entries(filter).every(([path, wanted]) => {
    const is = path === stream ? event.stream.id : valueAt(event.data, path)
    return is !== undefined && sameJson(is, wanted)
  })
}

function valueAt(data: JsonObject, path: string): Json | undefined {
  let at: Json | undefined = data
  for (const name of path.split(".")) at = isObject(at) ? at[name] : undefined
  return at
}

function isScalar(value: Json | undefined): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
}
