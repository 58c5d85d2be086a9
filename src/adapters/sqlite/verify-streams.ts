import type { DatabaseSync } from "node:sqlite"
import type { Finding } from "../../ports/maintenance.ts"
import { prepare } from "./driver.ts"
import { tOf } from "../sql/places.ts"
import { inSlices, rowsPerSlice, type Check } from "./slices.ts"

type StreamRow = [
  pos: number,
  entity: number,
  version: number,
  hasVersion: number,
  // Of the version at the same place; null: there is none.
  changed: number | null,
  versionThere: number | null,
]

/** Whether the versions of each stream are 1, 2, 3 … in the order of the log, and each event is found in its stream. */
export function checkStreams(db: DatabaseSync): Check {
  const select = prepare<StreamRow>(
    db,
    `SELECT e.pos, e.entity, e.version, e.has_version, v.entity, v.version
       FROM events e LEFT JOIN versions v ON v.pos = e.pos WHERE e.pos > ? ORDER BY e.pos LIMIT ${rowsPerSlice}`,
  )
  const idOf = idFinder(db)
  const lengths = new Lengths()

  function look(rows: readonly StreamRow[]): Finding[] {
    return rows.flatMap(([pos, entity, version, hasVersion, changed, versionThere]) => {
      const found: Finding[] = []
      const say = (sentence: string) => found.push({ check: "streams", t: tOf(pos), sentence })
      const expected = lengths.of(entity) + 1
      if (version !== expected) say(`The stream of ${idOf(entity)} goes on with ${version}, not with ${expected}`)
      lengths.set(entity, version)
      if (hasVersion === 1 && (changed !== entity || versionThere !== version))
        say(`Nothing leads to version ${version} in the stream of ${idOf(entity)}`)
      if (hasVersion !== 1 && changed !== null)
        say(`An entity is another from version ${version} of ${idOf(entity)} on, but that says that it changes nothing`)
      return found
    })
  }

  return inSlices(last => select.all(last?.[0] ?? 0), look)
}

// Keys of entities are 1, 2, 3 …: four bytes for each are a fifth of what a map would take.
const lengthsPerBlock = 65_536

/** How long the stream of each entity is so far. */
class Lengths {
  readonly #blocks = new Map<number, Uint32Array>()

  of(entity: number): number {
    return this.#blocks.get(Math.floor(entity / lengthsPerBlock))?.[entity % lengthsPerBlock] ?? 0
  }

  set(entity: number, length: number): void {
    const at = Math.floor(entity / lengthsPerBlock)
    const block = this.#blocks.get(at) ?? new Uint32Array(lengthsPerBlock)
    block[entity % lengthsPerBlock] = length
    this.#blocks.set(at, block)
  }
}

/** Names an entity in a sentence, whatever has become of its row. */
export function idFinder(db: DatabaseSync): (key: number) => string {
  const select = prepare<[string]>(db, "SELECT id FROM entities WHERE key = ?")
  return key => select.get(key)?.[0] ?? `the entity ${key}`
}
