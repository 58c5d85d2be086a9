import { limits } from "../../kernel/limits.ts"
import { assert, Refusal } from "../../kernel/refusal.ts"
import type { Write, WriteOutcome } from "../../ports/write.ts"
import { writeApart, type Apart } from "./apart.ts"
import { makeNames, writeBatch, writeFromMemory, type BatchParts, type Before, type Sent } from "./batch.ts"
import { chainOf } from "./chain.ts"
import { attemptsMax, type Connections } from "./connections.ts"
import type { Session } from "./driver.ts"
import { AnotherIsAlone, faultOf, refusalOf } from "./errors.ts"
import { keysOf } from "./keys.ts"
import { isApart } from "./plan.ts"

/** Commits batches of writes. What waits while two are under way goes together with the next. */
export type Writer = {
  readonly commit: (writes: readonly Write[]) => Promise<readonly WriteOutcome[]>
  /** How many calls are worth making before the first of them is answered. */
  atOnce(): number
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

// So many batches are under way at once, on one connection: the database begins with one as soon as it is done with the
// one before, which this process then answers meanwhile.
const underWayMax = 2

/** The one writer of a process. */
export function writerOf(storeParts: Omit<BatchParts, "keys" | "chain">, told: Told): Writer {
  const parts: BatchParts = { ...storeParts, keys: keysOf(), chain: chainOf() }
  const { connections } = parts
  const calls: Call[] = []
  const waiting: (() => void)[] = []
  let underWay = 0

  function work(): void {
    while (calls.length > 0 && underWay < underWayMax) {
      underWay++
      void together(nextOf(calls)).then(ended)
    }
  }

  function ended(): void {
    underWay--
    work()
    if (underWay === 0) for (const resolve of waiting.splice(0)) resolve()
  }

  async function together(batch: readonly Call[]): Promise<void> {
    try {
      const outcomes = await committed(
        batch.flatMap(call => call.writes),
        parts,
        told,
      )
      let from = 0
      for (const { writes, resolve } of batch) resolve(outcomes.slice(from, (from += writes.length)))
    } catch (error) {
      for (const { reject } of batch) reject(refusalOf(error, connections.place))
    }
  }

  return {
    async commit(writes) {
      if (writes.length === 0) return []
      const { promise, resolve, reject } = Promise.withResolvers<Outcomes>()
      calls.push({ writes, resolve, reject })
      work()
      return promise
    },
    atOnce: () => (parts.chain.isUndisturbed() ? underWayMax : 1),
    busy: () => underWay > 0,
    async idle() {
      if (underWay === 0) return
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.push(resolve)
      await promise
    },
  }
}

async function committed(writes: readonly Write[], parts: BatchParts, told: Told): Promise<Outcomes> {
  // Who moves commands is seldom, and goes by itself: what one moves, the next one may move back.
  const most = writes.some(isApart) ? 0 : overtakenMax
  for (let overtaken = 0; overtaken < most; overtaken++) {
    try {
      const outcomes = await attempts(parts, writes, quickWay(parts, told))
      if (outcomes !== null) return outcomes
    } catch (error) {
      if (faultOf(error) !== "inside") throw error
      break
    }
  }
  parts.memory.forget(writes)
  return attempts(parts, writes, apartWay(parts, told))
}

/** A way to write a batch. Its commit may have an unknown outcome. */
type Way<Answer> = {
  readonly send: (writes: readonly Write[], sent: Sent) => Promise<Answer>
  /** Whether so much was sent that it may be there. */
  readonly isSent: (sent: Sent) => boolean
  /** What to answer when it is there. */
  readonly answer: (sent: Sent, before: Before) => Outcomes
}

/** All in one statement. Null: others were quicker. */
function quickWay(parts: BatchParts, told: Told): Way<Outcomes | null> {
  function answer({ plan }: Sent, before: Before): Outcomes {
    assert(plan !== null, "a batch is there that was not sent")
    plan.remember(before, parts.memory)
    if (plan.count > 0) told(before, plan.count)
    return plan.answer(before)
  }
  return {
    send: async (writes, sent) =>
      parts.connections.joinWriting(async session => {
        const before = await quickly(session, writes, sent, parts)
        return before === null ? null : answer(sent, before)
      }),
    isSent: ({ plan }) => plan !== null,
    answer,
  }
}

/** One by one, with the log locked from the beginning. */
function apartWay(parts: BatchParts, told: Told): Way<Outcomes> {
  let made: Apart | null = null
  function answer(): Outcomes {
    assert(made !== null, "a batch is there that was not sent")
    if (made.before !== null) told(made.before, made.count)
    return made.outcomes
  }
  return {
    async send(writes, { batch }) {
      await parts.connections.writing(async session =>
        writeApart(session, writes, batch, parts, apart => (made = apart)),
      )
      return answer()
    },
    isSent: () => made !== null,
    answer,
  }
}

async function quickly(
  session: Session,
  writes: readonly Write[],
  sent: Sent,
  parts: BatchParts,
): Promise<Before | null> {
  await makeNames(session, writes, parts)
  const before =
    (await writeFromMemory(session, writes, sent, parts)) ?? (await writeBatch(session, writes, sent, parts))
  if (before === null) parts.memory.forget(writes)
  return before
}

/** As many of the calls that wait as fit in one batch, and at least one. */
function nextOf(calls: Call[]): Call[] {
  let count = 0
  const full = calls.findIndex(({ writes }, i) => (count += writes.length) > limits.batchUnitsMax && i > 0)
  return calls.splice(0, full < 0 ? calls.length : full)
}

/** Attempts a commit until its outcome is known. A connection that is lost meanwhile is no answer: it is looked for. */
async function attempts<Answer extends Outcomes | null>(
  { connections, ids, journal, alone, partitions }: BatchParts,
  writes: readonly Write[],
  { send, isSent, answer }: Way<Answer>,
): Promise<Answer | Outcomes> {
  for (let count = 1; ; count++) {
    const sent: Sent = { batch: ids.next(), plan: null }
    try {
      const reaching = partitions.reach(connections, writes.length)
      if (reaching !== undefined) await reaching
      return await send(writes, sent)
    } catch (error) {
      if (error instanceof AnotherIsAlone) {
        await alone.outlast(error.found)
        count--
        continue
      }
      const fault = faultOf(error)
      if (fault === "lost" && isSent(sent)) {
        const { place } = connections
        const { batch } = sent
        journal.warn("The connection to the database broke during a commit: it is looked for", { place, batch })
        const before = await lookFor(batch, connections)
        if (before !== null) return answer(sent, before)
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
