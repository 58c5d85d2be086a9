import type { Steps } from "../../../kernel/steps.ts"
import type { Pace } from "../pace.ts"
import type { ParsedDatalog } from "../query.ts"
import { compareAny } from "../values.ts"
import type { Row } from "../walk/relation.ts"

/** Where a page ended: with a row, of which so many were there. Only `with` lets rows be there more than once. */
export type Position = { readonly row: Row; readonly times: number }

/** The rows of one page, in order, and where the next begins; null: there is none. */
export type Page = { readonly rows: readonly Row[]; readonly end: Position | null }

/** Puts rows in a total order, and keeps those behind a position, as many as are wanted. */
export function* pageOf(query: ParsedDatalog, rows: readonly Row[], after: Position | null, pace: Pace): Steps<Page> {
  const compare = comparing(query)
  const sorted = yield* inOrder(rows, compare, pace)
  const from = after === null ? 0 : firstNotBefore(sorted, after.row, compare) + after.times
  const to = from + (query.limit ?? sorted.length)
  const page = sorted.slice(from, to)
  const last = page.at(-1)
  if (to >= sorted.length || last === undefined) return { rows: page, end: null }
  return { rows: page, end: { row: last, times: to - firstNotBefore(sorted, last, compare) } }
}

// So many rows are put in order before others may have their turn: that takes some milliseconds.
const rowsAtOnce = 4_096

// Runs that are in order, made into fewer and longer ones until there is one.
function* inOrder(rows: readonly Row[], compare: (a: Row, b: Row) => number, pace: Pace): Steps<readonly Row[]> {
  if (rows.length < 2) return rows
  let runs: (readonly Row[])[] = []
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    runs.push(rows.slice(from, from + rowsAtOnce).toSorted(compare))
    yield* pace.look()
  }
  while (runs.length > 1) {
    const fewer: (readonly Row[])[] = []
    for (let i = 0; i < runs.length; i += 2) fewer.push(yield* merged(runs[i]!, runs[i + 1] ?? [], compare, pace))
    runs = fewer
  }
  return runs[0]!
}

function* merged(
  a: readonly Row[],
  b: readonly Row[],
  compare: (a: Row, b: Row) => number,
  pace: Pace,
): Steps<readonly Row[]> {
  const all: Row[] = []
  for (let [i, j] = [0, 0]; i < a.length || j < b.length;) {
    const isFirst = j === b.length || (i < a.length && compare(a[i]!, b[j]!) <= 0)
    all.push(isFirst ? a[i++]! : b[j++]!)
    if (all.length % rowsAtOnce === 0) yield* pace.look()
  }
  return all
}

// By the columns that are asked for, then by all others from left to right: no two rows are in the same place.
function comparing({ order, find }: ParsedDatalog): (a: Row, b: Row) => number {
  const named = order.map(({ column }) => column)
  const others = find.flatMap((_, column) => (named.includes(column) ? [] : [{ column, descending: false }]))
  const all = [...order, ...others].map(by => ({ ...by, decimal: find[by.column]!.decimal }))
  return (a, b) => {
    for (const { column, descending, decimal } of all) {
      const [x, y] = [a[column] ?? null, b[column] ?? null]
      const compared = compareAny(x, y, decimal)
      if (compared !== 0) return descending && x !== null && y !== null ? -compared : compared
    }
    return 0
  }
}

function firstNotBefore(sorted: readonly Row[], row: Row, compare: (a: Row, b: Row) => number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compare(sorted[middle]!, row) < 0) low = middle + 1
    else high = middle
  }
  return low
}
