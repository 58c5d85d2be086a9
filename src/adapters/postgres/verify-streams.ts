import type { Finding } from "../../ports/maintenance.ts"
import type { Ask } from "./driver.ts"
import { tOf } from "./event-rows.ts"
import { inSlices, rowsPerSlice, type Check } from "./verify.ts"
import { bigints } from "./wire.ts"

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

type EntityRow = [key: number, id: string, createdT: number | null, version: number]
type VersionRow = [entity: number, pos: number, isThere: boolean]
type EventRow = [entity: number, pos: number, kind: number, rejection: number, version: number]

/** Whether entities are from their creation on, one version per transaction, each with an event that says so. */
export function checkEntities(read: Ask, newest: number): Check {
  async function look(rows: readonly EntityRow[]): Promise<Finding[]> {
    const keys = bigints(rows.map(([key]) => key))
    const versions = await read<VersionRow>(
      "SELECT entity, pos, document IS NOT NULL FROM @.versions WHERE entity = ANY($1) ORDER BY entity, pos",
      [keys],
    )
    const events = await read<EventRow>(
      "SELECT entity, pos, kind, rejection, version FROM @.events WHERE entity = ANY($1) ORDER BY entity, version",
      [keys],
    )
    // The log only grows, and what was added since the check began is not looked at: so all this is of one moment.
    const versionsOf = Map.groupBy(versions.filter(isOld), ([entity]) => entity)
    const eventsOf = Map.groupBy(events, ([entity]) => entity)
    return rows.flatMap(row => lookAtOne(row, versionsOf.get(row[0]) ?? [], eventsOf.get(row[0]) ?? [], isOld))
  }

  const isOld = ([, pos]: readonly [number, number, ...unknown[]]) => tOf(pos) <= newest
  return inSlices<EntityRow>(
    last =>
      read(
        `SELECT key, id, created_t, version FROM @.entities
          WHERE key > $1 AND (created_t IS NULL OR created_t <= $2) ORDER BY key LIMIT ${rowsPerSlice}`,
        [last?.[0] ?? 0, newest],
      ),
    look,
  )
}

function lookAtOne(
  [, id, createdT, version]: EntityRow,
  versions: readonly VersionRow[],
  events: readonly EventRow[],
  isOld: (row: EventRow) => boolean,
): Finding[] {
  const found: Finding[] = []
  const say = (t: number | null, sentence: string) => found.push({ check: "intervals", t, sentence })
  const changed = versions.map(([, pos]) => tOf(pos))
  const there = new Set(changed)
  const accepted = events.filter(([, , , rejection]) => rejection === 0)
  const told = new Set(accepted.map(([, pos]) => tOf(pos)))
  const first = versions.find(([, , isThere]) => isThere)
  if (createdT !== (first === undefined ? null : tOf(first[1]))) {
    say(createdT, `${id} says it was created in ${createdT ?? "no transaction"}, but its first version says otherwise`)
  }
  const last = events.at(-1)?.[4] ?? 0
  if (last < version) say(null, `${id} has counted ${version} events, but its stream ends with ${last}`)
  changed.forEach((t, i) => {
    if (t === changed[i - 1]) say(t, `Two versions of ${id} hold from transaction ${t} on`)
    if (!told.has(t)) say(t, `${id} is another from transaction ${t} on, but no event there says so`)
  })
  for (const event of accepted.filter(isOld)) {
    const t = tOf(event[1])
    if (event[2] !== 0 && !there.has(t)) say(t, `An event of ${id} changes it in ${t}, but no version says so`)
  }
  return found
}
