import { canonicalJson, type Json } from "../../kernel/json.ts"
import { Refusal } from "../../kernel/refusal.ts"

/** A part of a query, and where it stands: what a refusal names. */
export type Place = { readonly path: string; readonly clause: Json | undefined }

/** The place of a member of a part. */
export function inside(place: Place, key: string | number, member?: Json): Place {
  return { path: `${place.path}/${key}`, clause: member ?? place.clause }
}

const clauseCharsMax = 200

/** A part of a query as it was written, cut off where it is long. */
export function written(clause: Json | undefined): string {
  const text = canonicalJson(clause)
  return text.length > clauseCharsMax ? `${text.slice(0, clauseCharsMax)}…` : text
}

/** That a query is not of the shape of one, or makes no sense as one. */
export function malformed(place: Place, sentence: string): Refusal {
  return refusal("malformed", place, sentence)
}

/** That a query may make sense, and is not answered here. */
export function unsupported(place: Place, sentence: string): Refusal {
  return refusal("query-unsupported", place, sentence)
}

/** That a name stands for nothing in the schema. */
export function unknown(place: Place, sentence: string): Refusal {
  return refusal("unknown-type", place, sentence)
}

function refusal(code: "malformed" | "query-unsupported" | "unknown-type", place: Place, sentence: string): Refusal {
  const { path, clause } = place
  const message = clause === undefined ? sentence : `${sentence}, in ${written(clause)}`
  return new Refusal(code, message, { path }, [{ path, code, message }])
}
