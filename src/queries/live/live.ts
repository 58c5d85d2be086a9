import type { Clock } from "../../kernel/clock.ts"
import type { Maybe } from "../../kernel/handler.ts"
import { limits } from "../../kernel/limits.ts"
import type { T } from "../../kernel/message.ts"
import { Refusal } from "../../kernel/refusal.ts"
import type { FactStore } from "../../ports/facts.ts"
import type { Journal } from "../../ports/journal.ts"
import type { LogStore } from "../../ports/log.ts"
import type { Metrics } from "../../ports/metrics.ts"
import type { Committed } from "../../ports/write.ts"
import type { CompiledSchema } from "../../schema/compile.ts"
import { changedBetween } from "./changed.ts"
import { differences, type Difference, type KeyedRow } from "./differences.ts"
import { Interest, type Changed, type Subject } from "./interest.ts"

/** An answer as it is watched: its rows by their keys, and what changes can change it. */
export type Watched = { readonly rows: readonly KeyedRow[]; readonly subjects: readonly Subject[] }

/** What somebody who watches is told: at first the whole answer, then what differs, and that there is no answer now. */
export type LiveUpdate =
  | { readonly kind: "answer"; readonly t: T; readonly rows: readonly KeyedRow[] }
  | { readonly kind: "changes"; readonly from: T; readonly to: T; readonly changes: readonly Difference[] }
  | { readonly kind: "refused"; readonly t: T; readonly refusal: Refusal }

/** One live query: who asks, how it is answered at a t, and who is told. */
export type Watching = {
  readonly principal: string
  /** Whether rules say what they may see: else it is everything. */
  readonly isJudged: boolean
  readonly answer: (t: T) => Promise<Watched>
  readonly tell: (update: LiveUpdate) => void
}

type Parts = {
  readonly facts: FactStore
  readonly log: LogStore
  readonly basis: () => Maybe<T>
  readonly schema: CompiledSchema
  /** Whether a change, of which another process knows more, may be one of rights. */
  readonly isAboutRights: (changed: Changed) => boolean
  readonly clock: Clock
  readonly journal: Journal
  readonly metrics: Metrics
}

/** `t` is null until it was answered for the first time. */
type Watch = Watching & { t: T | null; rows: readonly KeyedRow[] }

// What may be over by the next look, though nothing that was asked about has changed.
const passing: ReadonlySet<string> = new Set(["unavailable", "overloaded", "timeout"])

/**
 * Live queries: each is answered again only by transactions that can change its answer, for all of them together once
 * per turn. Always in one of these modes: at rest; looking at what was committed; and looking, with more to look at.
 */
export class Live {
  readonly #parts: Parts
  readonly #interest = new Interest<Watch>()
  readonly #watches = new Set<Watch>()
  readonly #byPrincipal = new Map<string, Set<Watch>>()
  readonly #stale = new Set<Watch>()
  #mode: "rest" | "looking" | "more" = "rest"
  /** What was changed since the last look; null: more than was told, or than is worth remembering. */
  #pending: Set<string> | null = new Set()
  #isForeign = false
  #beginning: Promise<void> | null = null
  #heard: T = 0
  #looked: T = 0
  #isClosed = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Answers a query, and goes on telling what changes in its answer until the returned function is called. */
  async watch(watching: Watching): Promise<() => void> {
    if (this.#watches.size >= limits.liveQueriesMax) {
      throw new Refusal("overloaded", `There are ${limits.liveQueriesMax} live queries already: come back later`)
    }
    if (this.#watches.size === 0) await (this.#beginning ??= this.#begin())
    const watch: Watch = { ...watching, t: null, rows: [] }
    // From before it is asked: what is committed meanwhile finds it.
    this.#watches.add(watch)
    const theirs = this.#byPrincipal.get(watch.principal) ?? new Set()
    this.#byPrincipal.set(watch.principal, theirs.add(watch))
    this.#tellSize()
    try {
      await this.#first(watch)
    } catch (error) {
      this.#leave(watch)
      throw error
    }
    return () => this.#leave(watch)
  }

  /** This process committed a transaction. */
  committed({ t, changes }: Committed): void {
    if (this.#watches.size === 0) return
    if (t !== this.#heard + 1) this.#pending = null
    this.#heard = Math.max(this.#heard, t)
    for (const { id } of changes) {
      this.#pending?.add(id)
      // What stands for somebody comes or goes, or is another: so are their rights.
      for (const watch of this.#byPrincipal.get(id) ?? []) this.#stale.add(watch)
    }
    if ((this.#pending?.size ?? 0) > limits.liveChangesMax) this.#pending = null
    this.#wake()
  }

  /** Another process may have committed something, about rights as well. */
  rang(): void {
    if (this.#watches.size === 0) return
    this.#pending = null
    this.#isForeign = true
    this.#wake()
  }

  /** What anybody may see whose rights come of rules may be different now. */
  rightsChanged(): void {
    for (const watch of this.#judged()) this.#stale.add(watch)
    if (this.#stale.size > 0) this.#wake()
  }

  close(): void {
    this.#isClosed = true
    for (const watch of this.#watches) this.#leave(watch)
  }

  #judged(): readonly Watch[] {
    return [...this.#watches].filter(watch => watch.isJudged)
  }

  #leave(watch: Watch): void {
    this.#watches.delete(watch)
    const theirs = this.#byPrincipal.get(watch.principal)
    theirs?.delete(watch)
    if (theirs?.size === 0) this.#byPrincipal.delete(watch.principal)
    this.#stale.delete(watch)
    this.#interest.delete(watch)
    this.#tellSize()
  }

  #tellSize(): void {
    this.#parts.metrics.gauge("live_queries", this.#watches.size)
  }

  async #begin(): Promise<void> {
    try {
      this.#looked = await this.#parts.basis()
      this.#heard = this.#looked
      this.#pending = new Set()
    } finally {
      this.#beginning = null
    }
  }

  async #first(watch: Watch): Promise<void> {
    const t = await this.#parts.basis()
    const { rows, subjects } = await watch.answer(t)
    this.#interest.set(watch, subjects)
    watch.t = t
    watch.rows = rows
    watch.tell({ kind: "answer", t, rows })
    // What was looked at while it was being answered did not know what it is interested in.
    if (this.#looked > t || this.#mode !== "rest") this.#stale.add(watch)
    if (this.#stale.has(watch)) this.#wake()
  }

  #wake(): void {
    if (this.#isClosed) return
    if (this.#mode !== "rest") {
      this.#mode = "more"
      return
    }
    this.#mode = "looking"
    this.#parts.clock.soon(() => void this.#look())
  }

  async #look(): Promise<void> {
    try {
      await this.#turn()
    } catch (error) {
      // The store may be away: with the next look all are asked again, whatever it was that could not be looked at.
      this.#pending = null
      for (const watch of this.#watches) this.#stale.add(watch)
      this.#parts.journal.warn("Live queries could not be answered", { error })
    }
    const isMore = this.#mode === "more"
    this.#mode = "rest"
    if (isMore) this.#wake()
  }

  async #turn(): Promise<void> {
    const from = this.#looked
    // What was told is taken before it is asked how far the log has got: what is told meanwhile is for the next look.
    const pending = this.#pending
    this.#pending = new Set()
    const due = new Set(this.#stale)
    this.#stale.clear()
    const t = await this.#parts.basis()
    // Of what lies beyond all that was told, others know more.
    const isTold = pending !== null && t <= this.#heard
    const isForeign = this.#isForeign || t > this.#heard
    this.#isForeign = false
    this.#heard = Math.max(this.#heard, t)
    const ids = isTold ? pending : await this.#changedSince(from)
    if (ids === null) for (const watch of this.#watches) due.add(watch)
    else {
      for (const changed of await changedBetween(this.#parts, [...ids], from, t)) {
        for (const watch of this.#interest.in(changed)) due.add(watch)
        if (isForeign && this.#parts.isAboutRights(changed)) this.#judged().forEach(watch => due.add(watch))
      }
    }
    this.#looked = t
    for (const watch of due) if (this.#watches.has(watch)) await this.#again(watch, t)
  }

  /** Whatever the log says was changed after a t; null: too much to look at one by one. */
  async #changedSince(after: T): Promise<ReadonlySet<string> | null> {
    const ids = new Set<string>()
    for (let at = after, isEnd = false; !isEnd;) {
      const page = await this.#parts.log.read(at, limits.pageEventsMax)
      for (const { event } of page.events) ids.add(event.stream.id)
      if (ids.size > limits.liveChangesMax) return null
      at = page.reached
      isEnd = page.isEnd
    }
    return ids
  }

  async #again(watch: Watch, t: T): Promise<void> {
    const from = watch.t
    // Its first answer is under way, and may be of before: its turn comes after that.
    if (from === null) return void this.#stale.add(watch)
    const { metrics } = this.#parts
    try {
      const { rows, subjects } = await watch.answer(t)
      if (!this.#watches.has(watch)) return
      this.#interest.set(watch, subjects)
      const changes = differences(watch.rows, rows)
      watch.rows = rows
      watch.t = t
      metrics.count("live_answers_total", { outcome: changes.length === 0 ? "same" : "changed" })
      if (changes.length > 0) watch.tell({ kind: "changes", from, to: t, changes })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      metrics.count("live_answers_total", { outcome: "refused" })
      // It may be answered again one day, by the next look or by a change: what it holds is nothing, from here on.
      if (passing.has(error.code)) this.#stale.add(watch)
      watch.rows = []
      watch.tell({ kind: "refused", t, refusal: error })
    }
  }
}
