import type { DatabaseSync } from "node:sqlite"
import { prepare } from "./driver.ts"

// Pages that wait in the write-ahead log before they are carried over into the file: 8 MB, some milliseconds of work.
// Fewer would carry over again and again what changes often; more would make a pause that is felt.
const pagesMax = 2_000

// Without a turn of the event loop in between, it is done within a commit after this many.
const pagesAtMost = 4 * pagesMax

/** Carries over what waits in the write-ahead log, in its own turn: whoever waited for the commit is answered first. */
export type Checkpoints = {
  /** To be called after each commit. Never throws: what was committed is durable without it. */
  look(): void
  close(): void
}

/** Takes care of the write-ahead log of a file instead of SQLite, which would do it within a commit. */
export function checkpointsOf(db: DatabaseSync): Checkpoints {
  const waiting = prepare<[busy: number, pages: number, carriedOver: number]>(db, "PRAGMA wal_checkpoint(NOOP)")
  const carryOver = prepare(db, "PRAGMA wal_checkpoint(PASSIVE)")
  let planned: NodeJS.Immediate | null = null

  function run(): void {
    planned = null
    try {
      carryOver.get()
    } catch {
      // The log grows until it can be done. If the disk is full or broken, the next commit says so.
    }
  }

  function look(): void {
    const [, pages, carriedOver] = waiting.get() ?? [0, 0, 0]
    if (pages - carriedOver > pagesAtMost) run()
    else if (pages - carriedOver > pagesMax) planned ??= setImmediate(run)
  }

  function close(): void {
    if (planned !== null) clearImmediate(planned)
  }

  return { look, close }
}
