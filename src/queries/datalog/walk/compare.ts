import type { Json } from "../../../kernel/json.ts"
import { unreachable } from "../../../kernel/refusal.ts"
import type { Comparison } from "../../../ports/datalog.ts"
import { matcherOf, type Matcher } from "../regex/match.ts"
import { compareAsDecimals, compareSame, equal } from "../values.ts"

/** A test of values: whether a comparison holds of them. Made once for each clause. */
export function comparisonOf(operator: Comparison, decimal: boolean): (values: readonly Json[]) => boolean {
  switch (operator) {
    case "=":
      return values => pairs(values, (a, b) => equal(a, b, decimal))
    case "!=":
      return values => values.length > 1 && !pairs(values, (a, b) => equal(a, b, decimal))
    case "<":
      return inOrder(decimal, compared => compared < 0)
    case "<=":
      return inOrder(decimal, compared => compared <= 0)
    case ">":
      return inOrder(decimal, compared => compared > 0)
    case ">=":
      return inOrder(decimal, compared => compared >= 0)
    case "startsWith":
      return ofTexts((text, part) => text.startsWith(part))
    case "endsWith":
      return ofTexts((text, part) => text.endsWith(part))
    case "includes":
      return ofTexts((text, part) => text.includes(part))
    case "matches":
      return ofTexts(matching())
    default:
      return unreachable(operator)
  }
}

function pairs(values: readonly Json[], holds: (a: Json, b: Json) => boolean): boolean {
  return values.every((value, i) => i === 0 || holds(values[i - 1]!, value))
}

function inOrder(decimal: boolean, holds: (compared: number) => boolean): (values: readonly Json[]) => boolean {
  const compare = decimal ? compareAsDecimals : compareSame
  return values =>
    pairs(values, (a, b) => {
      const compared = compare(a, b)
      return compared !== undefined && holds(compared)
    })
}

function ofTexts(holds: (text: string, part: string) => boolean): (values: readonly Json[]) => boolean {
  return ([text, part]) => typeof text === "string" && typeof part === "string" && holds(text, part)
}

// A pattern may come out of the data; one that is none is found in no text.
function matching(): (text: string, pattern: string) => boolean {
  const known = new Map<string, Matcher | null>()
  return (text, pattern) => {
    let matcher = known.get(pattern)
    if (matcher === undefined) {
      const made = matcherOf(pattern)
      matcher = typeof made === "string" ? null : made
      known.set(pattern, matcher)
    }
    return matcher?.(text) ?? false
  }
}
