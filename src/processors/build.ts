import type { Document } from "../kernel/entity.ts"
import { instant, type Cancel } from "../kernel/clock.ts"
import { limits } from "../kernel/limits.ts"
import type { RecordedEvent, T } from "../kernel/message.ts"
import { projectionStream, type Projection } from "../kernel/projection.ts"
import { assert } from "../kernel/refusal.ts"
import type { Committed } from "../ports/write.ts"
import { checkedDerive, Deriver } from "./derive.ts"
import { errorSentence } from "./failure.ts"
import { concerns, foldingOf, foldPage, planPage, typesOf, type Failed, type Folding } from "./fold.ts"
import { Follower } from "./follower.ts"
import { Insistence } from "./insist.ts"
import { RowCache } from "./row-cache.ts"
import type { StoredVersion } from "./stored-version.ts"
import type { TenantParts } from "./tenant-parts.ts"

/** Where a build stands when it starts, and whom it tells. */
export type BuildStart = {
  readonly stored: StoredVersion
  readonly reached: T
  /** Whether what follows from events of this t is still to be derived. */
  readonly derives: (t: T) => boolean
  readonly changed: () => void
}

/** The name under which a projection's dead letters are kept. */
export function projectionConsumer(name: string): string {
  return `projection:${name}`
}

/**
 * Folds the log into the rows of one build of a projection. Takes events from the follower, folds a page of what has
 * come, and hands it to the next group commit together with how far it goes. While one page is being written the next
 * is folded, so pages grow with the load by themselves.
 */
export class Build {
  readonly stored: StoredVersion
  readonly #name: string
  readonly #folding: Folding
  readonly #parts: TenantParts
  readonly #start: BuildStart
  readonly #follower: Follower
  readonly #insistence: Insistence
  readonly #deriver: Deriver
  readonly #cache = new RowCache(limits.headsCachedMax)
  #buffer: RecordedEvent[] = []
  #durable: T
  #turn: Cancel | null = null
  #later: Cancel | null = null
  #working: Promise<void> | null = null
  #writing: Promise<void> | null = null
  #halted = false
  #failures = 0
  #lastFailure: string | null = null

  constructor(projection: Projection, start: BuildStart, parts: TenantParts) {
    const { name, on, derive } = projection
    this.stored = start.stored
    this.#name = name
    this.#start = start
    this.#parts = parts
    this.#folding = foldingOf(derive === undefined ? { on } : { on, derive: checkedDerive(derive, parts.schema) })
    this.#durable = start.reached
    this.#insistence = new Insistence(projectionConsumer(name), parts)
    this.#deriver = new Deriver(name, parts)
    this.#follower = new Follower(parts, {
      who: projectionConsumer(name),
      from: start.reached,
      types: typesOf(this.#folding),
      pageEventsMax: limits.projectionPageEventsMax,
      room: () => 2 * limits.projectionPageEventsMax - this.#buffer.length,
      take: event => this.#take(event),
      moved: () => this.#moved(),
    })
    this.#follower.wake()
  }

  committed(report: Committed): void {
    this.#follower.committed(report)
  }

  rang(): void {
    this.#follower.rang()
  }

  get busy(): boolean {
    return !this.#halted && (this.#follower.busy || !this.#isAtRest)
  }

  /** What is written down. */
  get durable(): T {
    return this.#durable
  }

  /** Everything up to this t can be read in its rows. Events that do not concern it need no write to be passed. */
  get reached(): T {
    return this.#isAtRest && !this.#halted ? this.#follower.read : this.#durable
  }

  get newest(): T {
    return this.#follower.newest
  }

  /** Whether what is left is no more than what it holds in memory already. */
  get isNearTheEnd(): boolean {
    return this.#follower.isLive
  }

  /** What went wrong last: with the store just now, or with an event. */
  get error(): string | null {
    return this.#insistence.error ?? this.#lastFailure
  }

  /** Finishes the page under way, and writes down how far it has got. */
  async stop(): Promise<void> {
    const reached = this.reached
    this.#follower.stop()
    this.#insistence.stop()
    this.#turn?.()
    this.#later?.()
    await this.#working
    await this.#writing
    const isLeft = this.#buffer.length === 0 && reached > this.#durable
    if (isLeft && this.#parts.tenure.isOurs()) await this.#write(new Map(), reached)
  }

  get #isAtRest(): boolean {
    return this.#buffer.length === 0 && this.#working === null && this.#writing === null
  }

  #take(event: RecordedEvent): void {
    const { type, id } = event.stream
    const isOwn = type === projectionStream && id === this.#name
    if (!isOwn && concerns(this.#folding, event.type)) this.#buffer.push(event)
  }

  #moved(): void {
    if (this.#buffer.length > 0) this.#workSoon()
    // A long stretch that does not concern it is written down too, so that a restart does not look at it again.
    else if (this.#isAtRest && this.#follower.read - this.#durable >= limits.pageEventsMax) {
      this.#writing = this.#write(new Map(), this.#follower.read)
    } else if (this.#parts.leases.isShared) this.#tellLater()
    this.#start.changed()
  }

  // Other processes know only what is written: how far it is, then, also where nothing concerned it.
  #tellLater(): void {
    if (this.#follower.read <= this.#durable || this.#halted || this.#insistence.stopped) return
    this.#later ??= this.#parts.clock.after(limits.checkpointEveryMs, () => {
      this.#later = null
      if (!this.#isAtRest) this.#tellLater()
      else if (this.#follower.read > this.#durable) this.#writing = this.#write(new Map(), this.#follower.read)
    })
  }

  // A turn later, so that all that one commit brought is one page, and nobody who commits waits for a projection.
  #workSoon(): void {
    if (this.#working !== null || this.#insistence.stopped) return
    this.#turn ??= this.#parts.clock.soon(() => {
      this.#turn = null
      this.#working = this.#work()
    })
  }

  async #work(): Promise<void> {
    try {
      while (this.#buffer.length > 0 && !this.#insistence.stopped) await this.#page()
    } catch (error) {
      // What is in the page was not written: it is folded again after a restart, and nothing behind it before.
      this.#halt(error)
    }
    this.#working = null
    this.#start.changed()
  }

  #halt(error: unknown): void {
    this.#halted = true
    this.#follower.stop()
    if (this.#insistence.stopped) return
    this.#lastFailure = errorSentence(error)
    this.#parts.journal.error("A projection stands still", { projection: this.#name, error: this.#lastFailure })
  }

  async #page(): Promise<void> {
    const { clock, metrics } = this.#parts
    const began = clock.ticks()
    const events = this.#nextEvents()
    const rows = await this.#fold(events)
    const reached = this.#buffer.length === 0 ? this.#follower.read : this.#buffer[0]!.t - 1
    const waited = (clock.now() - Date.parse(events.at(-1)!.at)) / 1000
    metrics.time("projection_page_seconds", (clock.ticks() - began) / 1000, { projection: this.#name })
    metrics.time("projection_wait_seconds", Math.max(0, waited), { projection: this.#name })
    metrics.count("projection_events_total", { projection: this.#name }, events.length)
    this.#follower.wake()
    await this.#writing
    this.#cache.turnPage()
    this.#writing = this.#write(rows, reached)
  }

  /** As many events as make a page, and whole transactions: a checkpoint is between two of them. */
  #nextEvents(): readonly RecordedEvent[] {
    const buffer = this.#buffer
    let end = Math.min(buffer.length, limits.projectionPageEventsMax)
    while (end > 0 && buffer[end - 1]!.t === buffer[end]?.t) end--
    if (end === 0) end = buffer.findIndex(event => event.t > buffer[0]!.t)
    if (end < 0) end = buffer.length
    this.#buffer = buffer.slice(end)
    return end === buffer.length ? buffer : buffer.slice(0, end)
  }

  async #fold(events: readonly RecordedEvent[]): Promise<Map<string, Document | null>> {
    const failed: Failed[] = []
    const page = planPage(this.#folding, events, this.#parts.upcast, failed)
    const missing = new Set<string>()
    for (const { steps } of page) for (const { key } of steps) if (!this.#cache.has(key)) missing.add(key)
    if (missing.size > 0) await this.#load([...missing])
    const { rows, derived } = foldPage(this.#folding, page, this.#cache, failed)
    if (failed.length > 0) await this.#recordFailures(failed)
    const wanted = derived.filter(({ event }) => this.#start.derives(event.t))
    if (wanted.length > 0) await this.#insistence.on("derive events", () => this.#deriver.record(wanted))
    return rows
  }

  async #load(keys: readonly string[]): Promise<void> {
    const { projections } = this.#parts.store
    const rows = await this.#insistence.on("read rows", async () => projections.rows(this.#name, this.stored, keys))
    for (const key of keys) this.#cache.set(key, rows.get(key) ?? null)
  }

  async #write(rows: Map<string, Document | null>, reached: T): Promise<void> {
    const write = { kind: "projection", name: this.#name, version: this.stored, rows, reached } as const
    try {
      await this.#insistence.on("write a page", async () => {
        const outcome = await this.#parts.write(write)
        assert(outcome.kind === "done", `a page of ${this.#name} came out as ${outcome.kind}`)
      })
      this.#durable = reached
    } catch (error) {
      this.#halt(error)
    }
    this.#writing = null
    this.#parts.metrics.gauge("projection_lag_transactions", this.newest - this.reached, { projection: this.#name })
    this.#start.changed()
  }

  /** An event that cannot be taken harms nothing but itself. So many of them are kept, more are only counted. */
  async #recordFailures(failed: readonly Failed[]): Promise<void> {
    const consumer = projectionConsumer(this.#name)
    const at = instant(this.#parts.clock.now())
    const kept = failed.slice(0, Math.max(0, limits.pageEventsMax - this.#failures))
    this.#failures += failed.length
    this.#parts.metrics.count("projection_failures_total", { projection: this.#name }, failed.length)
    const parked = kept.map(({ event: { t, n, stream }, error: thrown }) => {
      const error = errorSentence(thrown)
      this.#lastFailure = `The event ${t}:${n} was left out: ${error}`
      this.#parts.journal.error("A projection left out an event that it could not take", { consumer, t, n, error })
      return { consumer, t, n, entity: stream.id, state: "dead", attempts: [{ at, error }], due: null } as const
    })
    if (parked.length === 0) return
    await this.#insistence.on("record failures", () =>
      this.#parts.write({ kind: "deliveries", consumer, reached: null, parked, done: [] }),
    )
  }
}
