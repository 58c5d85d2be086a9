import { waitMs } from "../kernel/backoff.ts"
import { instant, type Cancel } from "../kernel/clock.ts"
import type { ChangeKind } from "../kernel/entity.ts"
import { isHistory } from "../kernel/history.ts"
import { limits } from "../kernel/limits.ts"
import type { RecordedEvent, T } from "../kernel/message.ts"
import { Refusal, unreachable } from "../kernel/refusal.ts"
import type { Committed, EntityChange, ParkedDelivery } from "../ports/write.ts"
import { attempt } from "./attempt.ts"
import { afterPause, afterSetback, afterSuccess, atOnce, closed, type Circuit } from "./circuit.ts"
import type { Compiled } from "./compiled.ts"
import { fresh, fromRow, placeOf, rowOf, type Delivery } from "./delivery.ts"
import { afterFailure, errorSentence } from "./failure.ts"
import { Follower } from "./follower.ts"
import { Lanes } from "./lanes.ts"
import { Ledger } from "./ledger.ts"
import { LowWater } from "./low-water.ts"
import type { TenantParts } from "./tenant-parts.ts"
import { hears } from "./triggers.ts"

/** What the store knows of a consumer when it starts. */
export type Progress = { readonly reached: T; readonly rows: readonly ParkedDelivery[] }

/** How far a processor has got. `lag` is in transactions. */
export type ProcessorLag = {
  readonly processor: string
  readonly t: T
  readonly lag: number
  readonly circuit: Circuit["mode"]
}

/**
 * Delivers the events of the log to one processor: follows the log, puts each event that concerns the processor into
 * the lane of its entity, runs the first of each lane, and writes down how far it has got. The modes of a delivery are
 * in `delivery.ts`, those of reading in `follower.ts`, those of a long outage in `circuit.ts`.
 */
export class Consumer {
  readonly processor: Compiled
  readonly #parts: TenantParts
  readonly #changed: () => void
  readonly #follower: Follower
  readonly #lanes: Lanes
  readonly #ledger: Ledger
  readonly #lowWater = new LowWater()
  // Rows of events that the checkpoint has not passed: the log will show them again.
  readonly #known: Set<string>
  #circuit: Circuit = closed
  #pause: Cancel | null = null
  #turn: Cancel | null = null
  #running = 0
  #stopped: (() => void) | null = null

  /** `changed` is called whenever it may have become quiet. */
  constructor(processor: Compiled, parts: TenantParts, progress: Progress, changed: () => void) {
    this.processor = processor
    this.#parts = parts
    this.#changed = changed
    this.#lanes = new Lanes(parts.clock, () => this.#pump())
    this.#follower = new Follower(parts, {
      who: processor.consumer,
      from: progress.reached,
      types: processor.triggers.types,
      pageEventsMax: limits.pageEventsMax,
      room: () => limits.deliveriesAheadMax - this.#lowWater.countOpen,
      take: (event, kind, changes) => this.#take(event, kind, changes),
      moved: () => this.#moved(),
    })
    const reached = () => this.#lowWater.at(this.#follower.read)
    this.#ledger = new Ledger(processor.consumer, parts, {
      reached,
      written: progress.reached,
      wrote: () => this.#wrote(),
    })
    this.#known = new Set(progress.rows.filter(row => row.t > progress.reached).map(placeOf))
    for (const row of progress.rows) if (row.state !== "dead") this.#lanes.add(fromRow(row))
  }

  start(): void {
    this.#follower.wake()
    this.#pumpSoon()
  }

  committed(report: Committed): void {
    this.#follower.committed(report)
  }

  rang(): void {
    this.#follower.rang()
  }

  /** Whether a delivery is under way or due. What waits for a time to come is neither. */
  get busy(): boolean {
    if (this.#stopped !== null) return this.#running > 0
    const isDue = this.#lanes.countReady > 0 && this.#circuit.mode !== "open"
    return this.#running > 0 || isDue || this.#follower.busy || this.#ledger.busy
  }

  lag(): ProcessorLag {
    const t = this.#lowWater.at(this.#follower.read)
    return { processor: this.processor.name, t, lag: this.#follower.newest - t, circuit: this.#circuit.mode }
  }

  /** Starts nothing more, waits for what is running (not for ever), and writes down how far it has got, if it may. */
  async stop(): Promise<void> {
    this.#follower.stop()
    this.#lanes.stop()
    this.#pause?.()
    this.#turn?.()
    await new Promise<void>(resolve => {
      this.#stopped = resolve
      if (this.#running === 0) resolve()
      else this.#pause = this.#parts.clock.after(limits.drainMsMax, resolve)
    })
    this.#pause?.()
    if (this.#parts.tenure.isOurs()) await this.#ledger.stop()
    else await this.#ledger.giveUp()
  }

  /** Tries a dead delivery once more, now. Its attempts are kept: if it fails again, it is dead again. */
  async redrive(t: T, n: number): Promise<void> {
    const delivery = fromRow(await this.#dead(t, n))
    if (this.#lanes.has(delivery)) return
    delivery.mode = "retrying"
    delivery.due = this.#parts.clock.now()
    this.#ledger.park(rowOf(this.processor.consumer, delivery))
    this.#lanes.addFirst(delivery)
    this.#count("redriven")
    await this.#ledger.flush()
    this.#pump()
  }

  /** Gives up a dead delivery for good. */
  async drop(t: T, n: number): Promise<void> {
    const row = await this.#dead(t, n)
    this.#ledger.remove(row)
    this.#count("dropped")
    const { consumer, entity, attempts } = row
    this.#parts.journal.warn("A dead letter was dropped", { consumer, t, n, entity, attempts: attempts.length })
    await this.#ledger.flush()
  }

  async #dead(t: T, n: number): Promise<ParkedDelivery> {
    await this.#ledger.flush()
    const { consumer } = this.processor
    const row = await this.#parts.store.deliveries.find(consumer, t, n)
    if (row?.state === "dead") return row
    throw new Refusal("not-found", `There is no dead letter ${consumer}:${t}:${n}`, { consumer, t, n })
  }

  #take(event: RecordedEvent, kind: ChangeKind | null, changes: readonly EntityChange[] | null): void {
    if (!hears(this.processor.triggers, event, kind)) return
    if (this.processor.mode === "effect" && isHistory(event)) return
    if (this.#known.size > 0 && this.#known.delete(placeOf(event))) return
    const delivery = fresh(event, kind, changes)
    this.#lowWater.enter(delivery)
    const first = this.#lanes.add(delivery)
    if (first.mode === "retrying") this.#block(delivery)
  }

  #moved(): void {
    if (this.#lanes.countReady > 0) this.#pumpSoon()
    if (this.#follower.read - this.#ledger.written >= limits.pageEventsMax) this.#ledger.progressed()
    this.#changed()
  }

  #wrote(): void {
    const { lag, processor } = this.lag()
    this.#parts.metrics.gauge("processor_lag_transactions", lag, { processor })
    this.#changed()
  }

  // A turn later, so that nobody who commits waits for a processor.
  #pumpSoon(): void {
    this.#turn ??= this.#parts.clock.soon(() => {
      this.#turn = null
      this.#pump()
    })
  }

  #pump(): void {
    if (this.#stopped !== null || !this.#parts.tenure.isOurs()) return
    while (this.#running < atOnce(this.#circuit, this.processor.atOnceMax)) {
      const delivery = this.#lanes.next()
      if (delivery === undefined) break
      this.#running++
      void this.#run(delivery)
    }
  }

  async #run(delivery: Delivery): Promise<void> {
    const { clock, metrics } = this.#parts
    const { name } = this.processor
    const began = clock.ticks()
    const event = delivery.occurrence?.event
    if (event !== undefined) {
      metrics.time("delivery_wait_seconds", Math.max(0, clock.now() - Date.parse(event.at)) / 1000, { processor: name })
    }
    let failure: { readonly error: unknown } | null = null
    try {
      await attempt(delivery, this.processor, this.#parts)
    } catch (error) {
      failure = { error }
    }
    metrics.time("delivery_seconds", (clock.ticks() - began) / 1000, { processor: name })
    this.#running--
    if (failure === null) this.#succeeded(delivery)
    // A failure after stop() may be stop's own doing: the delivery stays as it was, and is made again by the next one.
    else if (this.#stopped === null) this.#failed(delivery, failure.error)
    this.#goOn()
  }

  #goOn(): void {
    if (this.#stopped !== null) {
      if (this.#running === 0) this.#stopped()
      return
    }
    this.#pump()
    if (this.#lowWater.countOpen <= limits.deliveriesAheadMax / 2) this.#follower.wake()
    this.#changed()
  }

  #succeeded(delivery: Delivery): void {
    this.#circuit = afterSuccess(this.#circuit)
    this.#count("done")
    if (delivery.mode === "fresh") this.#lowWater.left()
    else this.#ledger.remove(delivery)
    delivery.mode = "done"
    delivery.occurrence = null
    this.#lanes.ended(delivery.entity, false)
    this.#ledger.progressed()
  }

  #failed(delivery: Delivery, error: unknown): void {
    const { clock, ids, journal } = this.#parts
    const at = instant(clock.now())
    delivery.attempts = [...delivery.attempts, { at, error: errorSentence(error) }]
    const next = afterFailure(error, delivery.attempts.length, this.processor.attemptsMax, ids.random())
    const facts = { consumer: this.processor.consumer, t: delivery.t, n: delivery.n, error: errorSentence(error) }
    switch (next.kind) {
      case "again":
        journal.warn("A delivery failed and is tried again", { ...facts, ms: next.waitMs })
        delivery.due = clock.now() + next.waitMs
        this.#park(delivery, "retrying")
        for (const other of this.#lanes.behind(delivery.entity)) if (other.mode === "fresh") this.#block(other)
        break
      case "dead":
        journal.error("A delivery is dead: it waits for a person", { ...facts, why: next.why })
        delivery.due = null
        this.#park(delivery, "dead")
        break
      default:
        unreachable(next)
    }
    this.#count(next.kind)
    if (next.kind === "again" || next.why === "attempts") this.#setBack(delivery.entity)
    this.#lanes.ended(delivery.entity, next.kind === "again")
  }

  #block(delivery: Delivery): void {
    this.#park(delivery, "blocked")
  }

  #park(delivery: Delivery, mode: "retrying" | "blocked" | "dead"): void {
    if (delivery.mode === "fresh") this.#lowWater.left()
    delivery.mode = mode
    delivery.occurrence = null
    this.#ledger.park(rowOf(this.processor.consumer, delivery))
    this.#ledger.progressed()
  }

  #setBack(entity: string): void {
    const before = this.#circuit
    this.#circuit = afterSetback(before, entity)
    if (this.#circuit.mode !== "open" || before.mode === "open") return
    const ms = waitMs(this.#circuit.times, this.#parts.ids.random())
    this.#parts.journal.warn("A processor pauses: it fails for one entity after the other", {
      processor: this.processor.name,
      ms,
    })
    this.#parts.metrics.count("circuit_opened_total", { processor: this.processor.name })
    this.#pause = this.#parts.clock.after(ms, () => {
      this.#circuit = afterPause(this.#circuit)
      this.#pump()
    })
  }

  #count(outcome: "done" | "again" | "dead" | "redriven" | "dropped"): void {
    this.#parts.metrics.count("deliveries_total", { processor: this.processor.name, outcome })
  }
}
