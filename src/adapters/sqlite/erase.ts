import { hash } from "node:crypto"
import type { DatabaseSync } from "node:sqlite"
import { setImmediate } from "node:timers/promises"
import { emptied } from "../../kernel/erased.ts"
import { sameJson, type JsonObject } from "../../kernel/json.ts"
import { assert } from "../../kernel/refusal.ts"
import { erasedSentence, placesOf, type ErasedPlace, type Erasure } from "../../ports/erasure.ts"
import type { TransactionWrite, Write, WriteOutcome } from "../../ports/write.ts"
import { textOrNull } from "../sql/command-rows.ts"
import { leftTexts } from "../sql/left-texts.ts"
import { places } from "../sql/places.ts"
import { prepare } from "./driver.ts"
import type { Names } from "./names.ts"
import { still } from "./tables.ts"
import { transactionReader } from "./verify-chain.ts"

type Conflict = Extract<WriteOutcome, { kind: "conflict" }>

/** Takes things out of the past, within a transaction of the file. */
export type Eraser = {
  /** Makes what a transaction says of it so, unless its list of transactions is not what comes of that. */
  readonly erase: (write: TransactionWrite) => Conflict | null
  /** What it would come to. Others have their turns in between. */
  readonly tried: (erasure: Erasure) => Promise<readonly ErasedPlace[]>
}

// So many transactions are hashed in some milliseconds.
const placesAtOnce = 50

/** Prepares the taking out of things. */
export function eraserOf(db: DatabaseSync, names: Names): Eraser {
  const make = emptierOf(db)
  // What was tried holds until something else is erased: nothing else changes the past.
  const tries = new WeakMap<Erasure, number>()
  let countErased = 0

  function* placesAfter(erasure: Erasure): Generator<ErasedPlace> {
    const read = transactionReader(db, names)
    const left = leftTexts(erasure)
    for (const t of erasure.transactions) {
      const found = read(t, left)
      assert(found !== null, `what is to be erased is in transaction ${t}, which is not there`)
      yield { t, hash: found.hash, left: hash("sha256", found.text) }
    }
  }

  async function tried(erasure: Erasure): Promise<readonly ErasedPlace[]> {
    const before = countErased
    const found: ErasedPlace[] = []
    for (const place of placesAfter(erasure)) {
      found.push(place)
      if (found.length % placesAtOnce === 0) await setImmediate()
    }
    tries.set(erasure, before)
    return found
  }

  function erase({ erase: erasure, events }: TransactionWrite): Conflict | null {
    if (erasure === undefined) return null
    const listed = placesOf(events.at(-1)?.data ?? {})
    if (tries.get(erasure) !== countErased && !sameJson([...placesAfter(erasure)], listed)) {
      const sentence = `What is to be erased of ${erasure.id} is another by now`
      return { kind: "conflict", sentence, facts: { id: erasure.id }, unique: false }
    }
    countErased++
    make(erasure)
    return null
  }

  return { erase, tried }
}

/**
 * Commits. Where something is erased, what is written over or taken out is zeros, and so is what lay in the write-ahead log
 * before: it is carried over and begun anew, unless somebody reads from it just now.
 */
export function withoutTrace(
  db: DatabaseSync,
  writes: readonly Write[],
  commit: (writes: readonly Write[]) => readonly WriteOutcome[],
): readonly WriteOutcome[] {
  if (!writes.some(isErasing)) return commit(writes)
  db.exec("PRAGMA secure_delete = ON")
  try {
    return commit(writes)
  } finally {
    db.exec("PRAGMA secure_delete = OFF")
    try {
      db.exec("PRAGMA wal_checkpoint(TRUNCATE)")
    } catch {
      // It is done another time. If the disk is full or broken, the next commit says so.
    }
  }
}

function isErasing(write: Write): boolean {
  return write.kind === "transaction" && write.erase !== undefined
}

/** Prepares the statements that put what is left in the place of what was. */
function emptierOf(db: DatabaseSync): (erasure: Erasure) => void {
  const event = prepare(db, "UPDATE events SET data = ? WHERE pos = ?")
  const version = prepare(
    db,
    `UPDATE versions SET document = ? WHERE entity = (SELECT key FROM entities WHERE id = ?)
        AND pos >= ? AND pos < ? AND document IS NOT NULL`,
  )
  const values = prepare(
    db,
    `DELETE FROM vals WHERE entity = (SELECT key FROM entities WHERE id = ?1) AND to_t < ${still}
        AND (?2 IS NULL OR attribute IN (SELECT n.key FROM json_each(?2) j CROSS JOIN names n ON n.name = j.value))`,
  )
  const commands = ["commands", "archived_commands"].map(table =>
    prepare(db, `UPDATE ${table} SET data = ?, result = ?, error = ? WHERE id = ?`),
  )
  const refusals = prepare(
    db,
    `UPDATE refusals SET sentence = ?, faults = '[]', data = ? WHERE EXISTS (SELECT 1 FROM json_each(?) j
       WHERE instr(refusals.data, j.value) OR instr(faults, j.value) OR instr(sentence, j.value))`,
  )
  const attempts = prepare<[consumer: string, attempts: string]>(
    db,
    "SELECT consumer, attempts FROM deliveries WHERE t = ? AND n = ?",
  )
  const setAttempts = prepare(db, "UPDATE deliveries SET attempts = ? WHERE consumer = ? AND t = ? AND n = ?")
  const parkedIn = prepare<[t: number, n: number]>(
    db,
    "SELECT DISTINCT t, n FROM deliveries WHERE (t, n) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))",
  )

  return erasure => {
    const { id, attributes } = erasure
    for (const { t, n, data } of erasure.events) event.run(JSON.stringify(data), t * places + n)
    for (const { t, document } of erasure.versions) {
      version.run(JSON.stringify(document), id, t * places, (t + 1) * places)
    }
    values.run(id, attributes === null ? null : JSON.stringify(attributes))
    for (const one of erasure.commands) {
      const cells = [JSON.stringify(one.data), textOrNull(one.result), textOrNull(one.error), one.id]
      for (const statement of commands) statement.run(...cells)
    }
    refusals.run(erasedSentence, JSON.stringify(emptied), JSON.stringify(erasure.mentions))
    for (const [t, n] of parkedIn.all(JSON.stringify(erasure.events.map(one => [one.t, one.n])))) {
      for (const [consumer, text] of attempts.all(t, n)) setAttempts.run(withoutErrors(text), consumer, t, n)
    }
  }
}

/** Attempts as they are kept, without what went wrong in them: that may tell of what they were about. */
function withoutErrors(text: string): string {
  // What was written as attempts is read as such.
  const attempts = JSON.parse(text) as readonly JsonObject[]
  return JSON.stringify(attempts.map(attempt => ({ ...attempt, error: erasedSentence })))
}
