import { canonicalJson, isObject, sameJson, type Json } from "../../kernel/json.ts"
import type { EntityKey, Fact, FactAttribute } from "../../ports/facts.ts"

/** What one document says of an attribute, as JSON text; null: nothing. `stayed`: which of that was there before, and all along. */
export type Piece = readonly [entity: EntityKey, now: string | null, stayed: readonly Json[]]

/** The values of an attribute in what a document has under its name: none, one, or each of a list, once. Refs are ids. */
export function valuesIn(attribute: FactAttribute, text: string | null): readonly Json[] {
  // What was written as JSON is read as such.
  const written = text === null ? null : (JSON.parse(text) as Json)
  if (written === null) return []
  // Before an attribute could have many values it may have had one.
  if (!attribute.many || !Array.isArray(written)) return [spelled(attribute, written)]
  const values = written.map(value => spelled(attribute, value as Json))
  // Lists are sets in almost all cases, and short.
  return values.filter((value, i) => values.findIndex(other => sameJson(other, value)) === i)
}

function spelled(attribute: FactAttribute, value: Json): Json {
  return attribute.lookup && attribute.type === "file" && isObject(value) ? (value["file"] ?? null) : value
}

/** Which values are in what another document says, too. */
export function inBoth(attribute: FactAttribute, values: readonly Json[], text: string | null): readonly Json[] {
  if (values.length === 0) return values
  const others = valuesIn(attribute, text)
  return values.filter(value => others.some(other => sameJson(other, value)))
}

/** The facts in pieces of documents, without those that were there all along; with `sought`, those with these values only. */
export function factsIn(
  attribute: FactAttribute,
  pieces: readonly Piece[],
  sought: readonly Json[] | undefined,
): readonly Fact[] {
  const wanted = sought && new Set(sought.map(canonicalJson))
  return pieces.flatMap(([entity, now, stayed]) => {
    return valuesIn(attribute, now)
      .filter(value => !stayed.some(other => sameJson(other, value)))
      .filter(value => wanted?.has(canonicalJson(value)) ?? true)
      .map((value): Fact => [entity, value])
  })
}

/** The values that an attribute of a type can have at all, as its rows compare: no number is a boolean, and no text a number. */
export function possible({ type }: FactAttribute, values: readonly Json[]): readonly (string | number | boolean)[] {
  return values.filter(value => {
    if (type === "ref") return typeof value === "number"
    return type === "boolean" ? typeof value === "boolean" : typeof value === "string" || typeof value === "number"
  }) as readonly (string | number | boolean)[]
}
