import { isObject, type Json, type JsonObject } from "../kernel/json.ts"
import { compareDecimals, readDecimal } from "./decimals.ts"
import { formats } from "./formats.ts"
import type { BaseType } from "./grammar.ts"
import { compilePattern } from "./patterns.ts"

/** One thing that must be so of a value that is already of its type. */
export type Rule = { readonly code: string; readonly says: string; readonly holds: (value: Json) => boolean }

const textual: readonly BaseType[] = ["string", "text", "uri"]
const numeric: readonly BaseType[] = ["integer", "number", "decimal"]

/** The keys that restrict a value, and the base types that each makes sense for. */
export const constraintKeys: Readonly<Record<string, readonly BaseType[]>> = {
  minLength: textual,
  maxLength: textual,
  pattern: textual,
  format: textual,
  minimum: numeric,
  maximum: numeric,
}

/** The rules for one value of an attribute, besides that it is of its type. */
export function rulesOf(base: BaseType, definition: JsonObject): readonly Rule[] {
  if (base === "enum") return [enumRule(enumKeys(definition))]
  if (numeric.includes(base)) return base === "decimal" ? decimalRules(definition) : numberRules(definition)
  return textual.includes(base) ? textRules(definition) : []
}

/** The keys of an enum whose values are written out. */
export function enumKeys(definition: JsonObject): readonly string[] {
  return isObject(definition["values"]) ? Object.keys(definition["values"]) : []
}

function enumRule(keys: readonly string[]): Rule {
  const known = new Set<Json>(keys)
  return { code: "enum", says: `must be one of ${keys.join(", ")}`, holds: value => known.has(value) }
}

function numberRules({ minimum, maximum }: JsonObject): readonly Rule[] {
  const rules: Rule[] = []
  if (typeof minimum === "number") rules.push(minimumRule(minimum, value => (value as number) >= minimum))
  if (typeof maximum === "number") rules.push(maximumRule(maximum, value => (value as number) <= maximum))
  return rules
}

function decimalRules({ minimum, maximum }: JsonObject): readonly Rule[] {
  const rules: Rule[] = []
  const [low, high] = [decimalOf(minimum), decimalOf(maximum)]
  if (low !== undefined) rules.push(minimumRule(low, value => compareDecimals(value as string, low) >= 0))
  if (high !== undefined) rules.push(maximumRule(high, value => compareDecimals(value as string, high) <= 0))
  return rules
}

/** A bound of decimals as a decimal. */
export function decimalOf(bound: Json | undefined): string | undefined {
  return typeof bound === "number" ? readDecimal(String(bound)) : undefined
}

function minimumRule(bound: number | string, holds: Rule["holds"]): Rule {
  return { code: "minimum", says: `must be at least ${bound}`, holds }
}

function maximumRule(bound: number | string, holds: Rule["holds"]): Rule {
  return { code: "maximum", says: `must be at most ${bound}`, holds }
}

function textRules(definition: JsonObject): readonly Rule[] {
  const { minLength, maxLength, pattern, format } = definition
  const rules: Rule[] = []
  if (typeof minLength === "number") {
    const says = `must have at least ${characters(minLength)}`
    rules.push({ code: "minLength", says, holds: value => isAsLongAs(value as string, minLength) })
  }
  if (typeof maxLength === "number") {
    const says = `must have at most ${characters(maxLength)}`
    rules.push({ code: "maxLength", says, holds: value => !isAsLongAs(value as string, maxLength + 1) })
  }
  if (typeof pattern === "string") {
    const compiled = compilePattern(pattern)
    rules.push({ code: "pattern", says: `must match ${pattern}`, holds: value => compiled.test(value as string) })
  }
  if (typeof format === "string") {
    const check = formats.get(format)
    rules.push({ code: "format", says: `must be a valid ${format}`, holds: value => check?.(value as string) ?? true })
  }
  return rules
}

function characters(count: number): string {
  return count === 1 ? "1 character" : `${count} characters`
}

// JSON Schema counts code points, of which a string has at most as many as it has units and at least half of them.
function isAsLongAs(text: string, count: number): boolean {
  if (text.length < count) return false
  return text.length >= 2 * count || Array.from(text).length >= count
}
