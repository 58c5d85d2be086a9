import { frozen, isObject, sameJson, type Json, type JsonObject } from "./json.ts"

/** A value: immutable, and equal to whatever says the same. */
export function value<const V extends Json>(v: V): V {
  return frozen(v)
}

/** A test for being equal to a value, to hand to `some`, `filter` and `find`. */
export function is(wanted: Json): (candidate: Json | undefined) => boolean {
  return candidate => sameJson(candidate, wanted)
}

/** A test for having at least these members, equal. */
export function like(wanted: JsonObject): (candidate: Json | undefined) => boolean {
  return candidate => isObject(candidate) && Object.keys(wanted).every(key => sameJson(candidate[key], wanted[key]))
}

/** Two entities are the same one if their ids are equal, whatever their attributes say. */
export function sameEntity(a: { readonly id: string }, b: { readonly id: string }): boolean {
  return a.id === b.id
}
