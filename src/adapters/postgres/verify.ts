import type { Finding } from "../../ports/maintenance.ts"
import type { StoreParts } from "./parts.ts"
import { tipOf } from "./tip.ts"
import { checkChain } from "./verify-chain.ts"
import { checkEntities, checkStreams } from "./verify-streams.ts"
import { checkFile } from "./verify-file.ts"
import { checkValues } from "./verify-values.ts"

/** A check that yields what it has found, slice by slice. */
export type Check = AsyncGenerator<readonly Finding[]>

/** How many rows are looked at in one slice. */
export const rowsPerSlice = 2_000

/** Walks rows in slices: `page` gives those after the last one, `look` says what is wrong with them. */
export async function* inSlices<Row>(
  page: (last: Row | null) => Promise<readonly Row[]>,
  look: (rows: readonly Row[]) => readonly Finding[] | Promise<readonly Finding[]>,
): Check {
  let last: Row | null = null
  for (;;) {
    const rows: readonly Row[] = await page(last)
    if (rows.length === 0) return
    yield await look(rows)
    last = rows.at(-1)!
  }
}

/**
 * Walks the tables and says everything that is not as promised. Each slice is one look at the database: nobody waits,
 * and no old versions of rows are held for longer. What is recorded meanwhile is not looked at, or looked at as it is
 * by then.
 */
export async function* verify({ connections, names }: StoreParts, schema: string): AsyncGenerator<Finding> {
  const { read } = connections
  const { t } = await tipOf(read)
  const checks = [checkFile(read, schema), checkChain(read, names, t), checkStreams(read, t), checkEntities(read, t)]
  for (const check of [...checks, checkValues(connections, names, t)]) yield* findingsOf(check)
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
