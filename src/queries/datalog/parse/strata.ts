import type { Clause } from "../../../ports/datalog.ts"
import { malformed, type Place } from "../refuse.ts"
import type { UnorderedRule } from "./bindings.ts"

type Call = { readonly rule: number; readonly denied: Place | null }

/** Refuses rules that deny themselves: whether such a one holds would hang on whether it does. */
export function checkStrata(rules: readonly UnorderedRule[]): void {
  const calls = rules.map(rule =>
    rule.branches.flatMap(({ clauses, spelling, place }) => {
      return callsIn(clauses, null, clause => spelling.places.get(clause) ?? place)
    }),
  )
  const reaches = (from: number, to: number) => {
    const [seen, waiting] = [new Set<number>(), [from]]
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (at === to) return true
      if (seen.has(at)) continue
      seen.add(at)
      waiting.push(...calls[at]!.map(call => call.rule))
    }
    return false
  }
  for (const [i, rule] of rules.entries()) {
    const wrong = calls[i]!.find(call => call.denied !== null && reaches(call.rule, i))
    if (wrong?.denied) throw malformed(wrong.denied, `The rule ${rule.name} denies what rests on itself`)
  }
}

function callsIn(
  clauses: readonly Clause[],
  denied: Place | null,
  placeOf: (clause: Clause) => Place,
): readonly Call[] {
  return clauses.flatMap(clause => {
    switch (clause.kind) {
      case "rule":
        return [{ rule: clause.rule, denied }]
      case "not":
        return callsIn(clause.clauses, denied ?? placeOf(clause), placeOf)
      case "or":
        return clause.branches.flatMap(branch => callsIn(branch, denied, placeOf))
      default:
        return []
    }
  })
}
