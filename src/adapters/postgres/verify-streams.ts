import type { Finding } from "../../ports/maintenance.ts"
import type { Ask } from "./driver.ts"
import { tOf } from "../sql/places.ts"
import { inSlices, rowsPerSlice, type Check } from "./slices.ts"

type StreamRow = [entity: number, version: number, pos: number, id: string | null, counted: number | null]

/** Whether the versions of each stream are 1, 2, 3 … in the order of the log, and its entity has counted them. */
export function checkStreams(read: Ask, newest: number): Check {
  let before: StreamRow = [0, 0, 0, null, 0]

  function look(rows: readonly StreamRow[]): Finding[] {
    return rows.flatMap(row => {
      const [entity, version, pos, id, counted] = row
      const [lastEntity, lastVersion, lastPos] = before
      const isSame = entity === lastEntity
      before = row
      const found: Finding[] = []
      const say = (sentence: string) => found.push({ check: "streams", t: tOf(pos), sentence })
      const whose = id ?? `the entity ${entity}, which is gone`
      const expected = isSame ? lastVersion + 1 : 1
      if (version !== expected) say(`The stream of ${whose} goes on with ${version}, not with ${expected}`)
      if (isSame && pos <= lastPos) say(`Version ${version} of ${whose} lies before the one it follows`)
      // More may have been added since.
      if ((counted ?? 0) < version)
        say(`The stream of ${whose} goes on to ${version}, but its entity has counted ${counted}`)
      return found
    })
  }

  return inSlices<StreamRow>(
    last =>
      read(
        `SELECT e.entity, e.version, e.pos, s.id, s.version FROM (
           SELECT entity, version, pos FROM @.events WHERE (entity, version) > ($1, $2)
            ORDER BY entity, version LIMIT ${rowsPerSlice}
         ) AS e LEFT JOIN @.entities AS s ON s.key = e.entity ORDER BY e.entity, e.version`,
        [last?.[0] ?? 0, last?.[1] ?? 0],
      ),
    rows => look(rows.filter(row => tOf(row[2]) <= newest)),
  )
}
