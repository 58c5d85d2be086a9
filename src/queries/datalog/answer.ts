import type { Clock } from "../../kernel/clock.ts"
import type { Json } from "../../kernel/json.ts"
import { limits } from "../../kernel/limits.ts"
import { Refusal } from "../../kernel/refusal.ts"
import { need, type Steps } from "../../kernel/steps.ts"
import type { Column, DatalogStore, Scope } from "../../ports/datalog.ts"
import type { FactStore, Moment } from "../../ports/facts.ts"
import type { CompiledSchema } from "../../schema/compile.ts"
import { attributesOf } from "./attributes.ts"
import { Pace } from "./pace.ts"
import type { ParsedDatalog } from "./query.ts"
import { malformed } from "./refuse.ts"
import { resolved, type Resolved } from "./resolve.ts"
import { readCursor, writeCursor } from "./shape/cursor.ts"
import { pageOf } from "./shape/page.ts"
import { answerRows, storeRows } from "./shape/rows.ts"
import { pulled, shaped, type PullMany } from "./shape/shape.ts"
import type { Sight } from "./sight.ts"
import type { Row } from "./walk/relation.ts"
import { Source } from "./walk/source.ts"
import { walk } from "./walk/walk.ts"

/** What answering takes. */
export type DatalogParts = {
  readonly schema: CompiledSchema
  readonly store: { readonly facts: FactStore; readonly datalog: DatalogStore }
  readonly moment: Moment
  /** What the reader sees, in two forms of the same: for the store, and for whoever walks. Null: everything. */
  readonly reader: { readonly scope: Scope; readonly sight: Sight } | null
  readonly clock: Clock
  readonly milliseconds: number
  /** Whether nobody waits for the answer any more. */
  readonly isGone?: () => boolean
  readonly pull: PullMany
  /** Told what the query came to once nothing was left to look up in it. */
  readonly onResolved?: (query: Resolved) => void
}

/** An answer, and where the next page goes on, if there is one. `t`: the moment it was read at, which a cursor says. */
export type DatalogAnswer = { readonly result: Json; readonly next?: string; readonly t: number }

/** Answers a query: in the store, or, where that cannot, by walking over the facts, to the same end. */
export function* answerDatalog(query: ParsedDatalog, parts: DatalogParts): Steps<DatalogAnswer> {
  const cursor = query.after === null ? null : readCursor(query.after, query.fingerprint)
  const moment = momentOf(parts.moment, cursor)
  const pace = new Pace(parts.clock, parts.milliseconds, parts.isGone ?? (() => false))
  const source = new Source({ store: parts.store.facts, sight: parts.reader?.sight ?? null, moment, pace })
  const rows = yield* rowsOf(query, parts, source)
  if (rows.length > limits.datalogRowsMax) {
    throw new Refusal("too-large", `The answer has more than ${limits.datalogRowsMax} rows`, { rows: rows.length })
  }
  const page = yield* pageOf(query, rows, cursor?.end ?? null, pace)
  const result = shaped(query, yield* pulled(query, page.rows, source, parts.pull))
  if (page.end === null) return { result, t: moment.t }
  const since = moment.since ?? null
  return { result, t: moment.t, next: writeCursor({ query: query.fingerprint, t: moment.t, since, end: page.end }) }
}

// The pages of one answer are of one moment: that of the first.
function momentOf(moment: Moment, cursor: { t: number; since: number | null } | null): Moment {
  if (cursor === null) return moment
  if (cursor.t > moment.t) {
    throw malformed({ path: "/after", clause: undefined }, "The cursor is of a moment that has not come")
  }
  return cursor.since === null ? { t: cursor.t } : { t: cursor.t, since: cursor.since }
}

function* rowsOf(query: ParsedDatalog, parts: DatalogParts, source: Source): Steps<readonly Row[]> {
  const { schema, store, reader } = parts
  const ready = yield* resolved(query, schema, source)
  parts.onResolved?.(ready)
  if (query.direct) {
    const columns = query.columns ?? plainColumns(query)
    const asked = { ...ready, find: columns, with: query.with }
    const bounds = { rowsMax: limits.datalogRowsMax, milliseconds: source.pace.left }
    const scope = reader?.scope ?? null
    const rows = yield* need(store.datalog.answer(asked, { moment: source.moment, scope, bounds }))
    if (rows !== null) {
      if (query.columns !== null) return yield* storeRows(query, rows, source)
      return yield* answerRows(query, { variables: columns.map(column => column.variable), rows }, source)
    }
  }
  return yield* walked(query, ready, schema, source)
}

function* walked(query: ParsedDatalog, ready: Resolved, schema: CompiledSchema, source: Source): Steps<readonly Row[]> {
  const wanted = plainColumns(query).map(column => column.variable)
  const relation = yield* walk({ ...ready, orders: query.orders }, wanted, source, attributesOf(schema).all)
  return yield* answerRows(query, relation, source)
}

// All variables that keep rows apart, each once, with nothing made of them.
function plainColumns(query: ParsedDatalog): readonly (Column & { readonly aggregate?: undefined })[] {
  const variables = new Set([...query.find.map(element => element.variable), ...query.with])
  return [...variables].map(variable => ({ variable }))
}
