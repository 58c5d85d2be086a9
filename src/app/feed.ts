import type { Clock } from "../kernel/clock.ts"
import { limits } from "../kernel/limits.ts"
import type { T } from "../kernel/message.ts"
import type { LoggedEvent, LogPage } from "../ports/log.ts"
import type { Committed } from "../ports/write.ts"

type Read = (after: T, limit: number, types?: readonly string[]) => Promise<LogPage>

/**
 * The log as it grows, for any number of readers, each at its own pace. A reader is always in one of these modes:
 *
 * catching up   It reads pages. A page that is the end leads to live.
 * live          It is handed what is committed. When its buffer is full, because it reads slower than others write, the
 *               buffer is dropped and it catches up again: memory stays bounded, and nothing is skipped.
 */
export class Feed {
  readonly #read: Read
  readonly #clock: Clock
  readonly #readers = new Set<Reader>()

  constructor(read: Read, clock: Clock) {
    this.#read = read
    this.#clock = clock
  }

  /** Tells the readers what was committed. */
  committed(report: Committed): void {
    for (const reader of this.#readers) reader.offer(report)
  }

  /** Tells the readers that another process has committed something. */
  rang(): void {
    for (const reader of this.#readers) reader.mustRead()
  }

  get countReaders(): number {
    return this.#readers.size
  }

  /** All events after `after` in order, then the new ones, until the signal says stop. */
  async *follow(after: T, types: readonly string[] | undefined, signal: AbortSignal): AsyncGenerator<readonly LoggedEvent[]> {
    const reader = new Reader(after, types)
    this.#readers.add(reader)
    const stop = () => reader.wake()
    signal.addEventListener("abort", stop)
    try {
      while (!signal.aborted) {
        const events = await this.#next(reader)
        if (events.length > 0) yield events
        else if (reader.isEmpty && !signal.aborted) await reader.something()
      }
    } finally {
      signal.removeEventListener("abort", stop)
      this.#readers.delete(reader)
    }
  }

  async #next(reader: Reader): Promise<readonly LoggedEvent[]> {
    if (reader.mode === "live") return reader.take()
    const page = await this.#read(reader.reached, limits.pageEventsMax, reader.types)
    reader.reached = page.reached
    if (page.isEnd) reader.live()
    // Pages that hold nothing for this reader are read on without a pause; others have their turn in between.
    else if (page.events.length === 0) await new Promise<void>(resolve => void this.#clock.soon(resolve))
    return page.events
  }
}

class Reader {
  reached: T
  readonly types: readonly string[] | undefined
  mode: "catching up" | "live" = "catching up"
  #buffer: LoggedEvent[] = []
  #newest = 0
  #wake: (() => void) | null = null

  constructor(after: T, types: readonly string[] | undefined) {
    this.reached = after
    this.types = types
  }

  get isEmpty(): boolean {
    return this.mode === "live" && this.#buffer.length === 0
  }

  // What was committed while the last page was on its way may not be in it.
  live(): void {
    this.mode = this.#newest > this.reached ? "catching up" : "live"
  }

  offer({ t, events, kinds }: Committed): void {
    this.#newest = t
    if (this.mode !== "live" || t <= this.reached) return
    if (this.#buffer.length + events.length > limits.feedBufferEventsMax) return this.mustRead()
    events.forEach((event, i) => {
      if (this.types === undefined || this.types.includes(event.type)) this.#buffer.push({ event, kind: kinds[i] ?? null })
    })
    if (this.#buffer.length === 0) this.reached = t
    else this.wake()
  }

  mustRead(): void {
    this.mode = "catching up"
    this.#buffer = []
    this.wake()
  }

  take(): readonly LoggedEvent[] {
    const taken = this.#buffer
    this.#buffer = []
    this.reached = taken.at(-1)?.event.t ?? this.reached
    return taken
  }

  wake(): void {
    this.#wake?.()
    this.#wake = null
  }

  something(): Promise<void> {
    return new Promise(resolve => (this.#wake = resolve))
  }
}
