import type { JsonObject } from "../../src/kernel/json.ts"
import { Refusal, type Fault } from "../../src/kernel/refusal.ts"
import { compileSchema, type CompiledSchema } from "../../src/schema/compile.ts"
import { parseSchema } from "../../src/schema/parse.ts"
import type { EntityType } from "../../src/schema/types.ts"

/** A schema of one entity, Book, and whatever else a test needs. */
export function library(book: JsonObject, more: JsonObject = {}): JsonObject {
  return { daybook: 1, name: "library", version: 1, entities: { Book: book }, ...more }
}

/** The same with nothing but attributes. */
export function bookWith(attributes: JsonObject, more: JsonObject = {}): JsonObject {
  return library({ attributes }, more)
}

export function compiled(schema: JsonObject): CompiledSchema {
  return compileSchema(parseSchema(schema))
}

/** The entity type Book with these attributes. */
export function book(attributes: JsonObject, more: JsonObject = {}): EntityType {
  return compiled(library({ attributes, ...more })).entities.get("Book")!
}

/** The faults that a schema is refused with; none: it is not refused. */
export function faultsOf(schema: unknown): readonly Fault[] {
  try {
    parseSchema(schema)
    return []
  } catch (thrown) {
    if (thrown instanceof Refusal) return thrown.faults
    throw thrown
  }
}

/** The same, each as its path and its code. */
export function placesOf(schema: unknown): readonly string[] {
  return faultsOf(schema).map(fault => `${fault.path} ${fault.code}`)
}
