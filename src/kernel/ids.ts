import { limits } from "./limits.ts"

/** Where ids and chance come from, as a value that is handed in. */
export interface Ids {
  /** A new id that no one has had before: a UUIDv7, so that ids made later sort later. */
  next(): string

  /** The id that follows from a cause: a UUIDv5, the same each time it is asked for. */
  of(cause: string, what: string | number): string

  /** A number in [0, 1). For jitter, never for ids. */
  random(): number
}

// Everything below a space, and DEL, would make an id unreadable in a log or a header.
const controlCharacter = /[\u0000-\u001f\u007f]/

/**
 * Whether something may be an id: a string of 1 to 200 characters without control characters. Half a surrogate pair is
 * no character: written as UTF-8, two such ids would become one.
 */
export function isId(value: unknown): value is string {
  if (typeof value !== "string" || value.length === 0 || value.length > limits.idCharsMax) return false
  return !controlCharacter.test(value) && value.isWellFormed()
}
