import type { JsonObject } from "../../kernel/json.ts"
import type { MaintenanceStore } from "../../ports/maintenance.ts"
import { backupTo } from "./backup.ts"
import type { Ask } from "./driver.ts"
import { tried } from "./erase.ts"
import { tablesVersion } from "./migrate.ts"
import type { StoreParts } from "./parts.ts"
import { valueRebuilder } from "./rebuild-values.ts"
import { tipOf } from "./tip.ts"
import { verify } from "./verify.ts"

/** Keeps a database healthy, and looks whether it is. */
export function maintenanceStore(parts: StoreParts, address: { url: string; schema: string }): MaintenanceStore {
  const { read, place } = parts.connections
  return {
    async about() {
      const [row] = await read<[number]>(
        `SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class AS c
          JOIN pg_namespace AS s ON s.oid = c.relnamespace WHERE s.nspname = $1 AND c.relkind = 'r'`,
        [address.schema],
      )
      return {
        kind: "postgres",
        place: `${place}, schema ${address.schema}`,
        version: tablesVersion,
        bytes: row?.[0] ?? 0,
      }
    },
    async schemas() {
      const rows = await read<[number, string, string, number]>(
        "SELECT version, hash, schema, from_t FROM @.schemas ORDER BY n",
      )
      // What was written as an object is read as one.
      return rows.map(([version, hash, schema, fromT]) => {
        return { version, hash, schema: JSON.parse(schema) as JsonObject, fromT }
      })
    },
    keepSchema: async ({ version, hash, schema }) => {
      await parts.connections.lend(async ({ ask, run }) => {
        // Two processes that are started together keep it once, and nobody adds to the log meanwhile: the hash of the
        // transaction that it is in force from covers it.
        await run("BEGIN")
        try {
          await ask("SELECT pg_advisory_xact_lock($1)", [parts.locks.log])
          await keepSchema(ask, [version, hash, JSON.stringify(schema)])
          await run("COMMIT")
        } catch (error) {
          await run("ROLLBACK")
          throw error
        }
      })
    },
    rebuildValues: valueRebuilder(parts),
    erased: async erasure => tried(parts, erasure),
    verify: () => verify(parts, address.schema),
    backup: async path => backupTo(path, address, place),
    async chain() {
      const { t, hash } = await tipOf(read)
      return { t, hash }
    },
  }
}

async function keepSchema(ask: Ask, values: [number, string, string]): Promise<void> {
  await ask(
    `INSERT INTO @.schemas(version, hash, schema, from_t)
       SELECT $1, $2::text, $3, coalesce((SELECT t FROM @.transactions ORDER BY t DESC LIMIT 1), 0) + 1
        WHERE $2 IS DISTINCT FROM (SELECT hash FROM @.schemas ORDER BY n DESC LIMIT 1)`,
    values,
  )
}
