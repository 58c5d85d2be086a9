import type { Clause, Term, Variable } from "../../ports/datalog.ts"

/** A branch in which a rule calls itself once: the terms of that call, and the clauses beside it. */
export type Recursive = { readonly terms: readonly Term[]; readonly others: readonly Clause[] }

/**
 * Whether a rule is nothing but one step taken any number of times, from the parameter that is given (`led`) to the other
 * one: its base is the very step that leads to what it calls itself with. Then whatever the recursion comes to is an answer,
 * and nothing is left to ask of it: half the work.
 */
export function isClosure(
  bases: readonly (readonly Clause[])[],
  steps: readonly Recursive[],
  { led, free }: { readonly led: readonly number[]; readonly free: readonly number[] },
): boolean {
  const [[base], [step]] = [bases, steps]
  if (base === undefined || step === undefined || bases.length + steps.length > 2) return false
  if (led.length !== 1 || free.length !== 1) return false
  const called = step.terms[led[0]!]!
  if (called === "anything" || !("variable" in called)) return false
  const [before, after] = [spelled(base, [led[0]!, free[0]!]), spelled(step.others, [led[0]!, called.variable])]
  return before !== null && before === after
}

/** Clauses in words of their own: variables in order, these ones first. Null: they are of a kind that hides variables. */
function spelled(clauses: readonly Clause[], first: readonly Variable[]): string | null {
  if (!clauses.every(({ kind }) => kind === "fact" || kind === "compare" || kind === "missing")) return null
  const names = new Map(first.map((variable, i) => [variable, i]))
  const nameOf = (variable: Variable): number => {
    if (!names.has(variable)) names.set(variable, names.size)
    return names.get(variable)!
  }
  return JSON.stringify(clauses, (key, value: unknown) =>
    key === "variable" && typeof value === "number" ? nameOf(value) : value,
  )
}
