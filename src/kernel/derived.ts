import type { Maybe } from "./handler.ts"
import type { Json } from "./json.ts"

/** An entity as a derived attribute is computed from it: of its attributes, those that it needs. */
export type DerivedFrom = {
  readonly id: string
  readonly type: string
  readonly attributes: { readonly [name: string]: Json | undefined }
}

/** What the function behind a derived attribute may ask for by name, besides adapters. */
export const derivedNeeds = ["entities", "params", "t", "signal"] as const

/**
 * An attribute that is in no document: it is computed when it is asked for, or fetched from elsewhere. It names what it
 * needs by its parameters, taken apart or not:
 *
 * entities  all entities of one level of a query, at once
 * params    what the query says beside it
 * t         the t that the query is of
 * signal    an `AbortSignal`: it is aborted when its time has passed, and nobody waits for it any more
 * and any adapter of the app, by its name.
 *
 * It answers with a value for each entity, in their order; undefined: this one has none.
 */
export type Derived = {
  readonly kind: "derived"
  /** `Entity/name`, or `Abstract/name` for all variants of an abstract. */
  readonly name: string
  /** The attributes it is computed from. Who may not see one of them does not see what is derived from it. */
  readonly needs: readonly string[]
  readonly run: (...needs: never[]) => Maybe<readonly (Json | undefined)[]>
  readonly inject?: readonly string[]
  readonly timeoutMs: number
  /** What a failure comes to: null and a word about it beside the answer, or no answer at all. */
  readonly onError: "null" | "fail"
}
