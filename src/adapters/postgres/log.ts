import { limits } from "../../kernel/limits.ts"
import type { LogStore } from "../../ports/log.ts"
import type { Ask } from "./driver.ts"
import { logged, recorded, type EventRow } from "../sql/event-rows.ts"
import { eventColumns, eventJoins, spellEvents } from "./event-rows.ts"
import type { Names } from "./names.ts"
import { pageReader, weighed } from "./pages.ts"
import { places } from "../sql/places.ts"

/** Reads the log and the streams in it. */
export function logStore(read: Ask, names: Names): LogStore {
  return {
    read: pageReader(read, names),
    async transaction(t) {
      const rows = await read<EventRow>(
        `SELECT ${eventColumns} FROM @.events AS e ${eventJoins} WHERE e.pos >= $1 AND e.pos < $2 ORDER BY e.pos`,
        [t * places, (t + 1) * places],
      )
      await spellEvents(read, rows, names)
      return rows.map(row => logged(row, names))
    },
    tAt: instantFinder(read),
    stream: streamReader(read, names),
    streams: streamLister(read, names),
  }
}

function streamReader(read: Ask, names: Names): LogStore["stream"] {
  return async (id, from, limit) => {
    const rows = await read<EventRow>(
      `SELECT ${eventColumns} FROM ${weighed(
        `SELECT e.* FROM @.events AS e
          WHERE e.entity = (SELECT key FROM @.entities WHERE id = $1) AND e.version >= $2 ORDER BY e.version LIMIT $3`,
        "version",
      )} AS e ${eventJoins} WHERE e.bytes <= ${limits.pageBytesMax} OR e.version = $2 ORDER BY e.version`,
      [id, from, limit],
    )
    // Asked afterwards: the stream may have grown, but it never ends before what was read of it.
    const [about] = await read<[number, number]>("SELECT type, version FROM @.entities WHERE id = $1", [id])
    if (about === undefined || about[1] === 0) return { events: [], version: 0, type: null }
    await spellEvents(read, rows, names)
    await names.spell(read, [about[0]])
    return { events: rows.map(row => recorded(row, names)), version: about[1], type: names.nameOf(about[0]) }
  }
}

function streamLister(read: Ask, names: Names): LogStore["streams"] {
  return async ({ type, after = "", limit }) => {
    if (type !== undefined) await names.find(read, [type])
    const key = type === undefined ? null : names.known(type)
    if (type !== undefined && key === null) return []
    const rows = await read<[number, string, number]>(
      `SELECT type, id, version FROM @.entities
        WHERE id > $1 AND ${key === null ? "" : "type = $3 AND "}version > 0 ORDER BY id LIMIT $2`,
      key === null ? [after, limit] : [after, limit, key],
    )
    await names.spell(
      read,
      rows.map(([typeKey]) => typeKey),
    )
    return rows.map(([typeKey, id, version]) => ({ type: names.nameOf(typeKey), id, version }))
  }
}

/** Finds the t that was recorded last before or at an instant: `at` never goes back, so halving leads there. */
function instantFinder(read: Ask): LogStore["tAt"] {
  return async ms => {
    const [row] = await read<[number]>(
      `WITH RECURSIVE halving(low, high) AS (
         SELECT 0::bigint, coalesce((SELECT t FROM @.transactions ORDER BY t DESC LIMIT 1), 0)
         UNION ALL
         SELECT CASE WHEN x.at <= $1 THEN x.t ELSE low END, CASE WHEN x.at <= $1 THEN high ELSE x.t - 1 END
           FROM halving CROSS JOIN LATERAL (SELECT t, at FROM @.transactions WHERE t = (low + high + 1) / 2) AS x
          WHERE low < high
       ) SELECT low FROM halving WHERE low = high`,
      [ms],
    )
    return row?.[0] ?? 0
  }
}
