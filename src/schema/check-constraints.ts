import type { Json, JsonObject } from "../kernel/json.ts"
import { constraintKeys } from "./constraints.ts"
import { at, type Faults } from "./faults.ts"
import { formats } from "./formats.ts"
import type { BaseType } from "./grammar.ts"
import { patternFault } from "./patterns.ts"

/** Checks the keys that restrict values: for types they make sense for, of their own type, and not excluding everything. */
export function checkConstraints(
  attribute: JsonObject,
  definition: JsonObject,
  base: BaseType,
  path: string,
  faults: Faults,
): void {
  for (const [key, types] of Object.entries(constraintKeys)) {
    const value = attribute[key]
    if (value === undefined) continue
    if (!types.includes(base)) {
      faults.add(at(path, key), "constraint", `${key} is for ${types.join(", ")}, not for ${base}`)
    } else {
      const sentence = wrong(key, value, base)
      if (sentence !== null) faults.add(at(path, key), key, sentence)
    }
  }
  checkOrder(attribute, definition, "minLength", "maxLength", path, faults)
  checkOrder(attribute, definition, "minimum", "maximum", path, faults)
}

function wrong(key: string, value: Json, base: BaseType): string | null {
  switch (key) {
    case "minLength":
    case "maxLength":
      return Number.isSafeInteger(value) && (value as number) >= 0 ? null : `${key} is a whole number from 0 on`
    case "minimum":
    case "maximum":
      if (base === "integer" && !Number.isSafeInteger(value)) return `${key} of a whole number is one itself`
      return typeof value === "number" ? null : `${key} is a number`
    case "pattern":
      return typeof value === "string" ? patternFault(value) : "A pattern is a string"
    default:
      return typeof value === "string" && formats.has(value)
        ? null
        : `There is no format ${JSON.stringify(value)}; known are ${[...formats.keys()].sort().join(", ")}`
  }
}

// Said once, where one of the two is written, and not again wherever a custom type is used.
function checkOrder(
  attribute: JsonObject,
  definition: JsonObject,
  low: string,
  high: string,
  path: string,
  faults: Faults,
): void {
  const [least, most] = [definition[low], definition[high]]
  if (typeof least !== "number" || typeof most !== "number" || least <= most) return
  const written = [high, low].find(key => key in attribute)
  if (written === undefined) return
  faults.add(at(path, written), "range", `Nothing is at least ${least} and at most ${most}: ${low} is above ${high}`)
}
