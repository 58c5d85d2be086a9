import type { DatabaseSync } from "node:sqlite"
import { setImmediate } from "node:timers/promises"
import type { Finding } from "../../ports/maintenance.ts"
import { damages } from "./integrity.ts"
import { namesOf, type Names } from "./names.ts"
import type { OpenFile } from "./open.ts"
import type { Check } from "./slices.ts"
import { tipOf } from "./tip.ts"
import { checkChain } from "./verify-chain.ts"
import { checkCommands } from "./verify-commands.ts"
import { checkEntities } from "./verify-entities.ts"
import { checkLookups } from "./verify-lookups.ts"
import { checkSchemas } from "./verify-schemas.ts"
import { checkStreams } from "./verify-streams.ts"
import { missingTables } from "./verify-tables.ts"
import { checkValues } from "./verify-values.ts"

/**
 * Walks a file and says everything that is not as promised. Between two slices everybody else works; what is recorded
 * meanwhile is not looked at, or looked at as it is by then.
 */
export async function* verify({ db, path }: OpenFile): AsyncGenerator<Finding> {
  const names = namesOf(db)
  yield* missingTables(db)
  for (const sentence of await damages(db, path)) yield { check: "file", t: null, sentence }
  const checks = [
    chainToTip(db, names),
    checkSchemas(db),
    checkCommands(db),
    checkStreams(db),
    checkEntities(db),
    checkValues(db, names),
    checkLookups(db, names),
  ]
  for (const check of checks) yield* paced(check)
}

// How far the log goes is read where the chain is, because that too may be what cannot be read.
function* chainToTip(db: DatabaseSync, names: Names): Check {
  yield* checkChain(db, names, tipOf(db).t)
}

/** One slice after the other. Where the file cannot be read, the check ends with that. */
async function* paced(check: Check): AsyncGenerator<Finding> {
  for (;;) {
    let slice
    try {
      slice = check.next()
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      yield { check: "file", t: null, sentence: `A part of the file cannot be read: ${why}` }
      return
    }
    if (slice.done === true) return
    yield* slice.value
    await setImmediate()
  }
}
