import type { Json } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import type { Step } from "../kernel/workflow.ts"

/**
 * Sees to it that a step is what JSON can say, and that nobody changes it after it was said: what is kept would otherwise be
 * another thing than what the next step is handed before a restart. Throws where it says something else.
 */
export function plainStep({ data, acts, end }: Step): void {
  if (data !== null) seal(data, "data", 0)
  for (const act of acts) seal(act, act.kind, 0)
  if (end !== null) seal(end, end.state, 0)
}

/** Sees to it that a value is what JSON can say, and freezes it. */
export function plain<Value extends Json>(value: Value, place: string): Value {
  seal(value, place, 0)
  return value
}

function seal(value: unknown, place: string, depth: number): void {
  if (value === null || typeof value === "string" || typeof value === "boolean") return
  if (typeof value === "number") {
    if (Number.isFinite(value)) return
    throw new TypeError(`${place} is ${value}, which JSON cannot say`)
  }
  if (typeof value !== "object") throw new TypeError(`${place} is a ${typeof value}, which JSON cannot say`)
  if (depth > limits.jsonDepthMax) throw new TypeError(`${place} is deeper than ${limits.jsonDepthMax} levels`)
  if (Array.isArray(value)) for (const [i, item] of value.entries()) seal(item, `${place}[${i}]`, depth + 1)
  else {
    const made: unknown = Object.getPrototypeOf(value)
    if (made !== Object.prototype && made !== null) {
      throw new TypeError(`${place} is a ${value.constructor.name}, which JSON cannot say`)
    }
    // What is undefined is not there.
    for (const [name, item] of Object.entries(value)) {
      if (item !== undefined) seal(item, `${place}.${name}`, depth + 1)
    }
  }
  Object.freeze(value)
}
