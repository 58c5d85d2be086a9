import type { DatabaseSync } from "node:sqlite"
import { Refusal } from "../../kernel/refusal.ts"
import { scalar } from "./driver.ts"
import { tables } from "./tables.ts"

/** Says, in the header of the file, whose file it is: "DAYB" in ASCII. */
export const applicationId = 0x44415942

// Each step leads from one version of the tables to the next. A step that was released is never changed; null: what was
// written before the first release is not read, because its hashes cover less.
const steps: readonly (string | null)[] = [null, tables]

/** The version of the tables that this program writes. */
export const tablesVersion = steps.length

/** Where a file is, and whether it may only be read. */
type Place = { readonly path: string; readonly readonly: boolean }

/** Brings a file to the tables of this program: a new one, an old one, or one that has them. Refuses all others. */
export function migrate(db: DatabaseSync, { path, readonly }: Place, way: readonly (string | null)[] = steps): void {
  const id = scalar(db, "PRAGMA application_id")
  const version = Number(scalar(db, "PRAGMA user_version"))
  const isEmpty = scalar(db, "SELECT count(*) FROM sqlite_schema") === 0
  if (id !== applicationId && !isEmpty) {
    throw new Refusal("unavailable", `The file ${path} belongs to another program, not to a daybook: name another`, {
      path,
    })
  }
  if (version > way.length) {
    const sentence = `The file ${path} was written by a newer Daybook (tables ${version}, here ${way.length})`
    throw new Refusal("unavailable", `${sentence}: use that one, or a newer one`, {
      path,
      version,
      tablesVersion: way.length,
    })
  }
  if (version === way.length) return
  if (version > 0 && way.slice(version - 1).includes(null)) {
    const sentence = `The file ${path} was written by a Daybook from before its release (tables ${version}, here ${way.length})`
    const facts = { path, version, tablesVersion: way.length }
    throw new Refusal("unavailable", `${sentence}: export it with that one, and import it here`, facts)
  }
  if (readonly) {
    throw new Refusal("unavailable", `The file ${path} must be opened once for writing before it can be read`, { path })
  }
  way.slice(version).forEach((sql, i) => {
    if (sql !== null) step(db, sql, version + i + 1)
  })
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
