import { canonicalJson, sameJson, type Json } from "../../kernel/json.ts"
import { compareDecimals, readDecimal } from "../../schema/decimals.ts"

/** Which of two texts comes first, by code points. UTF-16 puts what is beyond the first plane too early. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)]
    if (x !== y) return weight(x) - weight(y)
  }
  return a.length - b.length
}

function weight(unit: number): number {
  if (unit < 0xd800) return unit
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000
}

/** Which of two values of the same kind is less; undefined: they are of different kinds, or of one that has no order. */
export function compareSame(a: Json, b: Json): number | undefined {
  if (typeof a === "number" && typeof b === "number") return a - b
  if (typeof a === "string" && typeof b === "string") return compareText(a, b)
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b)
  return undefined
}

/** Which of two decimals is less, each given as text or number; undefined: one is none. */
export function compareAsDecimals(a: Json, b: Json): number | undefined {
  const [x, y] = [decimalOf(a), decimalOf(b)]
  return x === undefined || y === undefined ? undefined : compareDecimals(x, y)
}

function decimalOf(value: Json): string | undefined {
  return typeof value === "string" || typeof value === "number" ? readDecimal(String(value)) : undefined
}

/** Whether two values are equal. */
export function equal(a: Json, b: Json, decimal: boolean): boolean {
  if (decimal) {
    const compared = compareAsDecimals(a, b)
    if (compared !== undefined) return compared === 0
  }
  return sameJson(a, b)
}

/** An order of all values there are: booleans, numbers, texts, all else, and at the end what is missing. */
export function compareAny(a: Json, b: Json, decimal: boolean): number {
  if (decimal) {
    const compared = compareAsDecimals(a, b)
    if (compared !== undefined) return compared
  }
  const [x, y] = [rank(a), rank(b)]
  if (x !== y) return x - y
  return compareSame(a, b) ?? compareText(canonicalJson(a), canonicalJson(b))
}

function rank(value: Json): number {
  if (value === null) return 4
  if (typeof value === "boolean") return 0
  if (typeof value === "number") return 1
  return typeof value === "string" ? 2 : 3
}

/** A value as `str` writes it: a text as it is, all else as JSON. */
export function textOf(value: Json): string {
  return typeof value === "string" ? value : canonicalJson(value)
}
