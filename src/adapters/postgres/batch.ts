import type { Write } from "../../ports/write.ts"
import type { Alone } from "./alone.ts"
import type { Ask, Session } from "./driver.ts"
import { AnotherIsAlone, isTaken, stateOf } from "./errors.ts"
import { droppedState } from "./functions.ts"
import type { Keys } from "./keys.ts"
import { lookAt, wordsOf, type Seen } from "./look.ts"
import type { StoreParts } from "./parts.ts"
import { planBatch, type Plan } from "./plan.ts"
import { writing, type Head } from "./rows.ts"

/** Where a batch was put: the transaction before its first, and when that was recorded. */
export type Before = { readonly t: number; readonly at: number }

/** A batch under its id; its plan is there from when it was sent. */
export type Sent = { readonly batch: string; plan: Plan | null }

/** What writing a batch takes. */
export type BatchParts = StoreParts & { readonly keys: Keys; readonly alone: Pick<Alone, "claim" | "outlast"> }

/**
 * Looks, decides and writes: two questions to the database. Null: others have changed in between what it rests on, and
 * nothing was written.
 */
export async function writeBatch(
  { ask }: Session,
  writes: readonly Write[],
  sent: Sent,
  parts: BatchParts,
): Promise<Before | null> {
  const seen = await lookAt(ask, writes, parts.names)
  const { plan, ms } = await planned(ask, writes, seen, parts)
  if (plan.count === 0 && plan.side === null) {
    sent.plan = plan
    return { t: seen.t, at: 0 }
  }
  const head = {
    batch: sent.batch,
    lock: parts.locks.log,
    seenT: seen.t,
    ms,
    exact: plan.exact,
    ...parts.alone.claim(),
  }
  sent.plan = plan
  return send(ask, head, plan)
}

/**
 * Decides on what is remembered, and writes: one question. Null: it is not all known, or not so any more, and nothing was
 * written.
 */
export async function writeFromMemory(
  { ask }: Session,
  writes: readonly Write[],
  sent: Sent,
  parts: BatchParts,
): Promise<Before | null> {
  const seen = parts.memory.recall(writes, parts.names)
  if (seen === null) return null
  const { plan, ms } = await planned(ask, writes, seen, parts)
  // What is remembered says no to nothing.
  if (!plan.isWhole) return null
  const head = { batch: sent.batch, lock: parts.locks.log, seenT: neverSeen, ms, exact: false, ...parts.alone.claim() }
  sent.plan = plan
  return send(ask, head, plan)
}

// The log never ends there, so the commit takes nothing for granted.
const neverSeen = -1

async function planned(ask: Ask, writes: readonly Write[], seen: Seen, { keys, names, now }: BatchParts) {
  await keys.reserve(ask, seen.strangers)
  const ms = Math.floor(now())
  return { plan: planBatch(writes, { seen, names, newKey: () => keys.next(), ms }), ms }
}

async function send(ask: Ask, head: Head, plan: Plan): Promise<Before | null> {
  try {
    const [row] = await ask<[number, number, string | null]>(...writing(head, plan))
    if (row === undefined) return null
    if (row[2] !== null) throw new AnotherIsAlone(row[2])
    return { t: row[0], at: row[1] }
  } catch (error) {
    if (stateOf(error) === droppedState || isTaken(error)) return null
    throw error
  }
}

/** Brings in the keys of all names that a batch needs. New ones are written at once: they do no harm by themselves. */
export async function makeNames({ ask }: Session, writes: readonly Write[], { names }: BatchParts): Promise<void> {
  await names.make(ask, wordsOf(writes))
}
