import { isObject, type Json } from "../kernel/json.ts"
import type { BaseType } from "./grammar.ts"

/** What a value of a type is looked up by: itself, or a file's id; undefined: it cannot be looked up. */
export function lookedUpBy(type: BaseType, value: Json | undefined): string | number | boolean | undefined {
  const by = type === "file" && isObject(value) ? value["file"] : value
  return typeof by === "string" || typeof by === "number" || typeof by === "boolean" ? by : undefined
}
