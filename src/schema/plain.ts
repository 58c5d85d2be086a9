import { isObject, type Json } from "../kernel/json.ts"
import { at, type Faults } from "./faults.ts"

// Deep enough for any schema that a person can read, shallow enough for every recursion over it.
const depthMax = 64

/**
 * A frozen copy of something that must be JSON, so that nobody changes a schema after it was checked. What is not JSON
 * is a fault, and so is the key `__proto__`, which no object can hold safely.
 */
export function plainCopy(value: unknown, faults: Faults, path = "", depth = 0): Json {
  if (depth > depthMax) {
    faults.add(path, "depth", `A schema is at most ${depthMax} levels deep`)
    return null
  }
  if (Array.isArray(value)) return Object.freeze(value.map((v, i) => plainCopy(v, faults, at(path, i), depth + 1)))
  if (isObject(value)) return copyObject(value, faults, path, depth)
  if (value === null || typeof value === "string" || typeof value === "boolean") return value
  if (typeof value === "number" && Number.isFinite(value)) return value
  faults.add(path, "json", `A schema is JSON, and ${typeof value === "number" ? value : `a ${typeof value}`} is not`)
  return null
}

function copyObject(value: object, faults: Faults, path: string, depth: number): Json {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    faults.add(path, "json", "A schema is JSON, and an object with a class of its own is not")
    return null
  }
  const copy: Record<string, Json> = {}
  for (const [key, member] of Object.entries(value)) {
    if (key === "__proto__") faults.add(at(path, key), "name", "No key may be called __proto__")
    else if (member !== undefined) copy[key] = plainCopy(member, faults, at(path, key), depth + 1)
  }
  return Object.freeze(copy)
}
