import type { DatabaseSync } from "node:sqlite"
import type { Finding } from "../../ports/maintenance.ts"
import { prepare } from "./driver.ts"
import { tOf } from "../sql/places.ts"
import { inSlices, rowsPerSlice, type Check } from "./slices.ts"

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

/** Names an entity in a sentence, whatever has become of its row. */
export function idFinder(db: DatabaseSync): (key: number) => string {
  const select = prepare<[string]>(db, "SELECT id FROM entities WHERE key = ?")
  return key => select.get(key)?.[0] ?? `the entity ${key}`
}
