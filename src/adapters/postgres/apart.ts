import type { Write, WriteOutcome } from "../../ports/write.ts"
import { DropOuts } from "../../ports/drop-outs.ts"
import { makeNames, writeBatch, type BatchParts, type Before, type Sent } from "./batch.ts"
import type { Session } from "./driver.ts"
import { erase } from "./erase.ts"
import { faultOf } from "./errors.ts"

/** What came of writes that were made one by one; `before` is null where none has added to the log. */
export type Apart = {
  readonly outcomes: readonly WriteOutcome[]
  readonly before: Before | null
  readonly count: number
}

/**
 * Writes a batch one by one, each behind a savepoint, with the log locked from the beginning: for a batch that others
 * keep overtaking, and for one in which something cannot be stored. That is a mistake of whoever made it, but those who
 * came with it have none. All is one transaction of the database, under the id of the batch.
 */
export async function writeApart(
  session: Session,
  writes: readonly Write[],
  batch: string,
  parts: BatchParts,
  onCommit: (apart: Apart) => void,
): Promise<Apart> {
  const { ask, run } = session
  const unnamed = await nameAll(session, writes, parts)
  await run("BEGIN")
  try {
    await ask("SELECT pg_advisory_xact_lock($1)", [parts.locks.log])
    const outcomes: WriteOutcome[] = []
    const dropped = new DropOuts()
    let before: Before | null = null
    let count = 0
    for (const [i, write] of writes.entries()) {
      const sent: Sent = { batch: `${batch} ${i}`, plan: null }
      const wrong = unnamed.get(write)
      const objection = dropped.objection(write) ?? (wrong === undefined ? null : unstorable(wrong))
      const written = objection ?? (await behindSavepoint(session, write, sent, parts))
      if (!("kind" in written) && sent.plan!.count > 0) {
        before ??= written
        count += sent.plan!.count
      }
      const outcome = "kind" in written ? written : sent.plan!.answer(written)[0]!
      dropped.note(write, outcome)
      outcomes.push(outcome)
    }
    await ask("INSERT INTO @.batches(id, t, made) VALUES($1, 0, now())", [batch])
    const apart = { outcomes, before, count }
    onCommit(apart)
    await run("COMMIT")
    return apart
  } catch (error) {
    if (faultOf(error) !== "lost") await run("ROLLBACK")
    throw error
  }
}

async function behindSavepoint(
  session: Session,
  write: Write,
  sent: Sent,
  parts: BatchParts,
): Promise<Before | WriteOutcome> {
  await session.run("SAVEPOINT one")
  try {
    const before = await writeBatch(session, [write], sent, parts)
    const conflict = before === null ? null : await beyond(session, write, before, parts)
    if (conflict !== null) {
      await session.run("ROLLBACK TO one; RELEASE one")
      return conflict
    }
    await session.run("RELEASE one")
    // Nobody else can have changed anything but a lease, which is not under the lock of the log.
    return before ?? unstorable(new Error("its lease is another's by now"))
  } catch (error) {
    if (faultOf(error) !== "inside") throw error
    await session.run("ROLLBACK TO one; RELEASE one")
    return unstorable(error)
  }
}

/** What a transaction does besides what the function of the database does for all. */
async function beyond(
  { ask }: Session,
  write: Write,
  before: Before,
  { names }: BatchParts,
): Promise<WriteOutcome | null> {
  if (write.kind !== "transaction") return null
  if (write.recorded?.hash !== undefined) {
    const set = "UPDATE @.transactions SET hash = decode($1, 'hex') WHERE t = $2"
    await ask(set, [write.recorded.hash, before.t + 1])
  }
  return erase(ask, names, write)
}

/** The names of each write by themselves: what cannot be stored may be one of them. */
async function nameAll(session: Session, writes: readonly Write[], parts: BatchParts): Promise<Map<Write, unknown>> {
  const wrong = new Map<Write, unknown>()
  for (const write of writes) {
    try {
      await makeNames(session, [write], parts)
    } catch (error) {
      if (faultOf(error) !== "inside") throw error
      wrong.set(write, error)
    }
  }
  return wrong
}

function unstorable(error: unknown): WriteOutcome {
  const why = error instanceof Error ? error.message : String(error)
  return { kind: "conflict", sentence: `This write cannot be stored: ${why}`, facts: {}, unique: false, isUnfit: true }
}
