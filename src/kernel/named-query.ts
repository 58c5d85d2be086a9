import type { Maybe } from "./handler.ts"
import type { Json, JsonObject } from "./json.ts"
import type { T } from "./message.ts"

/** What the function behind a named query may ask for by name, besides adapters. */
export const namedQueryNeeds = ["data", "asker", "t", "ask", "pull", "find"] as const

/** Who asks a named query. */
export type QueryAsker = { readonly principal: string }

/** How a named query reads: as whoever asks it, at the t that it is asked of. */
export type QueryReading = {
  readonly t: T
  /** Any query, as it would be asked from outside, without the moment. */
  readonly ask: (body: JsonObject) => Promise<Json>
  readonly pull: (pattern: Json, of: Json) => Promise<Json>
  readonly find: (query: JsonObject) => Promise<Json>
}

/**
 * A query that an app gives a name. It reads by the same ways as anybody from outside, with the eyes of whoever asks, so
 * that it cannot show what may not be seen. It names what it needs by its parameters:
 *
 * data   what was sent, good by its schema
 * asker  who asks
 * t      the t that it is asked of
 * ask    any query at all; `pull(pattern, of)` and `find({find, where, …})` are short for two of them
 * and any adapter of the app, by its name.
 */
export type NamedQuery = {
  readonly kind: "query"
  readonly name: string
  /** JSON Schema of its data. */
  readonly data: JsonObject | boolean
  readonly run: (...needs: never[]) => Maybe<Json>
  /** Whether it is kept, as a command of theirs, that a person has asked it. */
  readonly record?: boolean
  readonly inject?: readonly string[]
}
