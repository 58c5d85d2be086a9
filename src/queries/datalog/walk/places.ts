import type { Json } from "../../../kernel/json.ts"
import type { Term, VariableKind } from "../../../ports/datalog.ts"
import type { Relation, Row } from "./relation.ts"

/** What stands in a place of a clause, as seen from a relation: known for all rows, known by row, or yet to be found. */
export type At =
  | { readonly kind: "known"; readonly value: Json }
  | { readonly kind: "column"; readonly column: number; readonly variable: number }
  | { readonly kind: "free"; readonly variable: number }
  | { readonly kind: "anything" }

/** Where the value of a term is. */
export function placeOf(term: Term, relation: Relation): At {
  if (term === "anything") return { kind: "anything" }
  if ("value" in term) return { kind: "known", value: term.value }
  const column = relation.variables.indexOf(term.variable)
  return column < 0 ? { kind: "free", variable: term.variable } : { kind: "column", column, variable: term.variable }
}

/** Reads the values of terms out of a row; all of them are bound. */
export function reader(terms: readonly Term[], relation: Relation): (row: Row) => readonly Json[] {
  const places = terms.map(term => placeOf(term, relation))
  return row => places.map(at => (at.kind === "known" ? at.value : at.kind === "column" ? row[at.column]! : null))
}

/** What the variable of a term stands for; null: it is none. */
export function kindOf(term: Term, kind: (variable: number) => VariableKind): VariableKind | null {
  return typeof term === "object" && "variable" in term ? kind(term.variable) : null
}
