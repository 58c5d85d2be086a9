import type { Json } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import type { Step } from "../kernel/workflow.ts"

/**
 * Sees to it that a step is what JSON can say, and that nobody changes it after it was said: what is kept would otherwise be
 * another thing than what the next step is handed before a restart. Throws where it says something else.
 */
export function plainStep({ data, acts, end }: Step): void {
  if (data !== null) plain(data, "data")
  for (const act of acts) check(seal(act, 0), act.kind)
  if (end !== null) check(seal(end, 0), end.state)
}

/** Sees to it that a value is what JSON can say, and freezes it. */
export function plain<Value extends Json>(value: Value, place: string): Value {
  check(seal(value, 0), place)
  return value
}

/** Where in a value something is that JSON cannot say, and what. */
type Flaw = { readonly path: string; readonly what: string }

function check(flaw: Flaw | null, place: string): void {
  if (flaw !== null) throw new TypeError(`${place}${flaw.path} ${flaw.what}`)
}

function seal(value: unknown, depth: number): Flaw | null {
  if (value === null || typeof value === "boolean") return null
  if (typeof value === "string") return value.isWellFormed() ? null : halfCharacter
  if (typeof value === "number") return Number.isFinite(value) ? null : unsaid(`is ${value}`)
  if (typeof value !== "object") return unsaid(`is a ${typeof value}`)
  if (depth > limits.jsonDepthMax) return { path: "", what: `is deeper than ${limits.jsonDepthMax} levels` }
  const flaw = Array.isArray(value) ? sealItems(value, depth) : sealMembers(value, depth)
  Object.freeze(value)
  return flaw
}

function sealItems(items: readonly unknown[], depth: number): Flaw | null {
  for (const [i, item] of items.entries()) {
    const flaw = seal(item, depth + 1)
    if (flaw !== null) return { ...flaw, path: `[${i}]${flaw.path}` }
  }
  return null
}

function sealMembers(members: object, depth: number): Flaw | null {
  const made: unknown = Object.getPrototypeOf(members)
  if (made !== Object.prototype && made !== null) return unsaid(`is a ${members.constructor.name}`)
  for (const [name, member] of Object.entries(members)) {
    // What is undefined is not there.
    const flaw = member === undefined ? null : seal(member, depth + 1)
    if (flaw !== null) return { ...flaw, path: `.${name}${flaw.path}` }
  }
  return null
}

const halfCharacter: Flaw = { path: "", what: "holds half of a surrogate pair, which is no character" }

function unsaid(what: string): Flaw {
  return { path: "", what: `${what}, which JSON cannot say` }
}
