import { limits } from "../../kernel/limits.ts"
import type { LogPage, LogStore } from "../../ports/log.ts"
import type { Ask, Cell } from "./driver.ts"
import { logged, type EventRow } from "../sql/event-rows.ts"
import { tOf } from "../sql/places.ts"
import { eventColumns, eventJoins, spellEvents } from "./event-rows.ts"
import type { Names } from "./names.ts"
import { places } from "../sql/places.ts"
import { texts, type Value } from "./wire.ts"

// A search for a few types looks at no more of the log than this for one page.
const lookedAtMax = 20_000

/** An event, or none, with the newest t of that moment, the place before which was looked, and the data so far. */
type PageRow = [newest: number, until: number, bytes: number, ...EventRow]
type EmptyRow = [newest: number, until: number, ...Cell[]]

/**
 * Those of some events in an order whose data is not too much for one page, and the first that is, with the bytes so far.
 * How large a text is stands at its head: one that lies apart is not fetched for that.
 */
export const weighed = (events: string, order: string) => `(
    SELECT * FROM (
      SELECT *, sum(octet_length(data)) OVER (ORDER BY ${order} ROWS UNBOUNDED PRECEDING) AS bytes FROM (${events}) AS e
    ) AS e WHERE bytes - octet_length(data) <= ${limits.pageBytesMax})`

const newest = "SELECT coalesce((SELECT t FROM @.transactions ORDER BY t DESC LIMIT 1), 0) AS t"

// What was looked at and where the log ended then must be of one moment: one question.
const all = `WITH newest AS MATERIALIZED (${newest})
  SELECT newest.t, (newest.t + 1) * ${places}, p.* FROM newest LEFT JOIN (
    SELECT e.bytes, ${eventColumns}
      FROM ${weighed("SELECT * FROM @.events WHERE pos >= $1 ORDER BY pos LIMIT $2", "pos")} AS e ${eventJoins}
  ) AS p ON true ORDER BY p.pos`

// Of that same moment, too: a type that is new may be said for the first time before the question is asked, and a page that
// does not know it would pass that event over for good.
const keysOfTypes = "ARRAY(SELECT key FROM @.names WHERE name = ANY($3))"

const some = `WITH newest AS MATERIALIZED (${newest}), until AS MATERIALIZED (
    SELECT least((newest.t + 1) * ${places}, greatest($1 + ${places}, coalesce(
      (SELECT pos / ${places} * ${places} FROM @.events WHERE pos >= $1 ORDER BY pos OFFSET ${lookedAtMax} LIMIT 1),
      (newest.t + 1) * ${places}))) AS pos, newest.t FROM newest)
  SELECT until.t, until.pos, p.* FROM until LEFT JOIN LATERAL (
    SELECT e.bytes, ${eventColumns} FROM ${weighed(
      `SELECT * FROM @.events WHERE pos >= $1 AND pos < until.pos AND type = ANY(${keysOfTypes}) ORDER BY pos LIMIT $2`,
      "pos",
    )} AS e ${eventJoins}
  ) AS p ON true ORDER BY p.pos`

const whole = `SELECT ${eventColumns} FROM @.events AS e ${eventJoins} WHERE e.pos >= $1 AND e.pos < $2 ORDER BY e.pos`

/** Reads pages of the log. */
export function pageReader(read: Ask, names: Names): LogStore["read"] {
  return async (after, limit, types) => {
    const values: Value[] = [(after + 1) * places, limit + 1]
    if (types !== undefined) values.push(texts(types))
    const found = await read<PageRow | EmptyRow>(types === undefined ? all : some, values)
    return pageOf(found, after, limit, read, names)
  }
}

async function pageOf(
  found: readonly (PageRow | EmptyRow)[],
  after: number,
  limit: number,
  read: Ask,
  names: Names,
): Promise<LogPage> {
  const [newestT, until] = found[0]!
  let rows = found.filter(isEvent).map(([, , , ...row]): EventRow => row)
  let end = Math.max(after + 1, tOf(until))
  if (rows.length > limit || Number(found.at(-1)![2]) > limits.pageBytesMax) {
    const first = tOf(rows[0]![0])
    const last = tOf(rows.at(-1)![0])
    // The last transaction may be cut off, so it comes with the next page, unless it is the only one.
    if (last > first) rows = rows.filter(row => tOf(row[0]) < last)
    else rows = await read<EventRow>(whole, [first * places, (first + 1) * places])
    end = Math.max(last, first + 1)
  }
  await spellEvents(read, rows, names)
  return { events: rows.map(row => logged(row, names)), reached: end - 1, isEnd: end > newestT }
}

function isEvent(row: PageRow | EmptyRow): row is PageRow {
  return row[2] !== null
}
