import type { Bag } from "./bag.ts"
import { BadPlace } from "./log-error.ts"
import type { Value } from "./log-line.ts"
import { Words } from "./words.ts"

/** What is written in a tag. */
export type Given = Readonly<Record<string, string>>

/**
 * Reads the attributes of a case or an event, each by the type that its tag says.
 *
 * What lies in a list or a container is named by the way to it, `key.child`. What lies in any other attribute is
 * an attribute of an attribute, and read past.
 */
export class XesAttributes {
  readonly #words = new Words()
  // The ways to the lists and containers that are open, the innermost last.
  readonly #ways: string[] = []

  /** Puts the attribute into the bag. Whether the tag can hold further ones that matter. */
  enter(tag: string, given: Given, bag: Bag): boolean {
    const way = this.#ways.at(-1) ?? ""
    switch (tag) {
      case "string":
      case "date":
      case "id":
      case "int":
      case "float":
      case "boolean": {
        const key = way + this.#key(tag, given)
        bag.put(key, this.#value(tag, key, given["value"]))
        return false
      }
      case "list":
      case "container":
        this.#ways.push(`${way}${this.#key(tag, given)}.`)
        return true
      case "values":
        // It only says that what it holds is in the list around it.
        if (way === "") throw new BadPlace("<values> is in no list")
        this.#ways.push(way)
        return true
      default:
        throw new BadPlace(`<${tag}> is no attribute that XES knows`)
    }
  }

  /** Leaves the innermost list or container. Whether there was one. */
  leave(): boolean {
    return this.#ways.pop() !== undefined
  }

  #key(tag: string, given: Given): string {
    const key = given["key"]
    if (key === undefined) throw new BadPlace(`a <${tag}> has no key`)
    return this.#words.kept(key)
  }

  #value(tag: Scalar, key: string, text: string | undefined): Value {
    const value = text === undefined ? null : valueOf(tag, text)
    if (value === null) throw new BadPlace(`"${key}" holds ${written(text)} where XES has a value of type ${tag}`)
    if (typeof value !== "string") return value
    return tag === "date" ? this.#words.copy(value) : this.#words.kept(value)
  }
}
type Scalar = "string" | "date" | "id" | "int" | "float" | "boolean"

// Null when the text is no such value. Numbers for which JSON or a double has no room stay as they are written.
function valueOf(tag: Scalar, text: string): Value | null {
  switch (tag) {
    case "string":
    case "date":
    case "id":
      return text
    case "int":
      if (!/^\s*[+-]?\d+\s*$/.test(text)) return null
      return Number.isSafeInteger(Number(text)) ? Number(text) : text.trim()
    case "float":
      if (/^\s*(?:NaN|[+-]?INF|[+-]?Infinity)\s*$/.test(text)) return text.trim()
      return /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : null
    case "boolean":
      if (/^\s*(?:true|1)\s*$/i.test(text)) return true
      return /^\s*(?:false|0)\s*$/i.test(text) ? false : null
  }
}

function written(text: string | undefined): string {
  return text === undefined ? "no value" : `"${text.slice(0, 40)}"`
}
