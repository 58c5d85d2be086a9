import type { Json } from "../../../kernel/json.ts"
import type { T } from "../../../kernel/message.ts"
import { unreachable } from "../../../kernel/refusal.ts"
import type { Steps } from "../../../kernel/steps.ts"
import type { EntityKey } from "../../../ports/facts.ts"
import type { ParsedDatalog } from "../query.ts"
import type { Row } from "../walk/relation.ts"
import type { Source } from "../walk/source.ts"

/** What is pulled out of entities as they were at t, one for each, in the order asked. */
export type PullMany = (keys: readonly EntityKey[], pattern: Json, t: T) => Steps<readonly Json[]>

/** Puts rows as they are asked for: as they are, as objects, one column of them, the first, its first. */
export function shaped({ shape, keys }: ParsedDatalog, rows: readonly Row[]): Json {
  const put = (row: Row): Json =>
    keys === null ? row : Object.fromEntries(keys.map((key, i) => [key, row[i] ?? null]))
  switch (shape) {
    case "relation":
      return rows.map(put)
    case "collection":
      return rows.map(row => row[0]!)
    case "tuple":
      return rows[0] === undefined ? null : put(rows[0])
    case "scalar":
      return rows[0]?.[0] ?? null
    default:
      return unreachable(shape)
  }
}

/** Puts what is pulled in the place of the entities it is pulled out of, which stand there by their ids. */
export function* pulled(
  query: ParsedDatalog,
  rows: readonly Row[],
  source: Source,
  pull: PullMany,
): Steps<readonly Row[]> {
  let current = rows
  for (const [i, { pull: pattern }] of query.find.entries()) {
    if (pattern === undefined) continue
    const ids = current.map(row => row[i] ?? null)
    const keys = yield* source.keysOf(ids.filter(id => typeof id === "string"))
    const known = [...new Set(ids.flatMap(id => keys.get(id as string) ?? []).filter(key => key > 0))]
    const found = yield* pull(known, pattern, source.moment.t)
    const byKey = new Map(known.map((key, at) => [key, found[at] ?? null]))
    current = current.map((row, at) => row.with(i, byKey.get(keys.get(ids[at] as string) ?? 0) ?? null))
  }
  return current
}
