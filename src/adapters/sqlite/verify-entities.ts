import type { DatabaseSync } from "node:sqlite"
import type { Finding } from "../../ports/maintenance.ts"
import { prepare } from "./driver.ts"
import { tOf } from "../sql/places.ts"
import { inSlices, rowsPerSlice, type Check } from "./slices.ts"
import { places } from "../sql/places.ts"

type EntityRow = [key: number, id: string, createdT: number | null, firstPos: number | null]

// What an event may say of its entity, by the number it says it with.
const kinds = ["nothing", "created", "changed", "retracted"] as const

/** Whether entities are from their creation on, one version per transaction, each with an event that says just so. */
export function checkEntities(db: DatabaseSync): Check {
  const entities = prepare<EntityRow>(
    db,
    `SELECT e.key, e.id, e.created_t, (SELECT min(pos) FROM versions WHERE entity = e.key AND document IS NOT NULL)
       FROM entities e WHERE e.key > ? ORDER BY e.key LIMIT ${rowsPerSlice}`,
  )
  const versions = prepare<[pos: number, isThere: number]>(
    db,
    "SELECT pos, document IS NOT NULL FROM versions WHERE entity = ? ORDER BY pos",
  )
  const events = prepare<[pos: number, kind: number]>(
    db,
    `SELECT e.pos, e.kind FROM versions v CROSS JOIN events e ON e.pos = v.pos WHERE v.entity = ?1
      UNION ALL SELECT pos, kind FROM events WHERE entity = ?1 AND has_version = 0`,
  )

  function look([key, id, createdT, firstPos]: EntityRow): Finding[] {
    const found: Finding[] = []
    const say = (t: number | null, sentence: string) => found.push({ check: "intervals", t, sentence })
    const firstT = firstPos === null ? null : Math.floor(firstPos / places)
    if (createdT !== firstT) {
      const claimed = createdT ?? "no transaction"
      say(createdT, `${id} says it was created in ${claimed}, but its first version says otherwise`)
    }
    const told = toldOf(events.all(key))
    let [before, was] = [0, 0]
    for (const [pos, is] of versions.all(key)) {
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

  return inSlices<EntityRow>(
    last => entities.all(last?.[0] ?? 0),
    rows => rows.flatMap(look),
  )
}

type Kind = (typeof kinds)[number]

/** What the events of an entity say it came to, by transaction. It is said once, on one of them. */
function toldOf(events: readonly (readonly [pos: number, kind: number])[]): Map<number, Kind> {
  const told = new Map<number, Kind>()
  for (const [pos, number] of events) {
    const kind = kinds[number] ?? "nothing"
    if (kind !== "nothing" || !told.has(tOf(pos))) told.set(tOf(pos), kind)
  }
  return told
}

function kindOf(was: number, is: number): Kind {
  if (was === 0) return is === 0 ? "nothing" : "created"
  return is === 0 ? "retracted" : "changed"
}
