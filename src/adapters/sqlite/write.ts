import type { DatabaseSync } from "node:sqlite"
import { Refusal, unreachable } from "../../kernel/refusal.ts"
import { DropOuts } from "../../ports/drop-outs.ts"
import type { Write, WriteOutcome } from "../../ports/write.ts"
import { checkpointsOf } from "./checkpoints.ts"
import { deliveryWriter } from "./deliveries.ts"
import { isOutside, leavesDoubt, refusalOf } from "./errors.ts"
import { instantOf } from "../sql/instants.ts"
import type { Leases } from "./leases.ts"
import { projectionWriter } from "./projections.ts"
import { refusalWriter } from "./refusals.ts"
import { tipOf, type Tip } from "./tip.ts"
import { stretchesOf } from "./stretches.ts"
import { transactionWriter, type WriterParts } from "./transaction.ts"

/** Commits batches of writes, and knows where the log ends. */
export type Writer = {
  commit(writes: readonly Write[]): readonly WriteOutcome[]
  readonly tip: Readonly<Tip>
  /** Looks anew what the next transaction follows. */
  learn(): void
  close(): void
}

type WriteOne = (write: Write, ms: number) => WriteOutcome

/** What writing takes. */
type Parts = Omit<WriterParts, "stretches"> & {
  readonly path: string
  readonly leases: Leases
  readonly now: () => number
}

/** The one writer of a file. */
export function writerOf(parts: Parts): Writer {
  const { db, path, now } = parts
  const tip = tipOf(db)
  const stretches = stretchesOf(db)
  const forget = () => {
    stretches.forget()
    refresh(parts, tip)
  }
  const one = writeOne({ ...parts, stretches }, tip)
  const checkpoints = checkpointsOf(db, path)
  const apart = behindSavepoint(db, one, forget)
  let doubt: unknown = null

  function undo(): void {
    try {
      if (db.isTransaction) db.exec("ROLLBACK")
      forget()
    } catch (error) {
      doubt = error
    }
  }

  /** All in one transaction of the database: what fails takes all the others with it. */
  function attempt(writes: readonly Write[], write: WriteOne): WriteOutcome[] {
    db.exec("BEGIN IMMEDIATE")
    try {
      const ms = Math.floor(now())
      const dropped = new DropOuts()
      const outcomes = writes.map(w => {
        const outcome = dropped.objection(w) ?? write(w, ms)
        dropped.note(w, outcome)
        return outcome
      })
      db.exec("COMMIT")
      checkpoints.look(writes.length)
      return outcomes
    } catch (error) {
      if (leavesDoubt(error)) doubt = error
      undo()
      throw error
    }
  }

  function commit(writes: readonly Write[]): readonly WriteOutcome[] {
    if (doubt !== null) throw stopped(path, doubt)
    try {
      return attempt(writes, one)
    } catch (error) {
      if (isOutside(error)) throw refusalOf(error, path)
    }
    // Everything that may be was checked before it was written, so this is rare, and may be slow.
    try {
      return attempt(writes, apart)
    } catch (error) {
      throw refusalOf(error, path)
    }
  }

  return { commit, tip, learn: () => void Object.assign(tip, tipOf(db)), close: () => checkpoints.close() }
}

/** Everything in memory is again as the file has it. */
function refresh({ db, names, keys }: Parts, tip: Tip): void {
  names.forget()
  keys.forget()
  Object.assign(tip, tipOf(db))
}

function writeOne(parts: Parts & WriterParts, tip: Tip): WriteOne {
  const { db, leases } = parts
  const writeTransaction = transactionWriter(parts)
  const writeRefusal = refusalWriter(db)
  const writeDeliveries = deliveryWriter(db)
  const writeProjection = projectionWriter(db)
  return (write, ms) => {
    switch (write.kind) {
      case "transaction":
        return leases.objection(write.fence) ?? writeTransaction(write, tip, ms)
      case "refusal":
        writeRefusal(write, ms)
        break
      case "deliveries": {
        const stale = leases.objection(write.fence)
        if (stale !== null) return stale
        writeDeliveries(write)
        break
      }
      case "projection": {
        const stale = leases.objection(write.fence)
        if (stale !== null) return stale
        writeProjection(write)
        break
      }
      default:
        return unreachable(write)
    }
    return { kind: "done", t: tip.t, at: instantOf(ms) }
  }
}

/**
 * The same write behind a savepoint: when it cannot be stored, only it is undone. That is a mistake of whoever made it,
 * but those who came with it have none.
 */
function behindSavepoint(db: DatabaseSync, write: WriteOne, forget: () => void): WriteOne {
  return (w, ms) => {
    db.exec("SAVEPOINT one")
    try {
      const outcome = write(w, ms)
      db.exec("RELEASE one")
      return outcome
    } catch (error) {
      if (!db.isTransaction || isOutside(error)) throw error
      db.exec("ROLLBACK TO one; RELEASE one")
      forget()
      const why = error instanceof Error ? error.message : String(error)
      return {
        kind: "conflict",
        sentence: `This write cannot be stored: ${why}`,
        facts: {},
        unique: false,
        isUnfit: true,
      }
    }
  }
}

// After a failed wait for the disk nobody knows what is on it. Going on could put an acknowledged transaction behind
// one that is not there. Opening the file again finds out.
function stopped(path: string, cause: unknown): Refusal {
  const sentence = `The disk failed while ${path} was written, so nothing more is: look at the disk, then start again`
  const refusal = new Refusal("unavailable", sentence, { path })
  refusal.cause = cause
  return refusal
}
