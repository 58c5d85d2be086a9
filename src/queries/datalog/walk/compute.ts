import type { Json } from "../../../kernel/json.ts"
import { limits } from "../../../kernel/limits.ts"
import { Refusal, unreachable } from "../../../kernel/refusal.ts"
import type { Computation } from "../../../ports/datalog.ts"
import { decimalText, minus, modulo, over, plus, scaled, times } from "../decimals.ts"
import { textOf } from "../values.ts"

/** What a computation makes of values; undefined: nothing, for they are not such as it can work with. */
export function computed(operator: Computation, values: readonly Json[], decimal: boolean): Json | undefined {
  switch (operator) {
    case "ground":
    case "identity":
      return values[0]
    case "str":
      return bounded(values.map(textOf).join(""))
    case "+":
    case "-":
    case "*":
    case "/":
    case "mod":
      return decimal ? ofDecimals(operator, values) : ofNumbers(operator, values)
    default:
      return unreachable(operator)
  }
}

type Arithmetic = "+" | "-" | "*" | "/" | "mod"

// Of one value alone: what it is taken from, or divides.
const neutral: Readonly<Record<Arithmetic, number>> = { "+": 0, "-": 0, "*": 1, "/": 1, mod: 0 }

function ofNumbers(operator: Arithmetic, values: readonly Json[]): number | undefined {
  let result: number | undefined
  for (const value of withNeutral(operator, values)) {
    if (typeof value !== "number") return undefined
    result = result === undefined ? value : twoNumbers(operator, result, value)
    if (result === undefined || !Number.isFinite(result)) return undefined
  }
  return result
}

function twoNumbers(operator: Arithmetic, a: number, b: number): number | undefined {
  switch (operator) {
    case "+":
      return a + b
    case "-":
      return a - b
    case "*":
      return a * b
    case "/":
      return b === 0 ? undefined : a / b
    case "mod":
      return b === 0 ? undefined : a - b * Math.floor(a / b)
  }
}

const operations = { "+": plus, "-": minus, "*": times, "/": over, mod: modulo }

function ofDecimals(operator: Arithmetic, values: readonly Json[]): string | undefined {
  const [first, ...others] = withNeutral(operator, values).map(scaled)
  let result = first
  for (const other of others) {
    if (result === undefined || other === undefined) return undefined
    result = operations[operator](result, other)
  }
  return result === undefined ? undefined : bounded(decimalText(result))
}

function withNeutral(operator: Arithmetic, values: readonly Json[]): readonly Json[] {
  return values.length === 1 ? [neutral[operator], ...values] : values
}

// A rule that calls itself could double a text until there is no room for it.
function bounded(text: string): string {
  if (text.length <= limits.datalogTextCharsMax) return text
  throw new Refusal("too-large", `A query makes a text of more than ${limits.datalogTextCharsMax} characters`)
}
