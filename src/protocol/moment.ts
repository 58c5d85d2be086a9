import type { T } from "../kernel/message.ts"
import { readInstant } from "../schema/instants.ts"

// Of the many ways of ISO 8601 the one of RFC 3339, which every language reads.
const shape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/

/** Whether a text is an instant: ISO 8601 with date, time, and an offset or Z, of a day that is in the calendar. */
export function isInstant(text: string): boolean {
  return shape.test(text) && readInstant(text) !== undefined
}

/** Whether something is a t: the number of a transaction, or 0 for before the first. */
export function isT(value: unknown): value is T {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** The moment that a text names, as in a URL: a t, or an instant that stands for the last t at or before it. Null: none. */
export function momentOf(text: string): T | string | null {
  if (/^\d{1,16}$/.test(text)) return isT(Number(text)) ? Number(text) : null
  // In a URL a plus that is not escaped says a space.
  const written = text.replace(" ", "+")
  return isInstant(written) ? written : null
}
