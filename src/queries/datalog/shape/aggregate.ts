import type { Json } from "../../../kernel/json.ts"
import { Refusal, unreachable } from "../../../kernel/refusal.ts"
import { decimalText, over, plus, scaled } from "../decimals.ts"
import type { Aggregate } from "../query.ts"
import { compareAny } from "../values.ts"
import { keyOf } from "../walk/relation.ts"

type Aggregated = { readonly aggregate: Aggregate; readonly decimal: boolean; readonly path: string }

/** What an aggregate makes of the values of one group, of which there is at least one. */
export function aggregated({ aggregate, decimal, path }: Aggregated, values: readonly Json[]): Json {
  const order = (a: Json, b: Json) => compareAny(a, b, decimal)
  switch (aggregate.name) {
    case "count":
      return values.length
    case "countDistinct":
      return each(values).length
    case "distinct":
      return each(values).toSorted(order)
    case "sum":
      return decimal ? decimalText(decimalSum(values, path)) : numericSum(values, "sum", path)
    case "avg":
      return decimal ? decimalMean(values, path) : numericSum(values, "avg", path) / values.length
    case "median":
      return median(values.toSorted(order), decimal, path)
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

function numericSum(values: readonly Json[], name: string, path: string): number {
  let sum = 0
  for (const value of values) {
    if (typeof value !== "number") throw unfit(path, `${name} is of numbers: ${JSON.stringify(value)} is none`)
    sum += value
  }
  return sum
}

function decimalSum(values: readonly Json[], path: string) {
  return values.map(value => decimalOf(value, path)).reduce(plus)
}

function decimalOf(value: Json, path: string) {
  const read = scaled(value)
  if (read === undefined) throw unfit(path, `${JSON.stringify(value)} is no decimal: it cannot be added`)
  return read
}

function unfit(path: string, sentence: string): Refusal {
  return new Refusal("invalid", sentence, { path }, [{ path, code: "number", message: sentence }])
}

function decimalMean(values: readonly Json[], path: string): string {
  return decimalText(over(decimalSum(values, path), { digits: BigInt(values.length), scale: 0 })!)
}

function median(sorted: readonly Json[], decimal: boolean, path: string): Json {
  const middle = Math.floor(sorted.length / 2)
  const middles = sorted.length % 2 === 1 ? [sorted[middle]!] : [sorted[middle - 1]!, sorted[middle]!]
  if (decimal) return decimalMean(middles, path)
  return numericSum(middles, "median", path) / middles.length
}
