import type { Finding } from "../../ports/maintenance.ts"
import type { Ask } from "./driver.ts"
import { places } from "./tables.ts"
import { inSlices, rowsPerSlice, type Check } from "./verify.ts"

type StreamRow = [key: number, id: string, version: number, events: number, last: number, isInOrder: boolean | null]

/** Whether the versions of each stream are 1, 2, 3 … in the order of the log, and as many as its entity says. */
export function checkStreams(read: Ask, newest: number): Check {
  function look(rows: readonly StreamRow[]): Finding[] {
    return rows.flatMap(([, id, version, events, last, isInOrder]) => {
      const found: Finding[] = []
      const say = (sentence: string) => found.push({ check: "streams", t: null, sentence })
      if (last !== events || isInOrder === false) say(`The stream of ${id} has ${events} events up to version ${last}`)
      // What others have added since is in the entity, and not in what was counted.
      if (version < last) say(`The stream of ${id} goes on to version ${last}, and its entity says ${version}`)
      return found
    })
  }

  return inSlices<StreamRow>(
    last =>
      read(
        `SELECT s.key, s.id, s.version, count(e.pos), coalesce(max(e.version), 0), bool_and(e.version = e.place)
           FROM (SELECT * FROM @.entities WHERE key > $1 ORDER BY key LIMIT ${rowsPerSlice}) AS s
           LEFT JOIN LATERAL (
             SELECT pos, version, row_number() OVER (ORDER BY pos) AS place FROM @.events
              WHERE entity = s.key AND pos < $2
           ) AS e ON true GROUP BY s.key, s.id, s.version ORDER BY s.key`,
        [last?.[0] ?? 0, (newest + 1) * places],
      ),
    look,
  )
}

type EntityRow = [
  key: number,
  id: string,
  createdT: number | null,
  firstT: number | null,
  twice: number | null,
  untold: number | null,
  unmade: number | null,
]

/** Whether entities are from their creation on, one version per transaction, each with an event that says so. */
export function checkEntities(read: Ask, newest: number): Check {
  function look(rows: readonly EntityRow[]): Finding[] {
    return rows.flatMap(([, id, createdT, firstT, twice, untold, unmade]) => {
      const found: Finding[] = []
      const say = (t: number | null, sentence: string) => found.push({ check: "intervals", t, sentence })
      if (createdT !== firstT && (createdT ?? 0) <= newest) {
        say(
          createdT,
          `${id} says it was created in ${createdT ?? "no transaction"}, but its first version says otherwise`,
        )
      }
      if (twice !== null) say(twice, `Two versions of ${id} hold from transaction ${twice} on`)
      if (untold !== null) say(untold, `${id} is another from transaction ${untold} on, but no event there says so`)
      if (unmade !== null) say(unmade, `An event of ${id} changes it in ${unmade}, but no version says so`)
      return found
    })
  }

  // Versions and events of each entity side by side, by their transaction.
  const text = `SELECT s.key, s.id, s.created_t, v.first_t, v.twice, v.untold, e.unmade
    FROM (SELECT * FROM @.entities WHERE key > $1 ORDER BY key LIMIT ${rowsPerSlice}) AS s
    CROSS JOIN LATERAL (
      SELECT min(t) FILTER (WHERE document IS NOT NULL) AS first_t, min(t) FILTER (WHERE t = before) AS twice,
             min(t) FILTER (WHERE NOT EXISTS (
               SELECT 1 FROM @.events WHERE entity = s.key AND rejection = 0 AND pos >= t * ${places} AND pos < (t + 1) * ${places}
             )) AS untold
        FROM (SELECT pos / ${places} AS t, document, lag(pos / ${places}) OVER (ORDER BY pos) AS before
                FROM @.versions WHERE entity = s.key AND pos < $2) AS v
    ) AS v CROSS JOIN LATERAL (
      SELECT min(pos / ${places}) FILTER (WHERE NOT EXISTS (
               SELECT 1 FROM @.versions AS w WHERE w.entity = s.key
                  AND w.pos >= o.pos / ${places} * ${places} AND w.pos < (o.pos / ${places} + 1) * ${places}
             )) AS unmade
        FROM @.events AS o WHERE o.entity = s.key AND o.rejection = 0 AND o.kind <> 0 AND o.pos < $2
    ) AS e ORDER BY s.key`
  return inSlices<EntityRow>(last => read(text, [last?.[0] ?? 0, (newest + 1) * places]), look)
}
