import type { DatabaseSync } from "node:sqlite"
import type { Finding } from "../../ports/maintenance.ts"
import { prepare } from "./driver.ts"
import { tOf } from "./event-rows.ts"
import { inSlices, rowsPerSlice, type Check } from "./slices.ts"
import { places } from "./tables.ts"

type StreamRow = [entity: number, version: number, pos: number]

/** Whether the versions of each stream are 1, 2, 3 … in the order of the log. */
export function checkStreams(db: DatabaseSync): Check {
  const select = prepare<StreamRow>(
    db,
    `SELECT entity, version, pos FROM events WHERE (entity, version) > (?, ?)
      ORDER BY entity, version LIMIT ${rowsPerSlice}`,
  )
  const idOf = idFinder(db)
  let before: StreamRow = [0, 0, 0]

  function look(rows: readonly StreamRow[]): Finding[] {
    return rows.flatMap(row => {
      const [entity, version, pos] = row
      const [lastEntity, lastVersion, lastPos] = before
      const isSame = entity === lastEntity
      before = row
      const found: Finding[] = []
      const say = (sentence: string) => found.push({ check: "streams", t: tOf(pos), sentence })
      const expected = isSame ? lastVersion + 1 : 1
      if (version !== expected) say(`The stream of ${idOf(entity)} goes on with ${version}, not with ${expected}`)
      if (isSame && pos <= lastPos) say(`Version ${version} of ${idOf(entity)} lies before the one it follows`)
      return found
    })
  }

  return inSlices(last => select.all(last?.[0] ?? 0, last?.[1] ?? 0), look)
}

type EntityRow = [key: number, id: string, createdT: number | null, firstPos: number | null]

/** Whether entities are from their creation on, one version per transaction, each with an event that says so. */
export function checkEntities(db: DatabaseSync): Check {
  const entities = prepare<EntityRow>(
    db,
    `SELECT e.key, e.id, e.created_t, (SELECT min(pos) FROM versions WHERE entity = e.key AND document IS NOT NULL)
       FROM entities e WHERE e.key > ? ORDER BY e.key LIMIT ${rowsPerSlice}`,
  )
  const versions = prepare<[number]>(db, "SELECT pos FROM versions WHERE entity = ? ORDER BY pos")
  const events = prepare<[number, number]>(
    db,
    "SELECT pos, kind FROM events WHERE entity = ? AND rejection = 0 ORDER BY version",
  )

  function look([key, id, createdT, firstPos]: EntityRow): Finding[] {
    const changed = versions.all(key).map(([pos]) => tOf(pos))
    const told = new Set<number>()
    const meant: number[] = []
    for (const [pos, kind] of events.all(key)) {
      told.add(tOf(pos))
      if (kind !== 0) meant.push(tOf(pos))
    }
    const there = new Set(changed)
    const found: Finding[] = []
    const say = (t: number | null, sentence: string) => found.push({ check: "intervals", t, sentence })
    if (createdT !== (firstPos === null ? null : Math.floor(firstPos / places))) {
      say(
        createdT,
        `${id} says it was created in ${createdT ?? "no transaction"}, but its first version says otherwise`,
      )
    }
    changed.forEach((t, i) => {
      if (t === changed[i - 1]) say(t, `Two versions of ${id} hold from transaction ${t} on`)
      if (!told.has(t)) say(t, `${id} is another from transaction ${t} on, but no event there says so`)
    })
    for (const t of meant) if (!there.has(t)) say(t, `An event of ${id} changes it in ${t}, but no version says so`)
    return found
  }

  return inSlices<EntityRow>(
    last => entities.all(last?.[0] ?? 0),
    rows => rows.flatMap(look),
  )
}

/** Names an entity in a sentence, whatever has become of its row. */
export function idFinder(db: DatabaseSync): (key: number) => string {
  const select = prepare<[string]>(db, "SELECT id FROM entities WHERE key = ?")
  return key => select.get(key)?.[0] ?? `the entity ${key}`
}
