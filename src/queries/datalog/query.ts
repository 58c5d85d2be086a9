import type { Json } from "../../kernel/json.ts"
import type { Clause, Column, Rule, VariableKind } from "../../ports/datalog.ts"
import type { BaseType } from "../../schema/grammar.ts"
import type { DatalogAttribute } from "./attributes.ts"
import type { Orders } from "./order.ts"

/** What an aggregate is called. Those with a number keep the first or last so many. */
export type Aggregate =
  | { readonly name: "count" | "countDistinct" | "sum" | "avg" | "min" | "max" | "median" | "distinct" }
  | { readonly name: "least" | "greatest"; readonly count: number }

/** One element of what is found. */
export type FindElement = {
  readonly variable: number
  /** As it was written: what `order` may name it by. */
  readonly written: Json
  /** Where it stands in the query. */
  readonly path: string
  readonly decimal: boolean
  readonly aggregate?: Aggregate
  readonly pull?: Json
}

/** How what was found is put: rows, the values of one column, one row, one value. */
export type FindShape = "relation" | "collection" | "tuple" | "scalar"

/** A constant that names an entity, before it is known which one. */
export type Naming = { readonly id: string } | { readonly attribute: DatalogAttribute; readonly value: Json }

/** Rows that variables are bound to; entities in it are still written as they came. */
export type GivenRows = {
  readonly variables: readonly number[]
  readonly columns: readonly { readonly kind: VariableKind; readonly type: BaseType | null }[]
  readonly rows: readonly (readonly Json[])[]
  readonly path: string
}

/** What a live answer must know of one clause about facts: a change of no such fact changes no answer. */
export type Dependence = {
  /** The full name; null: of any attribute. */
  readonly attribute: string | null
  readonly entity?: Naming
  readonly value?: Json | Naming
}

/**
 * A query that was checked: shape, names, bindings. Where a clause names an entity by a constant, its key is the negative
 * place among `namings`, counted from 1: no entity has such a key.
 */
export type ParsedDatalog = {
  readonly names: readonly string[]
  readonly kinds: readonly VariableKind[]
  readonly find: readonly FindElement[]
  readonly shape: FindShape
  readonly keys: readonly string[] | null
  readonly with: readonly number[]
  readonly given: readonly GivenRows[]
  readonly where: readonly Clause[]
  readonly rules: readonly Rule[]
  readonly namings: readonly Naming[]
  /** Which columns of the answer it is put in order by. */
  readonly order: readonly { readonly column: number; readonly descending: boolean }[]
  readonly limit: number | null
  readonly after: string | null
  /** Whether a store may answer it; else it is walked. */
  readonly direct: boolean
  /** What a store may make of the rows itself; null: aggregates are made of what it answers. */
  readonly columns: readonly Column[] | null
  /** By which clauses can be put in another order, where more is bound. */
  readonly orders: Orders
  readonly dependences: readonly Dependence[]
  /** Tells a query from others, whatever page of it is read. */
  readonly fingerprint: string
}
