import type { DatabaseSync } from "node:sqlite"
import type { LogStore } from "../../ports/log.ts"
import { prepare } from "./driver.ts"
import { logged, type EventRow } from "../sql/event-rows.ts"
import { selectEvents } from "./event-rows.ts"
import type { Names } from "./names.ts"
import { pageReader } from "./pages.ts"
import { places } from "../sql/places.ts"
import { streamLister, streamReader } from "./streams.ts"

/** Reads the log and the streams in it. `basis` tells the newest t. */
export function logStore(db: DatabaseSync, names: Names, basis: () => number): LogStore {
  const readPage = pageReader(db, names)
  const inRange = prepare<EventRow>(db, `${selectEvents} WHERE e.pos >= ? AND e.pos < ? ORDER BY e.pos`)
  return {
    read: (after, limit, types) => readPage(after, limit, basis(), types),
    transaction: t => inRange.all(t * places, (t + 1) * places).map(row => logged(row, names)),
    tAt: instantFinder(db, basis),
    stream: streamReader(db, names),
    streams: streamLister(db, names),
  }
}

/** Finds the t that was recorded last before or at an instant: `at` never goes back, so halving leads there. */
function instantFinder(db: DatabaseSync, basis: () => number): LogStore["tAt"] {
  const recordedAt = prepare<[number]>(db, "SELECT at FROM transactions WHERE t = ?")
  return ms => {
    let low = 0
    let high = basis()
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (recordedAt.get(middle)![0] <= ms) low = middle
      else high = middle - 1
    }
    return low
  }
}
