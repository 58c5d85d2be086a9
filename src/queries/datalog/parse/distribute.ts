import { limits } from "../../../kernel/limits.ts"
import { Refusal } from "../../../kernel/refusal.ts"
import type { Clause } from "../../../ports/datalog.ts"

/**
 * The branches of a rule, so that no `or` among their clauses calls rules: one branch for each choice. Only branches of
 * rules wait for what other rules find.
 */
export function distributed(clauses: readonly Clause[]): readonly (readonly Clause[])[] {
  let branches: readonly (readonly Clause[])[] = [[]]
  for (const clause of clauses) {
    const choices =
      clause.kind === "or" && clause.branches.some(callsRules) ? clause.branches.flatMap(distributed) : null
    branches = branches.flatMap(before => {
      return choices === null ? [[...before, clause]] : choices.map(choice => [...before, ...choice])
    })
    if (branches.length <= limits.datalogChoicesMax) continue
    throw new Refusal("too-large", `A rule comes to more than ${limits.datalogChoicesMax} choices`)
  }
  return branches
}

function callsRules(clauses: readonly Clause[]): boolean {
  return clauses.some(clause => {
    return clause.kind === "rule" || (clause.kind === "or" && clause.branches.some(callsRules))
  })
}
