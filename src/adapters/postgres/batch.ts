import type { Write } from "../../ports/write.ts"
import type { Session } from "./driver.ts"
import type { Keys } from "./keys.ts"
import { lookAt, wordsOf } from "./look.ts"
import type { StoreParts } from "./parts.ts"
import { planBatch, type Plan } from "./plan.ts"
import { writing } from "./rows.ts"

/** Where a batch was put: the transaction before its first, and when that was recorded. */
export type Before = { readonly t: number; readonly at: number }

/** A batch under its id; its plan is there from when it was sent. */
export type Sent = { readonly batch: string; plan: Plan | null }

/** What writing a batch takes. */
export type BatchParts = StoreParts & { readonly keys: Keys }

/**
 * Looks, decides and writes: two questions to the database. Null: others have changed in between what it rests on, and
 * nothing was written.
 */
export async function writeBatch(
  { ask }: Session,
  writes: readonly Write[],
  sent: Sent,
  { names, keys, now, locks }: BatchParts,
): Promise<Before | null> {
  const seen = await lookAt(ask, writes, names)
  await keys.reserve(ask, seen.strangers)
  const ms = Math.floor(now())
  const plan = planBatch(writes, { seen, names, newKey: () => keys.next(), ms })
  if (plan.count === 0 && plan.side === null) {
    sent.plan = plan
    return { t: seen.t, at: 0 }
  }
  const head = { batch: sent.batch, lock: locks.log, seenT: seen.t, ms, exact: plan.exact }
  const statement = writing(head, plan.log, plan.side)
  sent.plan = plan
  const [row] = await ask<[number, number]>(...statement)
  return row === undefined ? null : { t: row[0], at: row[1] }
}

/** Brings in the keys of all names that a batch needs. New ones are written at once: they do no harm by themselves. */
export async function makeNames({ ask }: Session, writes: readonly Write[], { names }: BatchParts): Promise<void> {
  await names.make(ask, wordsOf(writes))
}
