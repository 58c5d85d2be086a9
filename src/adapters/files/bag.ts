import { bounds } from "./bounds.ts"
import { BadPlace } from "./log-error.ts"
import type { Value } from "./log-line.ts"

/** Attributes while they are being gathered. */
export class Bag {
  readonly values: Record<string, Value> = {}
  #size = 0
  // How often a key was said, of those that were said again. Most bags never need it.
  #said: Map<string, number> | null = null

  /** Puts a value under its key. A list may say a key again: then it is counted on, `key.2`, `key.3`. */
  put(key: string, value: Value): void {
    if (++this.#size > bounds.attributesPerLineMax) {
      throw new BadPlace(`there are more than ${bounds.attributesPerLineMax} attributes in one place`)
    }
    const free = Object.hasOwn(this.values, key) ? this.#nextFree(key) : key

    // An assignment to this one name would set the prototype.
    if (free === "__proto__") Object.defineProperty(this.values, free, { value, ...plain })
    else this.values[free] = value
  }

  /** What is under a key, as text. Null when nothing is, or nothing but an empty text. */
  text(key: string): string | null {
    const value = Object.hasOwn(this.values, key) ? this.values[key] : undefined
    return value === undefined || value === "" ? null : String(value)
  }

  #nextFree(key: string): string {
    this.#said ??= new Map()
    let times = this.#said.get(key) ?? 1
    while (Object.hasOwn(this.values, `${key}.${++times}`));
    this.#said.set(key, times)
    return `${key}.${times}`
  }
}

const plain = { enumerable: true, configurable: true, writable: true }
