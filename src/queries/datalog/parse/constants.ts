import type { Json } from "../../../kernel/json.ts"
import type { BaseType } from "../../../schema/grammar.ts"
import { lookedUpBy } from "../../../schema/looked-up.ts"
import { readAs, valueTypes } from "../../../schema/value-types.ts"

// Types of which one value can be written in several ways. What is text stays text in all others: "1" is not 1.
const rewritten: readonly BaseType[] = ["instant", "decimal", "uuid", "bytes"]

/** A constant as values of a type are stored. What is no such value stays as it is, and equals none. */
export function asStored(type: BaseType, value: Json): Json {
  if (type === "file") return lookedUpBy(type, value) ?? value
  return rewritten.includes(type) ? (readAs(valueTypes[type], value) ?? value) : value
}
