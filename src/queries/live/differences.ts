import { isObject, sameJson, type Json, type JsonObject } from "../../kernel/json.ts"

/** A row of an answer under its key: an entity's id, or what the row says. */
export type KeyedRow = readonly [key: string, row: Json]

/** One difference between two answers: a row that is new or takes a place, one that differs, one that is gone. */
export type Difference =
  readonly ["+", key: string, row: Json] | readonly ["~", key: string, patch: Json] | readonly ["-", key: string]

/** What leads from one answer to another, by the keys of their rows. */
export function differences(before: readonly KeyedRow[], after: readonly KeyedRow[]): readonly Difference[] {
  const old = new Map(before)
  const found: Difference[] = []
  for (const [key, row] of after) {
    const was = old.get(key)
    if (was === undefined) found.push(["+", key, row])
    else if (!sameJson(was, row)) found.push(differing(key, was, row))
    old.delete(key)
  }
  return [...[...old.keys()].map(key => ["-", key] as const), ...found]
}

// A merge patch cannot say that a member is null: then the row takes the place of the one before.
function differing(key: string, was: Json, row: Json): Difference {
  const patch = mergePatch(was, row)
  return sameJson(patched(was, patch), row) ? ["~", key, patch] : ["+", key, row]
}

/** A JSON Merge Patch (RFC 7396) that turns one value into another: null takes a member away. */
export function mergePatch(before: Json, after: Json): Json {
  if (!isObject(before) || !isObject(after)) return after
  const patch: Record<string, Json> = {}
  for (const key of Object.keys(before)) if (after[key] === undefined) patch[key] = null
  for (const [key, value] of Object.entries(after)) {
    const was = before[key]
    if (value !== undefined && !sameJson(was, value)) patch[key] = was === undefined ? value : mergePatch(was, value)
  }
  return patch
}

/** Applies a merge patch, as whoever holds an answer does. */
export function patched(before: Json, patch: Json): Json {
  if (!isObject(patch)) return patch
  const result: Record<string, Json | undefined> = isObject(before) ? { ...before } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null || value === undefined) delete result[key]
    else result[key] = patched(result[key] ?? null, value)
  }
  return result satisfies JsonObject
}
