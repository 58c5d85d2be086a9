import type { Finding } from "../../ports/maintenance.ts"
import type { Ask } from "./driver.ts"
import { tOf } from "../sql/places.ts"
import { inSlices, rowsPerSlice, type Check } from "./slices.ts"
import { bigints } from "./wire.ts"

type EntityRow = [key: number, id: string, createdT: number | null, version: number]
type VersionRow = [entity: number, pos: number, isThere: boolean]
type EventRow = [entity: number, pos: number, kind: number, version: number]

// What an event may say of its entity, by the number it says it with.
const kinds = ["nothing", "created", "changed", "retracted"] as const

type Kind = (typeof kinds)[number]

/** Whether entities are from their creation on, one version per transaction, each with an event that says just so. */
export function checkEntities(read: Ask, newest: number): Check {
  // The log only grows, and what was added since the check began is not looked at: so all this is of one moment.
  const isOld = ([, pos]: readonly [number, number, ...unknown[]]) => tOf(pos) <= newest

  async function look(rows: readonly EntityRow[]): Promise<Finding[]> {
    const keys = bigints(rows.map(([key]) => key))
    const versions = await read<VersionRow>(
      "SELECT entity, pos, document IS NOT NULL FROM @.versions WHERE entity = ANY($1) ORDER BY entity, pos",
      [keys],
    )
    const events = await read<EventRow>(
      "SELECT entity, pos, kind, version FROM @.events WHERE entity = ANY($1) ORDER BY entity, version",
      [keys],
    )
    const versionsOf = Map.groupBy(versions.filter(isOld), ([entity]) => entity)
    const eventsOf = Map.groupBy(events, ([entity]) => entity)
    return rows.flatMap(row => {
      const [key, id, , counted] = row
      const own = eventsOf.get(key) ?? []
      const last = own.at(-1)?.[3] ?? 0
      const uncounted = `${id} has counted ${counted} events, but its stream ends with ${last}`
      const found: Finding[] = last < counted ? [{ check: "streams", t: null, sentence: uncounted }] : []
      return [...found, ...lookAtOne(row, versionsOf.get(key) ?? [], toldOf(own.filter(isOld)))]
    })
  }

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

function lookAtOne([, id, createdT]: EntityRow, versions: readonly VersionRow[], told: Map<number, Kind>): Finding[] {
  const found: Finding[] = []
  const say = (t: number | null, sentence: string) => found.push({ check: "intervals", t, sentence })
  const first = versions.find(([, , isThere]) => isThere)
  if (createdT !== (first === undefined ? null : tOf(first[1]))) {
    say(createdT, `${id} says it was created in ${createdT ?? "no transaction"}, but its first version says otherwise`)
  }
  let [before, was] = [0, false]
  for (const [, pos, is] of versions) {
    const t = tOf(pos)
    const said = told.get(t)
    const meant = kindOf(was, is)
    if (t === before) say(t, `Two versions of ${id} hold from transaction ${t} on`)
    else if (said === undefined) say(t, `${id} is another from transaction ${t} on, but no event there says so`)
    else if (said !== meant) say(t, `${id} was ${meant} in ${t}, but its event says ${said}`)
    ;[before, was] = [t, is]
    told.set(t, "nothing")
  }
  for (const [t, kind] of told) {
    if (kind !== "nothing") say(t, `An event of ${id} changes it in ${t}, but no version says so`)
  }
  return found
}

/** What the events of an entity say it came to, by transaction. It is said once, on one of them. */
function toldOf(events: readonly EventRow[]): Map<number, Kind> {
  const told = new Map<number, Kind>()
  for (const [, pos, number] of events) {
    const kind = kinds[number] ?? "nothing"
    if (kind !== "nothing" || !told.has(tOf(pos))) told.set(tOf(pos), kind)
  }
  return told
}

function kindOf(was: boolean, is: boolean): Kind {
  if (was) return is ? "changed" : "retracted"
  return is ? "created" : "nothing"
}
