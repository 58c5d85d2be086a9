import type { Json, JsonObject } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import { at } from "../schema/faults.ts"
import { faulty } from "./faulty.ts"

/** The parameters of one expression. */
export type Params = {
  readonly limit: number
  readonly offset: number
  readonly as: string | undefined
  readonly otherwise: Json | undefined
  /** Whether it says how many. */
  readonly hasBounds: boolean
  /** What is for a derived attribute. */
  readonly rest: JsonObject
}

/** Reads parameters. Only a derived attribute may have others than these four. */
export function readParams(written: JsonObject, path: string, isDerived: boolean): Params {
  const { limit, offset, as, default: otherwise, ...rest } = written
  const [strange] = Object.keys(rest)
  if (strange !== undefined && !isDerived) {
    throw faulty(at(path, strange), "is no parameter; known are limit, offset, as, default")
  }
  if (as !== undefined && (typeof as !== "string" || as === "" || as in {} || as.length > limits.nameCharsMax)) {
    throw faulty(at(path, "as"), `is no key: 1 to ${limits.nameCharsMax} characters`)
  }
  return {
    limit: readLimit(limit, at(path, "limit")),
    offset: offset === undefined ? 0 : whole(offset, 0, at(path, "offset")),
    as,
    otherwise,
    hasBounds: limit !== undefined || offset !== undefined,
    rest,
  }
}

// Null, or nothing: all of them. What is more than may be answered is refused then, and not cut off.
function readLimit(limit: Json | undefined, path: string): number {
  return limit === undefined || limit === null ? Infinity : whole(limit, 1, path)
}

function whole(value: Json, least: number, path: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= least) return value as number
  throw faulty(path, `is no whole number from ${least} on`)
}
