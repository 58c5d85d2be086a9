import { limits } from "../kernel/limits.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { Json } from "../kernel/json.ts"
import { placeOfFault } from "./json-place.ts"
import { memberNamedTwice } from "./json-twice.ts"

/** The JSON that a text says; else a refusal that says where it ceases to be JSON. */
export function readJson(text: string): Json {
  let json: Json
  try {
    json = JSON.parse(text) as Json
  } catch {
    throw notJson(text)
  }
  // Almost no text holds any, and then there is nothing to look for. One level more: it may be a list of commands.
  if (suspicious.test(text)) refuseTrouble(json, limits.jsonDepthMax + 1)
  const twice = memberNamedTwice(text, json)
  if (twice === null) return json
  const path = twice.map(step => `/${pointerStep(step)}`).join("")
  const message = "is said twice: nobody can tell which one is meant"
  throw new Refusal("malformed", `${path} ${message}`, { path }, [{ path, code: "twice", message }])
}

// A key that does harm, however it is written, or an escape that may be half of a character.
const suspicious = /__proto__|\\u(?:005|d[89a-f])/i

function notJson(text: string): Refusal {
  const offset = placeOfFault(text) ?? text.length
  const before = text.slice(0, offset)
  const line = before.split("\n").length
  const column = offset - before.lastIndexOf("\n")
  const what = offset >= text.length ? "ends too early" : `does not go on like this at line ${line}, column ${column}`
  const sentence = text.trim() === "" ? "The body is empty; JSON was expected" : `The body is not JSON: it ${what}`
  return new Refusal("malformed", sentence, { line, column, offset }, [{ path: "", code: "json", message: sentence }])
}

/**
 * Refuses JSON that nests deeper than `depthMax`, holds a key that means something else to JavaScript, or half a
 * character: written as UTF-8, all such halves become the same.
 */
export function refuseTrouble(json: unknown, depthMax: number = limits.jsonDepthMax): void {
  const trouble = troubleIn(json, depthMax)
  if (trouble === null) return
  const { path, code, message } = trouble
  throw new Refusal(code === "depth" ? "too-large" : "malformed", `${path} ${message}`, { path }, [trouble])
}

type Trouble = { readonly path: string; readonly code: "depth" | "key" | "unicode"; readonly message: string }

const halfCharacter = {
  path: "",
  code: "unicode",
  message: "holds half of a surrogate pair, which is no character",
} as const

function troubleIn(json: unknown, left: number): Trouble | null {
  if (typeof json === "string") return json.isWellFormed() ? null : halfCharacter
  if (typeof json !== "object" || json === null) return null
  if (left === 0) return { path: "", code: "depth", message: `nests deeper than ${limits.jsonDepthMax} levels` }
  if (Array.isArray(json)) {
    for (let i = 0; i < json.length; i++) {
      const found = troubleIn(json[i], left - 1)
      if (found !== null) return { ...found, path: `/${i}${found.path}` }
    }
    return null
  }
  for (const key in json) {
    // Copied to another object, this key would change what the object inherits.
    if (key === "__proto__") return { path: "/__proto__", code: "key", message: "may not be the name of a member" }
    if (!key.isWellFormed()) return halfCharacter
    const found = troubleIn((json as Record<string, unknown>)[key], left - 1)
    if (found !== null) return { ...found, path: `/${pointerStep(key)}${found.path}` }
  }
  return null
}

/** A member's name as a step of a JSON Pointer (RFC 6901). */
export function pointerStep(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1")
}
