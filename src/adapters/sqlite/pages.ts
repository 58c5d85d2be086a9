import type { DatabaseSync } from "node:sqlite"
import { limits } from "../../kernel/limits.ts"
import type { LogPage } from "../../ports/log.ts"
import { prepare } from "./driver.ts"
import { logged, type EventRow } from "../sql/event-rows.ts"
import { tOf } from "../sql/places.ts"
import { selectEvents } from "./event-rows.ts"
import type { Names } from "./names.ts"
import { places } from "../sql/places.ts"

// A search for a few types looks at no more of the log than this for one page.
const lookedAtMax = 20_000

type ReadPage = (after: number, limit: number, newest: number, types?: readonly string[]) => LogPage

/** Reads the rows of a stretch of the log, from the first place to before the last, at most so many. */
type ReadRows = (from: number, until: number, limit: number) => EventRow[]

/** Prepares the reading of pages of the log. */
export function pageReader(db: DatabaseSync, names: Names): ReadPage {
  const range = "WHERE e.pos >= ? AND e.pos < ?"
  const all = prepare<EventRow>(db, `${selectEvents} ${range} ORDER BY e.pos LIMIT ?`)
  // The unary plus keeps the list of types from leading: the order of the log does.
  const some = prepare<EventRow>(
    db,
    `${selectEvents} ${range} AND +e.type IN (SELECT value FROM json_each(?)) ORDER BY e.pos LIMIT ?`,
  )
  const farther = prepare<[number]>(db, "SELECT pos FROM events WHERE pos >= ? ORDER BY pos LIMIT 1 OFFSET ?")
  // How large a text is stands at the head of its row: the text itself is not read.
  const sizes = `SELECT pos, octet_length(data) FROM events WHERE pos >= ? AND pos < ?`
  const sizesOfAll = prepare<[number, number]>(db, `${sizes} ORDER BY pos LIMIT ?`)
  const ofTypes = "AND +type IN (SELECT value FROM json_each(?))"
  const sizesOfSome = prepare<[number, number]>(db, `${sizes} ${ofTypes} ORDER BY pos LIMIT ?`)

  /** How far a search may look from a t on: whole transactions, and at least one. */
  function bound(from: number): number {
    const far = farther.get(from * places, lookedAtMax)
    return far === undefined ? Infinity : Math.max(tOf(far[0]), from + 1)
  }

  return (after, limit, newest, types) => {
    const from = after + 1
    if (types === undefined) {
      const heavy = firstBeyond(sizesOfAll.all(from * places, (newest + 1) * places, limit))
      const until = Math.min(newest + 1, Math.max(tOf(heavy), from + 1))
      return page((...r) => all.all(...r), { from, until, newest, limit }, names)
    }
    const keys = JSON.stringify(types.map(type => names.known(type)).filter(key => key !== null))
    const far = Math.min(newest + 1, bound(from))
    const heavy = firstBeyond(sizesOfSome.all(from * places, far * places, keys, limit))
    const until = Math.min(far, Math.max(tOf(heavy), from + 1))
    return page((first, last, most) => some.all(first, last, keys, most), { from, until, newest, limit }, names)
  }
}

/** The first place whose data is too much for one page with what comes before it; endless: none is. */
export function firstBeyond(sizes: readonly (readonly [place: number, bytes: number])[]): number {
  let sum = 0
  return sizes.find(([, bytes]) => (sum += bytes) > limits.pageBytesMax)?.[0] ?? Infinity
}

/** A page of the transactions from one t to before another. */
function page(
  read: ReadRows,
  { from, until, newest, limit }: { from: number; until: number; newest: number; limit: number },
  names: Names,
): LogPage {
  let rows = read(from * places, until * places, limit + 1)
  let end = Math.max(from, until)
  if (rows.length > limit) {
    const first = tOf(rows[0]![0])
    const last = tOf(rows.at(-1)![0])
    // The last transaction may be cut off, so it comes with the next page, unless it is the only one.
    if (last > first) rows = rows.filter(row => tOf(row[0]) < last)
    else rows = read(first * places, (first + 1) * places, places)
    end = Math.max(last, first + 1)
  }
  return { events: rows.map(row => logged(row, names)), reached: end - 1, isEnd: end > newest }
}
