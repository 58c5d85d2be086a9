import type { Write } from "../../ports/write.ts"
import type { Alone } from "./alone.ts"
import type { Chain, Link } from "./chain.ts"
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
export type BatchParts = StoreParts & {
  readonly keys: Keys
  readonly chain: Chain
  readonly alone: Pick<Alone, "claim" | "outlast">
}

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
  sent.plan = plan
  return send(ask, { batch: sent.batch, seenT: seen.t, ms, exact: plan.exact }, plan, parts)
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
  sent.plan = plan
  return send(ask, { batch: sent.batch, seenT: neverSeen, ms, exact: false }, plan, parts)
}

// The log never ends there, so the commit takes nothing for granted.
const neverSeen = -1

async function planned(ask: Ask, writes: readonly Write[], seen: Seen, { keys, names, now }: BatchParts) {
  while (keys.lack(seen.strangers)) await keys.reserve(ask, seen.strangers)
  const ms = Math.floor(now())
  return { plan: planBatch(writes, { seen, names, newKey: () => keys.next(), ms }), ms }
}

type Sight = Pick<Head, "batch" | "seenT" | "ms" | "exact">

async function send(ask: Ask, sight: Sight, plan: Plan, { locks, alone, chain }: BatchParts): Promise<Before | null> {
  const link = linkOf(plan, sight.ms)
  const head = { ...sight, lock: locks.log, ...alone.claim(), known: chain.send(link) }
  let came: Parameters<Chain["land"]>[1] = null
  try {
    const [row] = await ask<[number, number, string | null, number, string]>(...writing(head, plan))
    if (row === undefined) return null
    const [t, at, another, newestAt, hash] = row
    if (another !== null) throw new AnotherIsAlone(another)
    came = { before: t, tip: { t: t + plan.count, at: newestAt, hash } }
    return { t, at }
  } catch (error) {
    if (stateOf(error) === droppedState || isTaken(error)) return null
    throw error
  } finally {
    chain.land(link, came)
  }
}

// All of its transactions are of one instant, unless they were recorded elsewhere.
function linkOf({ log: { xHashed, xAt } }: Plan, ms: number): Link {
  return { tails: xAt.every(at => at === null) ? xHashed.map(tail => tail ?? "") : null, ms }
}

/** Brings in the keys of all names that a batch needs. New ones are written at once: they do no harm by themselves. */
export async function makeNames({ ask }: Session, writes: readonly Write[], { names }: BatchParts): Promise<void> {
  await names.make(ask, wordsOf(writes))
}
