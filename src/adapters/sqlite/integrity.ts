import type { DatabaseSync } from "node:sqlite"
import { Worker } from "node:worker_threads"
import { bytesOf, prepare } from "./driver.ts"

// Looked through in some tens of milliseconds, about as long as a thread takes to start.
const smallBytesMax = 4_194_304

/**
 * What SQLite finds wrong with its trees and indexes. A large file is looked at by a thread of its own: SQLite does not
 * pause within a table, which may take seconds.
 */
export async function damages(db: DatabaseSync, path: string): Promise<readonly string[]> {
  if (path === ":memory:" || bytesOf(db) <= smallBytesMax) return damagesIn(db)
  const worker = new Worker(new URL("./integrity-thread.ts", import.meta.url), { workerData: path })
  return new Promise((resolve, reject) => {
    worker.once("message", resolve)
    worker.once("error", reject)
  })
}

/** What SQLite finds wrong, table by table, so that a damaged one does not hide the others. */
export function damagesIn(db: DatabaseSync): string[] {
  const tables = prepare<[string]>(db, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all()
  return tables.flatMap(([table]) => {
    try {
      const rows = prepare<[string]>(db, `PRAGMA integrity_check("${table}")`).all()
      return rows.filter(([said]) => said !== "ok").map(([said]) => `Table ${table}: ${said}`)
    } catch (error) {
      return [`Table ${table} cannot be read: ${error instanceof Error ? error.message : String(error)}`]
    }
  })
}
