import type { JsonObject } from "../../kernel/json.ts"
import type { MaintenanceStore } from "../../ports/maintenance.ts"
import { backupTo } from "./backup.ts"
import { bytesOf, prepare } from "./driver.ts"
import { tablesVersion } from "./migrate.ts"
import type { OpenFile } from "./open.ts"
import { tipOf } from "./tip.ts"
import { verify } from "./verify.ts"

/** What takes a writer: to be told when a schema was kept, to make looked-up values anew, and to try what erasing leaves. */
export type MaintenanceParts = {
  readonly onSchema: () => void
  readonly rebuildValues: MaintenanceStore["rebuildValues"]
  readonly erased: MaintenanceStore["erased"]
}

/** Keeps a file healthy, and looks whether it is. */
export function maintenanceStore(
  file: OpenFile,
  { onSchema, rebuildValues, erased }: MaintenanceParts,
): MaintenanceStore {
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
    rebuildValues,
    erased,
    verify: () => verify(file),
    backup: target => backupTo(db, target),
    chain: () => {
      const { t, hash } = tipOf(db)
      return { t, hash }
    },
  }
}
