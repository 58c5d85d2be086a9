import { waitMs } from "../kernel/backoff.ts"
import type { Cancel } from "../kernel/clock.ts"
import type { ChangeKind } from "../kernel/entity.ts"
import type { RecordedEvent, T } from "../kernel/message.ts"
import type { Committed, EntityChange } from "../ports/write.ts"
import type { ProcessorParts } from "./parts.ts"

/** Who follows the log. */
export type Following = {
  readonly who: string
  /** The t that was handed on last; the first event handed on is one behind it. */
  readonly from: T
  /** The event types to read pages of; undefined: all. More may be handed on. */
  readonly types: readonly string[] | undefined
  readonly pageEventsMax: number
  /** How many more events may be handed on now. */
  readonly room: () => number
  /** One event, in order. `changes`: what its transaction changed, where that is at hand. */
  readonly take: (event: RecordedEvent, kind: ChangeKind | null, changes: readonly EntityChange[] | null) => void
  /** Something was handed on, or looked at and passed over. */
  readonly moved: () => void
}

/**
 * Follows the log and hands on its events, each once, in order of (t, n). Always in one of these modes:
 *
 * live       Everything there is has been handed on. The next transaction is handed on as it is reported, without a
 *            read. A report of a later one, or one that there is no room for, leads to behind.
 * behind     There is more than was handed on. As soon as there is room: reading.
 * reading    A page is being read. At the end of the log, with nothing reported meanwhile: live; else behind. If the
 *            read fails: resting.
 * resting    Waits, longer each time, to read again.
 * stopped    The end.
 */
export class Follower {
  readonly #parts: Pick<ProcessorParts, "store" | "clock" | "ids" | "journal">
  readonly #following: Following
  #mode: "live" | "behind" | "reading" | "resting" | "stopped" = "behind"
  #read: T
  #newest: T
  #rung = false
  #failures = 0
  #cancel: Cancel | null = null

  constructor(parts: Pick<ProcessorParts, "store" | "clock" | "ids" | "journal">, following: Following) {
    this.#parts = parts
    this.#following = following
    this.#read = following.from
    this.#newest = following.from
  }

  /** Everything up to this t has been handed on. */
  get read(): T {
    return this.#read
  }

  /** The newest t that it has heard of. */
  get newest(): T {
    return this.#newest
  }

  get isLive(): boolean {
    return this.#mode === "live"
  }

  get busy(): boolean {
    const mode = this.#mode
    return mode === "reading" || mode === "resting" || (mode === "behind" && this.#following.room() > 0)
  }

  /** This process committed a transaction. */
  committed(report: Committed): void {
    if (report.t > this.#newest) this.#newest = report.t
    if (this.#mode !== "live" || report.t <= this.#read) return
    if (report.t !== this.#read + 1 || this.#following.room() <= 0) return this.#fallBehind()
    const { events, kinds, changes } = report
    for (let n = 0; n < events.length; n++) this.#following.take(events[n]!, kinds[n] ?? null, changes)
    this.#read = report.t
    this.#following.moved()
  }

  /** Another process may have committed something. */
  rang(): void {
    this.#rung = true
    if (this.#mode === "live") this.#fallBehind()
  }

  /** There may be room again. Also what makes it begin. */
  wake(): void {
    if (this.#mode !== "behind" || this.#cancel !== null || this.#following.room() <= 0) return
    this.#cancel = this.#parts.clock.soon(() => void this.#readPage())
  }

  stop(): void {
    this.#mode = "stopped"
    this.#cancel?.()
    this.#cancel = null
  }

  #fallBehind(): void {
    this.#mode = "behind"
    this.wake()
  }

  async #readPage(): Promise<void> {
    this.#cancel = null
    const { pageEventsMax, types, room, take, moved } = this.#following
    this.#mode = "reading"
    this.#rung = false
    try {
      const limit = Math.max(1, Math.min(pageEventsMax, room()))
      const page = await this.#parts.store.log.read(this.#read, limit, types)
      if (this.#isStopped()) return
      for (const { event, kind } of page.events) take(event, kind, null)
      this.#read = page.reached
      this.#newest = Math.max(this.#newest, page.reached)
      this.#failures = 0
      this.#mode = page.isEnd && this.#newest === this.#read && !this.#rung ? "live" : "behind"
    } catch (error) {
      if (this.#isStopped()) return
      this.#rest(error)
    }
    moved()
    this.wake()
  }

  #rest(error: unknown): void {
    const ms = waitMs(++this.#failures, this.#parts.ids.random())
    this.#parts.journal.warn("The log could not be read and is read again", { who: this.#following.who, ms, error })
    this.#mode = "resting"
    this.#cancel = this.#parts.clock.after(ms, () => {
      this.#cancel = null
      this.#fallBehind()
    })
  }

  // A method, because what the compiler knows of the mode is out of date after an await.
  #isStopped(): boolean {
    return this.#mode === "stopped"
  }
}
