import type { Json } from "../../../kernel/json.ts"
import { Refusal, unreachable } from "../../../kernel/refusal.ts"
import { decimalText, over, plus, scaled } from "../decimals.ts"
import type { Aggregate } from "../query.ts"
import { compareAny } from "../values.ts"
import { keyOf } from "../walk/relation.ts"

/** What an aggregate makes of the values of one group, of which there is at least one. */
export function aggregated(aggregate: Aggregate, values: readonly Json[], decimal: boolean): Json {
  const order = (a: Json, b: Json) => compareAny(a, b, decimal)
  switch (aggregate.name) {
    case "count":
      return values.length
    case "countDistinct":
      return each(values).length
    case "distinct":
      return each(values).toSorted(order)
    case "sum":
      return decimal ? decimalText(decimalSum(values)) : numericSum(values, "sum")
    case "avg":
      return decimal ? decimalMean(values) : numericSum(values, "avg") / values.length
    case "median":
      return median(values.toSorted(order), decimal)
    case "min":
      return values.reduce((least, value) => (order(value, least) < 0 ? value : least))
    case "max":
      return values.reduce((greatest, value) => (order(value, greatest) > 0 ? value : greatest))
    case "least":
      return values.toSorted(order).slice(0, aggregate.count)
    case "greatest":
      return values.toSorted(order).slice(-aggregate.count)
    default:
      return unreachable(aggregate)
  }
}

function each(values: readonly Json[]): readonly Json[] {
  return [...new Map(values.map(value => [keyOf(value), value])).values()]
}

function numericSum(values: readonly Json[], name: string): number {
  let sum = 0
  for (const value of values) sum += numeric(value, name)
  return sum
}

function numeric(value: Json, name: string): number {
  if (typeof value === "number") return value
  throw new Refusal("invalid", `${name} is of numbers: ${JSON.stringify(value)} is none`, { aggregate: name })
}

function decimalSum(values: readonly Json[]) {
  return values.map(decimalOf).reduce(plus)
}

function decimalOf(value: Json) {
  const read = scaled(value)
  if (read === undefined) throw new Refusal("invalid", `${JSON.stringify(value)} is no decimal: it cannot be added`)
  return read
}

function decimalMean(values: readonly Json[]): string {
  return decimalText(over(decimalSum(values), { digits: BigInt(values.length), scale: 0 })!)
}

function median(sorted: readonly Json[], decimal: boolean): Json {
  const middle = Math.floor(sorted.length / 2)
  const middles = sorted.length % 2 === 1 ? [sorted[middle]!] : [sorted[middle - 1]!, sorted[middle]!]
  if (decimal) return decimalMean(middles)
  return numericSum(middles, "median") / middles.length
}
