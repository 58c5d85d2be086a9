import type { DatabaseSync } from "node:sqlite"
import { carrierOn, type Carrier } from "./carrier.ts"
import { prepare } from "./driver.ts"

/** How many pages wait in the write-ahead log for what. */
export type Limits = {
  /** More than this are carried over into the file: 12 MB. With 32 the slowest answers to 256 callers took 28 ms, with 12 they take 17. */
  readonly waiting: number
  /** Where little is written: 8 MB. A log that begins anew lies where it lay, and the disk is done sooner than where it grows. */
  readonly waitingLong: number
  /** So few are carried over by whoever commits, in a turn of their own: some milliseconds. */
  readonly rest: number
  /** With more than this nothing is committed until they are fewer. */
  readonly most: number
}

const limits: Limits = { waiting: 3_000, waitingLong: 2_000, rest: 1_000, most: 64_000 }

// As long as this the log may grow before that counts as little.
const longMs = 1_000

// After so many writes at rest it is looked how much waits: a hundred pages, most often. To look after each costs 5 us of the 350
// that a command of a single caller takes.
const writesUnseen = 8

/** Carries over what waits in the write-ahead log, beside the commits. */
export type Checkpoints = {
  /** To be called after each commit, of so many writes. Never throws: what was committed is durable without it. */
  look(writes: number): void
  close(): void
}

/**
 * Takes care of the write-ahead log of a file instead of SQLite, which would do it within a commit. Always in one of
 * these modes:
 *
 * resting    Little waits. Too much leads to carrying.
 * carrying   A thread carries over what waits, while commits add to it. When it is done it begins again with what was
 *            added; so little that nobody feels it is carried over here, after whoever waited for the commit was answered.
 *            Then nothing waits, the next commit begins the log anew, and it is at rest. Without a thread all is carried
 *            over here.
 */
export function checkpointsOf(db: DatabaseSync, path: string, given: Limits = limits): Checkpoints {
  const { waiting, waitingLong, rest, most } = given
  const counting = prepare<[busy: number, pages: number, carriedOver: number]>(db, "PRAGMA wal_checkpoint(NOOP)")
  const carryOver = prepare(db, "PRAGMA wal_checkpoint(PASSIVE)")
  let mode: "resting" | "carrying" = "resting"
  let carrier: Carrier | null = null
  let planned: NodeJS.Immediate | null = null
  let begun = performance.now()
  let unseen = 0

  function isMuch(left: number): boolean {
    return left > waiting || (left > waitingLong && performance.now() - begun > longMs)
  }

  function carryRest(): void {
    planned = null
    mode = "resting"
    begun = performance.now()
    try {
      carryOver.get()
    } catch {
      // The log grows until it can be done. If the disk is full or broken, the next commit says so.
    }
  }

  function look(writes: number): void {
    unseen += writes
    if (mode === "resting" && unseen < writesUnseen) return
    unseen = 0
    const [, pages, carriedOver] = counting.get() ?? [0, 0, 0]
    const left = pages - carriedOver
    if (mode === "resting" && !isMuch(left)) return
    mode = "carrying"
    carrier ??= carrierOn(path)
    if (left > most) carrier.wait()
    if (carrier.isAtWork) return
    if (left <= rest || carrier.isBroken) planned ??= setImmediate(carryRest)
    else carrier.begin()
  }

  function close(): void {
    if (planned !== null) clearImmediate(planned)
    carrier?.close()
  }

  return { look, close }
}
