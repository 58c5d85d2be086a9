import type { Clock } from "../kernel/clock.ts"
import { limits } from "../kernel/limits.ts"
import type { T } from "../kernel/message.ts"
import type { LoggedEvent, LogPage } from "../ports/log.ts"
import type { Committed } from "../ports/write.ts"

type Read = (after: T, limit: number, types?: readonly string[]) => Promise<LogPage>

/**
 * The log as it grows, for any number of readers, each at its own pace. A reader is always in one of these modes:
 *
 * catching up   It reads pages. A page that is the end, with nothing heard of meanwhile, leads to live.
 * live          It is handed what is committed. A transaction that does not follow on the last one, another process's
 *               bell, or a full buffer, because it reads slower than others write, leads back to catching up: the buffer
 *               is dropped, memory stays bounded, and nothing is skipped.
 */
export class Feed {
  readonly #read: Read
  readonly #clock: Clock
  readonly #readers = new Set<Reader>()
  #isClosed = false

  constructor(read: Read, clock: Clock) {
    this.#read = read
    this.#clock = clock
  }

  /** Tells the readers what was committed. */
  committed(report: Committed): void {
    if (this.#readers.size === 0) return
    const chars = charsOf(report)
    for (const reader of this.#readers) reader.offer(report, chars)
  }

  /** Tells the readers that another process has committed something. */
  rang(): void {
    for (const reader of this.#readers) reader.mustRead()
  }

  get countReaders(): number {
    return this.#readers.size
  }

  /** Ends all readers: nothing more will come. */
  close(): void {
    this.#isClosed = true
    for (const reader of this.#readers) reader.wake()
  }

  /** All events after `after` in order, then the new ones, until the signal says stop. */
  async *follow(
    after: T,
    types: readonly string[] | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<readonly LoggedEvent[]> {
    const reader = new Reader(after, types)
    this.#readers.add(reader)
    const stop = () => reader.wake()
    signal.addEventListener("abort", stop)
    const isOver = () => signal.aborted || this.#isClosed
    try {
      while (!isOver()) {
        const events = await this.#next(reader)
        if (isOver()) return
        if (events.length > 0) yield events
        else if (reader.isEmpty) await reader.something()
      }
    } finally {
      signal.removeEventListener("abort", stop)
      this.#readers.delete(reader)
    }
  }

  async #next(reader: Reader): Promise<readonly LoggedEvent[]> {
    if (reader.mode === "live") return reader.take()
    const heard = reader.heard
    const page = await this.#read(reader.reached, limits.pageEventsMax, reader.types)
    reader.reached = page.reached
    if (page.isEnd && reader.heard === heard) reader.mode = "live"
    // Pages that hold nothing for this reader are read on without a pause; others have their turn in between.
    else if (page.events.length === 0) await this.#turn()
    return page.events
  }

  #turn(): Promise<void> {
    return new Promise(resolve => {
      this.#clock.soon(resolve)
    })
  }
}

/** How large the data of a transaction is: of all its events, whoever wants which of them. */
function charsOf({ events }: Committed): number {
  return events.reduce((sum, { data }) => sum + JSON.stringify(data).length, 0)
}

class Reader {
  reached: T
  readonly types: readonly string[] | undefined
  mode: "catching up" | "live" = "catching up"
  /** How often it heard, while it was catching up, that there is more. */
  heard = 0
  #buffer: LoggedEvent[] = []
  #chars = 0
  // The newest t that is in the buffer or was passed over.
  #offered = 0
  #wake: (() => void) | null = null

  constructor(after: T, types: readonly string[] | undefined) {
    this.reached = after
    this.types = types
  }

  get isEmpty(): boolean {
    return this.mode === "live" && this.#buffer.length === 0
  }

  offer({ t, events, kinds }: Committed, chars: number): void {
    const newest = Math.max(this.reached, this.#offered)
    if (this.mode === "catching up") this.heard++
    if (this.mode === "catching up" || t <= newest) return
    const heard = events.flatMap((event, i) =>
      this.types?.includes(event.type) === false ? [] : [{ event, kind: kinds[i] ?? null }],
    )
    if (t > newest + 1 || this.#isFull(heard.length, chars)) return this.mustRead()
    this.#offered = t
    if (heard.length > 0) this.#chars += chars
    this.#buffer.push(...heard)
    if (this.#buffer.length === 0) this.reached = t
    else this.wake()
  }

  // One that waits takes a transaction of any size: it is in memory anyway.
  #isFull(events: number, chars: number): boolean {
    if (events === 0 || this.#buffer.length === 0) return false
    return this.#buffer.length + events > limits.feedBufferEventsMax || this.#chars + chars > limits.feedBufferCharsMax
  }

  mustRead(): void {
    this.heard++
    this.mode = "catching up"
    this.#buffer = []
    this.#chars = 0
    this.#offered = 0
    this.wake()
  }

  take(): readonly LoggedEvent[] {
    const taken = this.#buffer
    this.#buffer = []
    this.#chars = 0
    this.reached = Math.max(this.reached, this.#offered)
    return taken
  }

  wake(): void {
    this.#wake?.()
    this.#wake = null
  }

  something(): Promise<void> {
    return new Promise(resolve => {
      this.#wake = resolve
    })
  }
}
