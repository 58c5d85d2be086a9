import type { DatabaseSync } from "node:sqlite"
import { Refusal } from "../../kernel/refusal.ts"
import { scalar } from "./driver.ts"
import { commandsTellTransactions, stretchesLeadToCommands, versionsLeadToEvents } from "./steps.ts"
import { archiveTables, tables } from "./tables.ts"

/** Says, in the header of the file, whose file it is: "DAYB" in ASCII. */
export const applicationId = 0x44415942

/**
 * How a file gets the newest tables: a new one gets all of them as they are, an old one goes from its version on from step
 * to step. Null: what was written before is not read. A step that was released is never changed.
 */
type Way = { readonly whole: string; readonly steps: readonly (string | null)[] }

// What was written before the second version has hashes that cover less.
const way: Way = {
  whole: `${tables}${archiveTables}`,
  steps: [null, null, versionsLeadToEvents, archiveTables, stretchesLeadToCommands, commandsTellTransactions],
}

/** The version of the tables that this program writes. */
export const tablesVersion = way.steps.length

/** Where a file is, and whether it may only be read. */
type Place = { readonly path: string; readonly readonly: boolean }

/** Brings a file to the tables of this program: a new one, an old one, or one that has them. Refuses all others. */
export function migrate(db: DatabaseSync, { path, readonly }: Place, { whole, steps }: Way = way): void {
  const id = scalar(db, "PRAGMA application_id")
  const version = Number(scalar(db, "PRAGMA user_version"))
  const isEmpty = scalar(db, "SELECT count(*) FROM sqlite_schema") === 0
  const newest = steps.length
  if (id !== applicationId && !isEmpty) {
    throw new Refusal("unavailable", `The file ${path} belongs to another program, not to a daybook: name another`, {
      path,
    })
  }
  const facts = { path, version, tablesVersion: newest }
  if (version > newest) {
    const sentence = `The file ${path} was written by a newer Daybook (tables ${version}, here ${newest})`
    throw new Refusal("unavailable", `${sentence}: use that one, or a newer one`, facts)
  }
  if (version === newest) return
  const toDo = version === 0 ? [] : steps.slice(version)
  if (toDo.includes(null)) {
    const sentence = `The file ${path} was written by a Daybook from before its release (tables ${version}, here ${newest})`
    throw new Refusal("unavailable", `${sentence}: export it with that one, and import it here`, facts)
  }
  if (readonly) {
    throw new Refusal("unavailable", `The file ${path} must be opened once for writing before it can be read`, { path })
  }
  if (version === 0) step(db, whole, newest)
  toDo.forEach((sql, i) => step(db, sql ?? "", version + i + 1))
}

function step(db: DatabaseSync, sql: string, version: number): void {
  db.exec("BEGIN IMMEDIATE")
  try {
    db.exec(sql)
    db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${version}; COMMIT`)
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK")
    throw error
  }
}
