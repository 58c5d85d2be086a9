import type { JsonObject } from "./json.ts"

/**
 * Every way the platform says no.
 *
 * malformed            not of a shape that is understood at all
 * unauthenticated      nobody says who asks
 * forbidden            who asks may not
 * not-found            no such thing, or not for who asks
 * conflict             a version, a basis or a unique value is not what was expected
 * duplicate-conflict   the same id was used before, with other content
 * too-large            more bytes, items or depth than the limits allow
 * unsupported-media    a body of a kind that is not read here
 * invalid              understood, and against the schema
 * unknown-command      no command of that name
 * unknown-type         no entity, event or attribute of that name
 * query-unsupported    a query outside of what is answered
 * rate-limited         too much from one side: come back later
 * overloaded           too much from all sides: come back later
 * unavailable          something that is needed is not there now: come back later
 * timeout              not done in the time that was given
 */
export type RefusalCode =
  | "malformed"
  | "unauthenticated"
  | "forbidden"
  | "not-found"
  | "conflict"
  | "duplicate-conflict"
  | "too-large"
  | "unsupported-media"
  | "invalid"
  | "unknown-command"
  | "unknown-type"
  | "query-unsupported"
  | "rate-limited"
  | "overloaded"
  | "unavailable"
  | "timeout"

/** One place where an input is not as it must be. `path` is a JSON Pointer into the input. */
export type Fault = { readonly path: string; readonly code: string; readonly message: string }

/** A no: a code for programs, a sentence for people, and the facts that led to it. */
export class Refusal extends Error {
  readonly code: RefusalCode
  readonly facts: JsonObject
  readonly faults: readonly Fault[]

  constructor(code: RefusalCode, sentence: string, facts: JsonObject = {}, faults: readonly Fault[] = []) {
    super(sentence)
    this.name = "Refusal"
    this.code = code
    this.facts = facts
    this.faults = faults
  }
}

/** Stops the work at hand because something is so that cannot be so. Never caught to go on. */
export function assert(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new Error(`Cannot be: ${sentence}`)
}

/** Ends a switch over a closed list: the compiler says when a case is missing. */
export function unreachable(value: never): never {
  throw new Error(`Cannot be: ${JSON.stringify(value)}`)
}
