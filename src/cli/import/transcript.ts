import type { JsonLine } from "../../adapters/files/log-line.ts"
import { evolve } from "../../app/evolve.ts"
import type { LineFile } from "../../adapters/files/open-log.ts"
import type { App } from "../../kernel/app.ts"
import type { Ids } from "../../kernel/ids.ts"
import { limits } from "../../kernel/limits.ts"
import type { T } from "../../kernel/message.ts"
import { Refusal } from "../../kernel/refusal.ts"
import type { Store } from "../../ports/store.ts"
import type { TransactionWrite, Write, WriteOutcome } from "../../ports/write.ts"
import { silent } from "../../ports/journal.ts"
import { consumerOf } from "../../processors/compiled.ts"
import { fitted, type Fitted } from "../fitted.ts"
import { Transcript, type Recorded } from "./recorded.ts"
import { checkSame, checkSilent } from "./same-history.ts"
import { restoredWrite, silentWrite, type Restoring } from "./writes.ts"

/** What was restored. */
export type Restored = { lines: number; past: number; transactions: number; events: number }

/** What a restoration needs. */
export type RestoreParts = {
  readonly app: App
  readonly store: Store
  readonly ids: Ids
  readonly counts: Restored
  readonly stop: AbortSignal
  readonly alter?: boolean
}

/**
 * Restores recorded events as they were recorded: the same numbers, instants, ids, actors and causes. What is here
 * already must be the same; what follows is added page by page, so that it goes on wherever it was interrupted. No
 * processor hears of what has happened elsewhere; read models are built from it when the app is next opened.
 */
export async function restore(file: string, lines: LineFile<JsonLine>, parts: RestoreParts): Promise<void> {
  const { counts } = parts
  const restoration = await Restoration.on(parts)
  const transcript = new Transcript(file)
  try {
    for await (const batch of lines.lines()) {
      for (const line of batch) {
        const done = transcript.take(line)
        counts.lines++
        if (done !== null) await restoration.take(done)
      }
      if (parts.stop.aborted) return
    }
    const last = transcript.end()
    if (last !== null) await restoration.take(last)
  } finally {
    await restoration.flush()
  }
}

class Restoration {
  readonly #fitted: Fitted
  readonly #parts: RestoreParts
  readonly #basis: T
  #last: T = 0
  #page: Recorded[] = []
  // In events, and transactions without any.
  #pageSize = 0

  private constructor(parts: RestoreParts, basis: T) {
    this.#parts = parts
    this.#basis = basis
    this.#fitted = fitted(parts.app)
  }

  static async on(parts: RestoreParts): Promise<Restoration> {
    return new Restoration(parts, await parts.store.basis())
  }

  async take(recorded: Recorded): Promise<void> {
    const { store, counts } = this.#parts
    const { t, events } = recorded
    if (this.#last > 0 && this.#last < this.#basis) await checkSilent(this.#last, Math.min(t, this.#basis + 1), store)
    const silent = t - Math.max(this.#last, this.#basis) - 1
    this.#last = t
    if (t <= this.#basis) {
      counts.past += events.length
      return checkSame(recorded, store)
    }
    if (this.#pageSize + silent >= limits.batchUnitsMax) await this.flush()
    this.#page.push(recorded)
    this.#pageSize += silent + events.length
    if (this.#pageSize >= limits.batchUnitsMax) await this.flush()
  }

  /** Writes down what has come. A page that cannot be written is not tried again. */
  async flush(): Promise<void> {
    const page = this.#page
    this.#page = []
    this.#pageSize = 0
    if (page.length === 0) return
    const { store, app, counts, alter } = this.#parts
    const writes = await this.#writes(page, await this.#next(page))
    await evolve(this.#fitted.routes.schema, { store, journal: silent, alter })
    const reached = page.at(-1)!.t
    const passed = app.processors.map(({ name }): Write => {
      return { kind: "deliveries", consumer: consumerOf(name), reached, parked: [], done: [] }
    })
    await commitAll(store, [...writes, ...passed])
    counts.transactions += page.length
    for (const { events } of page) counts.events += events.length
  }

  /** The t from which on the page is written. A long silence before it is written first, so that no page is large. */
  async #next(page: readonly Recorded[]): Promise<T> {
    const { store, ids } = this.#parts
    const [first] = page as [Recorded]
    let next = (await store.basis()) + 1
    if (first.t > next) this.#checkBeginning(page, next)
    for (; first.t - next > limits.batchUnitsMax; next += limits.batchUnitsMax) {
      const ts = Array.from({ length: limits.batchUnitsMax }, (_, i) => next + i)
      await commitAll(
        store,
        ts.map(t => silentWrite(t, first.events[0], ids)),
      )
    }
    return next
  }

  async #writes(page: readonly Recorded[], from: T): Promise<readonly TransactionWrite[]> {
    const { store, ids } = this.#parts
    let next = from
    const commands = [...new Set(page.map(({ events }) => events[0].causedBy.id))]
    const found = await store.commands.find(commands)
    const known = new Map(
      found.flatMap(instance => (instance === null ? [] : [[instance.command.id, instance] as const])),
    )
    const grounds = { fitted: this.#fitted, ids, heads: await headsOf(page, store), known }
    return page.flatMap(recorded => {
      const silent: TransactionWrite[] = []
      for (; next < recorded.t; next++) silent.push(silentWrite(next, recorded.events[0], ids))
      next = recorded.t + 1
      return [...silent, restoredWrite(recorded, grounds)]
    })
  }

  /**
   * Between two transactions of a file there are only silent ones. Before its first one there may be anything, unless
   * the daybook is empty and each that is missing is the first step of a handler whose events follow.
   */
  #checkBeginning(page: readonly Recorded[], next: T): void {
    const { past, transactions } = this.#parts.counts
    if (past + transactions > 0) return
    const handled = new Set<string>()
    for (const { events } of page) {
      const { type, id } = events[0].causedBy
      if (this.#fitted.routes.commands.get(type)?.kind === "handler") handled.add(id)
    }
    const { t } = page[0]!
    if (this.#basis === 0 && t - next <= handled.size) return
    throw new Refusal("conflict", `The file begins with t ${t}, and this daybook goes on with t ${next}`, { t, next })
  }
}

async function headsOf(page: readonly Recorded[], store: Store): Promise<ReadonlyMap<string, Restoring>> {
  const ids = new Set<string>()
  for (const { events } of page) for (const { stream } of events) ids.add(stream.id)
  const heads = await store.entities.heads([...ids])
  return new Map(heads.map(({ id, type, version, document }) => [id, { type, version, document }]))
}

// What drops out takes those behind it along, as their numbers are then not the next: one by one, the first is found.
async function commitAll(store: Store, writes: readonly Write[]): Promise<void> {
  try {
    const outcomes = await store.commit(writes)
    outcomes.forEach((outcome, i) => refuseUnlessDone(outcome, writes[i]!))
  } catch (error) {
    if (error instanceof Refusal) throw error
    for (const write of writes) for (const outcome of await store.commit([write])) refuseUnlessDone(outcome, write)
  }
}

function refuseUnlessDone(outcome: WriteOutcome, write: Write): void {
  if (outcome.kind === "done" || write.kind !== "transaction") return
  const t = write.recorded?.t ?? 0
  const why = outcome.kind === "conflict" ? outcome.sentence : "its command is there already"
  throw new Refusal("conflict", `Transaction ${t} of the file cannot be restored here: ${why}`, { t })
}
