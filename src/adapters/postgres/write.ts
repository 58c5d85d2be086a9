import { limits } from "../../kernel/limits.ts"
import { Refusal } from "../../kernel/refusal.ts"
import type { Write, WriteOutcome } from "../../ports/write.ts"
import { writeApart, type Apart } from "./apart.ts"
import { makeNames, writeBatch, writeFromMemory, type BatchParts, type Before, type Sent } from "./batch.ts"
import { attemptsMax, type Connections } from "./connections.ts"
import type { Session } from "./driver.ts"
import { AnotherIsAlone, faultOf, refusalOf } from "./errors.ts"
import { keysOf } from "./keys.ts"
import { isApart } from "./plan.ts"

/** Commits batches of writes. What waits while one is under way goes together with the next. */
export type Writer = {
  readonly commit: (writes: readonly Write[]) => Promise<readonly WriteOutcome[]>
  /** Whether a batch is under way. */
  busy(): boolean
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
}

/** Who is told of the batches that have added to the log. */
export type Told = (before: Before, count: number) => void

type Outcomes = readonly WriteOutcome[]

type Call = {
  readonly writes: readonly Write[]
  readonly resolve: (outcomes: Outcomes) => void
  readonly reject: (error: unknown) => void
}

// How often a batch is decided again because others were quicker. After that it takes the lock first and decides then.
const overtakenMax = 3

/** The one writer of a process. */
export function writerOf(storeParts: Omit<BatchParts, "keys">, told: Told): Writer {
  const parts: BatchParts = { ...storeParts, keys: keysOf() }
  const { connections } = parts
  const calls: Call[] = []
  const waiting: (() => void)[] = []
  let working = false

  async function work(): Promise<void> {
    working = true
    while (calls.length > 0) await together(nextOf(calls))
    working = false
    for (const resolve of waiting.splice(0)) resolve()
  }

  async function together(batch: readonly Call[]): Promise<void> {
    try {
      const outcomes = await committed(batch.flatMap(call => call.writes))
      let from = 0
      for (const { writes, resolve } of batch) resolve(outcomes.slice(from, (from += writes.length)))
    } catch (error) {
      for (const { reject } of batch) reject(refusalOf(error, connections.place))
    }
  }

  async function committed(writes: readonly Write[]): Promise<Outcomes> {
    // Who moves commands is seldom, and goes by itself: what one moves, the next one may move back.
    const most = writes.some(isApart) ? 0 : overtakenMax
    for (let overtaken = 0; overtaken < most; overtaken++) {
      try {
        const outcomes = await attempts(parts, async (session, sure) => quickly(session, writes, sure, parts, told))
        if (outcomes !== null) return outcomes
      } catch (error) {
        if (faultOf(error) !== "inside") throw error
        break
      }
    }
    parts.memory.forget(writes)
    return attempts(parts, async (session, sure) => oneByOne(session, writes, sure, parts, told))
  }

  return {
    async commit(writes) {
      if (writes.length === 0) return []
      const { promise, resolve, reject } = Promise.withResolvers<Outcomes>()
      calls.push({ writes, resolve, reject })
      if (!working) void work()
      return promise
    },
    busy: () => working,
    async idle() {
      if (!working) return
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.push(resolve)
      await promise
    },
  }
}

/** All in one statement. Null: others were quicker. */
async function quickly(
  session: Session,
  writes: readonly Write[],
  sure: Sure,
  parts: BatchParts,
  told: Told,
): Promise<Outcomes | null> {
  await makeNames(session, writes, parts)
  const sent: Sent = { batch: sure.batch, plan: null }
  const answer = (before: Before) => {
    const plan = sent.plan!
    plan.remember(before, parts.memory)
    if (plan.count > 0) told(before, plan.count)
    return plan.answer(before)
  }
  sure.isThere = before => (sent.plan === null ? null : answer(before))
  await parts.partitions.reach(session, writes.length)
  const before =
    (await writeFromMemory(session, writes, sent, parts)) ?? (await writeBatch(session, writes, sent, parts))
  if (before !== null) return answer(before)
  parts.memory.forget(writes)
  return null
}

async function oneByOne(
  session: Session,
  writes: readonly Write[],
  sure: Sure,
  parts: BatchParts,
  told: Told,
): Promise<Outcomes> {
  const answer = ({ outcomes, before, count }: Apart) => {
    if (before !== null) told(before, count)
    return outcomes
  }
  await parts.partitions.reach(session, writes.length)
  return answer(await writeApart(session, writes, sure.batch, parts, apart => (sure.isThere = () => answer(apart))))
}

/** As many of the calls that wait as fit in one batch, and at least one. */
function nextOf(calls: Call[]): Call[] {
  let count = 0
  const full = calls.findIndex(({ writes }, i) => (count += writes.length) > limits.batchUnitsMax && i > 0)
  return calls.splice(0, full < 0 ? calls.length : full)
}

/** A batch whose commit may have an unknown outcome: its id, and what to answer if it turns out to be there. */
type Sure = { readonly batch: string; isThere: ((before: Before) => Outcomes | null) | null }

/** Attempts a commit until its outcome is known. A connection that is lost meanwhile is no answer: it is looked for. */
async function attempts<Answer extends Outcomes | null>(
  { connections, ids, journal, alone }: BatchParts,
  attempt: (session: Session, sure: Sure) => Promise<Answer>,
): Promise<Answer | Outcomes> {
  for (let count = 1; ; count++) {
    const sure: Sure = { batch: ids.next(), isThere: null }
    try {
      return await connections.writing(async session => attempt(session, sure))
    } catch (error) {
      if (error instanceof AnotherIsAlone) {
        await alone.outlast(error.found)
        count--
        continue
      }
      const fault = faultOf(error)
      if (fault === "lost" && sure.isThere !== null) {
        const { place } = connections
        journal.warn("The connection to the database broke during a commit: it is looked for", {
          place,
          batch: sure.batch,
        })
        const before = await lookFor(sure.batch, connections)
        const answer = before === null ? null : sure.isThere(before)
        if (answer !== null) return answer
      }
      if (fault === "outside" || fault === "inside" || count === attemptsMax || connections.closing) throw error
      await connections.pause(count, error)
    }
  }
}

/**
 * Whether a batch is there. Whoever looks takes its place: a commit that is still on its way finds the place taken and
 * fails, and one that is just being made is waited for.
 */
async function lookFor(batch: string, connections: Connections): Promise<Before | null> {
  for (let count = 1; ; count++) {
    try {
      return await connections.writing(async ({ ask }) => {
        const take = "INSERT INTO @.batches(id, made) VALUES($1, now()) ON CONFLICT DO NOTHING RETURNING id"
        if ((await ask(take, [batch])).length > 0) return null
        const [row] = await ask<[number | null, number | null]>("SELECT t, at FROM @.batches WHERE id = $1", [batch])
        return row?.[0] == null ? null : { t: row[0], at: row[1] ?? 0 }
      })
    } catch (error) {
      if (connections.closing) {
        const sentence = `The store was closed before it was known whether the last commit is in the database ${connections.place}`
        throw new Refusal("unavailable", sentence, { batch })
      }
      await connections.pause(count, error)
    }
  }
}
