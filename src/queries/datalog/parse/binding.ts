import type { Json } from "../../../kernel/json.ts"
import { inside, malformed, unsupported, written, type Place } from "../refuse.ts"
import type { Cell, DraftTerm } from "./draft.ts"
import type { Scope } from "./scope.ts"
import { isVariable, readTerm } from "./terms.ts"

/** How values are bound to variables: one, each of several, one row, each of several rows. */
export type Binding =
  | { readonly kind: "scalar"; readonly term: DraftTerm }
  | { readonly kind: "collection"; readonly term: DraftTerm }
  | { readonly kind: "tuple"; readonly terms: readonly DraftTerm[] }
  | { readonly kind: "relation"; readonly terms: readonly DraftTerm[] }

/** Reads `"?x"`, `["?x", "..."]`, `["?x", "?y"]` or `[["?x", "?y"]]`. */
export function readBinding(json: Json, scope: Scope, place: Place): Binding {
  if (!Array.isArray(json)) return { kind: "scalar", term: variable(json, scope, place) }
  const items = json as readonly Json[]
  if (items.length === 2 && items[1] === "...") return { kind: "collection", term: variable(items[0]!, scope, place) }
  if (items.length === 1 && Array.isArray(items[0]))
    return { kind: "relation", terms: variables(items[0], scope, place) }
  return { kind: "tuple", terms: variables(items, scope, place) }
}

function variables(json: readonly Json[], scope: Scope, place: Place): readonly DraftTerm[] {
  if (json.length === 0) throw malformed(place, "A binding of nothing")
  return json.map((item, i) => variable(item, scope, inside(place, i)))
}

function variable(json: Json, scope: Scope, place: Place): DraftTerm {
  if (Array.isArray(json)) throw unsupported(place, `What is bound is not taken apart twice: ${written(json)}`)
  if (json === "_" || isVariable(json)) return readTerm(json, scope, place, true)
  throw malformed(place, `What is bound is a variable; ${written(json)} is none`)
}

/** What a binding makes of a value: rows, and the variables of their columns. */
export function rowsOf(
  binding: Binding,
  value: Json,
  place: Place,
): { readonly cells: readonly Cell[]; readonly rows: readonly (readonly Json[])[] } {
  switch (binding.kind) {
    case "scalar":
      return columns([binding.term], [[value]])
    case "collection":
      return columns(
        [binding.term],
        list(value, place, "a list of values").map(item => [item]),
      )
    case "tuple":
      return columns(binding.terms, [row(value, binding.terms.length, place)])
    case "relation":
      return columns(
        binding.terms,
        list(value, place, "a list of rows").map((item, i) => row(item, binding.terms.length, inside(place, i))),
      )
  }
}

function list(value: Json, place: Place, what: string): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[]
  throw malformed(place, `Cannot bind ${written(value)}: here comes ${what}`)
}

function row(value: Json, length: number, place: Place): readonly Json[] {
  const items = list(value, place, "a row of values")
  if (items.length >= length) return items
  throw malformed(place, `There are ${items.length} values in ${written(value)} for ${length} variables`)
}

function columns(terms: readonly DraftTerm[], rows: readonly (readonly Json[])[]) {
  const kept = terms.flatMap((term, i) => (term.kind === "variable" ? [{ cell: term.cell, i }] : []))
  return { cells: kept.map(({ cell }) => cell), rows: rows.map(items => kept.map(({ i }) => items[i]!)) }
}
