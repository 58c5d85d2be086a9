import type { DatabaseSync } from "node:sqlite"
import type { Json } from "../../kernel/json.ts"
import { limits } from "../../kernel/limits.ts"
import type { Fault, RefusalCode } from "../../kernel/refusal.ts"
import type { KeptRefusal } from "../../ports/commands.ts"
import type { RefusalWrite } from "../../ports/write.ts"
import { prepare } from "./driver.ts"
import { instantOf } from "../sql/instants.ts"

/** A row of `refusals`, in the order of `refusalColumns`. */
export type RefusalRow = [
  id: string,
  at: number,
  type: string,
  actor: string,
  code: string,
  sentence: string,
  faults: string,
  data: string,
]

/** What to select to get a `RefusalRow`. */
export const refusalColumns = "id, at, type, actor, code, sentence, faults, data"

/** Prepares the keeping of refusals. Each that comes when there are enough sends the oldest away. */
export function refusalWriter(db: DatabaseSync): (write: Omit<RefusalWrite, "kind">, at: number) => void {
  const insert = prepare(
    db,
    "INSERT INTO refusals(id, at, type, actor, code, sentence, faults, data) VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
  )
  const prune = prepare(db, "DELETE FROM refusals WHERE n <= ?")
  return (write, at) => {
    const { id, type, actor, code, sentence } = write
    const faults = JSON.stringify(write.faults)
    const { lastInsertRowid } = insert.run(id, at, type, actor, code, sentence, faults, JSON.stringify(write.data))
    if (lastInsertRowid > limits.refusalsKeptMax) prune.run(lastInsertRowid - limits.refusalsKeptMax)
  }
}

/** Prepares the finding of the last refusal of a command. */
export function refusalReader(db: DatabaseSync): (id: string) => KeptRefusal | null {
  const select = prepare<RefusalRow>(db, `SELECT ${refusalColumns} FROM refusals WHERE id = ? ORDER BY n DESC LIMIT 1`)
  return id => {
    const row = select.get(id)
    return row === undefined ? null : refusalOf(row)
  }
}

/** The refusal that a row tells. */
export function refusalOf([id, at, type, actor, code, sentence, faults, data]: RefusalRow): KeptRefusal {
  return {
    id,
    type,
    actor,
    // What was written as a code, faults and data is read as such.
    code: code as RefusalCode,
    sentence,
    faults: JSON.parse(faults) as Fault[],
    data: JSON.parse(data) as Json,
    at: instantOf(at),
  }
}
