import type { Finding } from "../../ports/maintenance.ts"
import type { StoreParts } from "./parts.ts"
import type { Check } from "./slices.ts"
import { tipOf } from "./tip.ts"
import { checkChain } from "./verify-chain.ts"
import { checkCommands } from "./verify-commands.ts"
import { checkEntities } from "./verify-entities.ts"
import { checkFile } from "./verify-file.ts"
import { checkLookups } from "./verify-lookups.ts"
import { checkSchemas } from "./verify-schemas.ts"
import { checkStreams } from "./verify-streams.ts"
import { checkValues } from "./verify-values.ts"

/**
 * Walks the tables and says everything that is not as promised. Each slice is one look at the database: nobody waits,
 * and no old versions of rows are held for longer. What is recorded meanwhile is not looked at, or looked at as it is
 * by then.
 */
export async function* verify({ connections, names }: StoreParts, schema: string): AsyncGenerator<Finding> {
  const { read } = connections
  let t = 0
  async function* chainToTip(): Check {
    // Read here, because that too may be what cannot be read.
    ;({ t } = await tipOf(read))
    yield* checkChain(read, names, t)
  }

  yield* findingsOf(checkFile(read, schema))
  yield* findingsOf(chainToTip())
  for (const check of [
    checkSchemas(read),
    checkCommands(read),
    checkStreams(read, t),
    checkEntities(read, t),
    checkValues(connections, names, t),
    checkLookups(read, names),
  ]) {
    yield* findingsOf(check)
  }
}

/** One slice after the other. Where the tables cannot be read, the check ends with that. */
async function* findingsOf(check: Check): AsyncGenerator<Finding> {
  for (;;) {
    let slice
    try {
      slice = await check.next()
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      yield { check: "file", t: null, sentence: `A part of the database cannot be read: ${why}` }
      return
    }
    if (slice.done === true) return
    yield* slice.value
  }
}
