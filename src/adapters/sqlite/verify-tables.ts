import { DatabaseSync } from "node:sqlite"
import type { Finding } from "../../ports/maintenance.ts"
import { prepare } from "./driver.ts"
import { archiveTables, tables } from "./tables.ts"

/** Which tables and indexes a file lacks. Without an index it answers slowly, and may take what it should refuse. */
export function missingTables(db: DatabaseSync): readonly Finding[] {
  const whole = new DatabaseSync(":memory:")
  try {
    whole.exec(tables + archiveTables)
    const there = new Set(namesIn(db).map(([, name]) => name))
    return namesIn(whole)
      .filter(([, name]) => !there.has(name))
      .map(([kind, name]) => ({ check: "file", t: null, sentence: `The ${kind} ${name} is gone` }))
  } finally {
    whole.close()
  }
}

function namesIn(db: DatabaseSync): readonly [kind: string, name: string][] {
  return prepare<[string, string]>(db, "SELECT type, name FROM sqlite_schema ORDER BY name").all()
}
