import type { Json } from "../../../kernel/json.ts"
import type { Comparison, Computation } from "../../../ports/datalog.ts"
import type { DatalogAttribute } from "../attributes.ts"
import type { Place } from "../refuse.ts"
import type { Sort } from "./sort.ts"

/** A variable of a query or of one branch of a rule: its place there, its name, and what is known of it. */
export type Cell = { readonly number: number; readonly name: string; readonly sort: Sort }

/** What stands in a place of a clause, before it is known which constants name entities. */
export type DraftTerm =
  | { readonly kind: "variable"; readonly cell: Cell }
  /** `literal`: written as `{"value": …}`. */
  | { readonly kind: "constant"; readonly value: Json; readonly literal: boolean; readonly place: Place }
  | { readonly kind: "anything" }

/** A clause whose shape and names are read. */
export type Draft = { readonly place: Place } & (
  | {
      readonly kind: "fact"
      readonly attribute: DatalogAttribute
      readonly entity: DraftTerm
      readonly value: DraftTerm
    }
  | { readonly kind: "anyFact"; readonly entity: DraftTerm; readonly attribute: DraftTerm; readonly value: DraftTerm }
  | { readonly kind: "missing"; readonly attribute: DatalogAttribute; readonly entity: DraftTerm }
  | {
      readonly kind: "getElse"
      readonly attribute: DatalogAttribute
      readonly entity: DraftTerm
      readonly otherwise: DraftTerm
      readonly into: Cell
    }
  | {
      readonly kind: "getSome"
      readonly attributes: readonly DatalogAttribute[]
      readonly entity: DraftTerm
      readonly into: readonly [DraftTerm, DraftTerm]
    }
  | { readonly kind: "compare"; readonly operator: Comparison; readonly terms: readonly DraftTerm[] }
  | {
      readonly kind: "compute"
      readonly operator: Computation
      readonly terms: readonly DraftTerm[]
      readonly into: DraftTerm
    }
  /** Constant rows that some variables are bound to. */
  | { readonly kind: "rows"; readonly cells: readonly Cell[]; readonly rows: readonly (readonly Json[])[] }
  // Its members are filled when everything around it was read: only then is known which variables it shares.
  | { readonly kind: "not"; join: readonly Cell[]; clauses: readonly Draft[] }
  | {
      readonly kind: "or"
      join: readonly Cell[]
      readonly required: readonly Cell[]
      readonly branches: readonly (readonly Draft[])[]
    }
  | {
      readonly kind: "rule"
      readonly rule: number
      readonly terms: readonly DraftTerm[]
      readonly parameters: readonly Sort[]
    }
)

/** A rule whose branches are read. */
export type DraftRule = {
  readonly name: string
  readonly parameters: readonly Sort[]
  readonly required: readonly number[]
  readonly branches: { readonly place: Place; readonly cells: readonly Cell[]; readonly clauses: readonly Draft[] }[]
}
