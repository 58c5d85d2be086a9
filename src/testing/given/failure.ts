import { AssertionError } from "node:assert"
import type { Request } from "../../kernel/handler.ts"
import { canonicalJson, type Json } from "../../kernel/json.ts"
import type { Event } from "../../kernel/message.ts"

/** Fails a test with a sentence, what was expected, and what was seen instead. */
export function fail(sentence: string, expected: string, seen: string): never {
  const message = `${sentence}\n\nExpected:\n${indented(expected)}\nSeen:\n${indented(seen)}`
  throw new AssertionError({ message, expected, actual: seen })
}

/** Events as a person reads them, one a line. */
export function eventsText(events: readonly Event[]): string {
  if (events.length === 0) return "nothing"
  return events
    .map(({ type, rejection, data }) => `${type}${rejection ? ", a rejection," : ""} ${jsonText(data)}`)
    .join("\n")
}

/** Commands as a person reads them, one a line. */
export function requestsText(requests: readonly Request[]): string {
  if (requests.length === 0) return "nothing"
  const about = ({ target }: Request) => (target === null ? "" : ` to ${target.type} ${target.id}`)
  return requests.map(request => `${request.type}${about(request)} ${jsonText(request.data)}`).join("\n")
}

/** JSON in one line, keys in order, so that what says the same reads the same. */
export function jsonText(value: Json | undefined): string {
  return canonicalJson(value)
}

function indented(text: string): string {
  return text
    .split("\n")
    .map(line => `  ${line}`)
    .join("\n")
}
