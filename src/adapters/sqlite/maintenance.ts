import type { JsonObject } from "../../kernel/json.ts"
import type { MaintenanceStore } from "../../ports/maintenance.ts"
import { backupTo } from "./backup.ts"
import { bytesOf, prepare } from "./driver.ts"
import { tablesVersion } from "./migrate.ts"
import type { OpenFile } from "./open.ts"
import { tipOf } from "./tip.ts"
import { verify } from "./verify.ts"

/** Keeps a file healthy, and looks whether it is. `onSchema` is called when a schema was kept. */
export function maintenanceStore(file: OpenFile, onSchema: () => void): MaintenanceStore {
  const { db, path } = file
  const schemas = prepare<[number, string, string, number]>(
    db,
    "SELECT version, hash, schema, from_t FROM schemas ORDER BY n",
  )
  const newest = prepare<[string]>(db, "SELECT hash FROM schemas ORDER BY n DESC LIMIT 1")
  const keep = prepare(db, "INSERT INTO schemas(version, hash, schema, from_t) VALUES(?, ?, ?, ?)")
  return {
    about: () => ({ kind: "sqlite", place: path, version: tablesVersion, bytes: bytesOf(db) }),
    schemas: () =>
      schemas.all().map(([version, hash, schema, fromT]) => {
        // What was written as an object is read as one.
        return { version, hash, schema: JSON.parse(schema) as JsonObject, fromT }
      }),
    keepSchema({ version, hash, schema }) {
      if (newest.get()?.[0] === hash) return
      keep.run(version, hash, JSON.stringify(schema), tipOf(db).t + 1)
      onSchema()
    },
    verify: () => verify(file),
    backup: target => backupTo(db, target),
    chain: () => {
      const { t, hash } = tipOf(db)
      return { t, hash }
    },
  }
}
