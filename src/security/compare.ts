import type { Json } from "../kernel/json.ts"
import { compareDecimals } from "../schema/decimals.ts"
import type { BaseType } from "../schema/grammar.ts"
import type { Operator } from "./condition.ts"

/** Whether a comparison holds between some value of the one side and some value of the other. */
export function holdsBetween(
  operator: Operator,
  left: Iterable<Json>,
  right: ReadonlySet<Json>,
  type: BaseType | "entity",
): boolean {
  for (const a of left) {
    if (operator === "eq") {
      if (right.has(a)) return true
    } else for (const b of right) if (isOrdered(operator, a, b, type)) return true
  }
  return false
}

function isOrdered(operator: Exclude<Operator, "eq">, a: Json, b: Json, type: BaseType | "entity"): boolean {
  const order = orderOf(a, b, type)
  if (order === null) return false
  switch (operator) {
    case "lt":
      return order < 0
    case "lte":
      return order <= 0
    case "gt":
      return order > 0
    case "gte":
      return order >= 0
  }
}

// Values of different types are neither less nor more nor equal.
function orderOf(a: Json, b: Json, type: BaseType | "entity"): number | null {
  if (typeof a === "string" && typeof b === "string")
    return type === "decimal" ? compareDecimals(a, b) : textOrder(a, b)
  if (typeof a === "number" && typeof b === "number") return a - b
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b)
  return null
}

/** The order of two texts by their code points, which is that of their bytes in UTF-8. */
export function textOrder(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const [one, other] = [a.charCodeAt(i), b.charCodeAt(i)]
    if (one !== other) return lifted(one) - lifted(other)
  }
  return a.length - b.length
}

// A unit of a surrogate pair stands for a code point beyond all that one unit can say.
function lifted(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit
}
