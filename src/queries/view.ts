import type { Json, JsonObject } from "../kernel/json.ts"
import type { T } from "../kernel/message.ts"
import type { FactStore, Moment } from "../ports/facts.ts"
import type { Attributes } from "./attributes.ts"
import type { Budget } from "./budget.ts"
import type { Resolved } from "./datalog/resolve.ts"
import type { DerivedRunner } from "./derived.ts"
import type { Rights } from "../security/rights.ts"
import type { Sight } from "./sight.ts"

/** Something that could not be had, though the rest could. `path` points into the answer. */
export type QueryError = { readonly path: string; readonly source: string; readonly message: string }

/** What one query looks at, and with whose eyes. */
export type View = {
  readonly facts: FactStore
  readonly attributes: Attributes
  readonly moment: Moment
  /** The newest t there is. */
  readonly newest: T
  readonly rights: Rights
  /** What follows from the rights. Null: whoever asks sees everything. */
  readonly sight: Sight | null
  readonly budget: Budget
  readonly derived: DerivedRunner
  /** Told what a datalog query came to: who watches it must know what can change it. */
  readonly onResolved?: (query: Resolved) => void
  /** What went wrong on the way. */
  readonly errors: QueryError[]
}

/** What a query came to. */
export type QueryAnswer = {
  /** The t that it was computed at. */
  readonly basisT: T
  readonly result: Json
  /** What `after` is for what comes next; absent: there is no more. */
  readonly next?: string
  readonly errors?: readonly JsonObject[]
}
