import { waitMs } from "../kernel/backoff.ts"
import type { Cancel } from "../kernel/clock.ts"
import { limits } from "../kernel/limits.ts"
import type { T } from "../kernel/message.ts"
import { assert } from "../kernel/refusal.ts"
import type { ParkedDelivery } from "../ports/write.ts"
import { placeOf } from "./delivery.ts"
import type { ProcessorParts } from "./parts.ts"

type Place = { readonly t: T; readonly n: number }

/**
 * Writes down how far a consumer has got: the rows of deliveries that go their own way at once, the checkpoint at most
 * every `limits.checkpointEveryMs`. One write is under way at a time; what comes meanwhile goes with the next. The
 * checkpoint is computed when a write begins, with the rows that go with it: it never passes what is not accounted for.
 */
export class Ledger {
  readonly #consumer: string
  readonly #parts: Pick<ProcessorParts, "write" | "clock" | "ids" | "journal">
  readonly #reached: () => T
  readonly #wrote: () => void
  #parked = new Map<string, ParkedDelivery>()
  #done = new Map<string, Place>()
  #written: T
  #writing: Promise<void> | null = null
  #soon: Cancel | null = null
  #later: Cancel | null = null
  #failures = 0
  #stopped = false

  /** `reached` tells how far everything is accounted for, `written` what the store knows of that; `wrote` is called after each write. */
  constructor(
    consumer: string,
    parts: Pick<ProcessorParts, "write" | "clock" | "ids" | "journal">,
    progress: { reached: () => T; written: T; wrote: () => void },
  ) {
    this.#consumer = consumer
    this.#parts = parts
    this.#reached = progress.reached
    this.#written = progress.written
    this.#wrote = progress.wrote
  }

  /** Whether rows wait to be durable. A checkpoint alone is no work: it may come late, or never. */
  get busy(): boolean {
    return this.#writing !== null || this.#hasRows
  }

  /** The checkpoint that is durable. */
  get written(): T {
    return this.#written
  }

  get #hasRows(): boolean {
    return this.#parked.size > 0 || this.#done.size > 0
  }

  /** A delivery has this row from now on. */
  park(row: ParkedDelivery): void {
    const place = placeOf(row)
    this.#done.delete(place)
    this.#parked.set(place, row)
    this.#flushSoon()
  }

  /** A delivery that had a row has none any more. */
  remove({ t, n }: Place): void {
    const place = placeOf({ t, n })
    this.#parked.delete(place)
    this.#done.set(place, { t, n })
    this.#flushSoon()
  }

  /** The checkpoint may move. */
  progressed(): void {
    if (this.#later !== null || this.#stopped) return
    this.#later = this.#parts.clock.after(limits.checkpointEveryMs, () => {
      this.#later = null
      void this.flush()
    })
  }

  /** Writes all there is. Resolves when it is durable, or when it could not be written and will be tried again. */
  async flush(): Promise<void> {
    while (this.#writing !== null) await this.#writing
    const reached = this.#reached()
    if (!this.#hasRows && reached <= this.#written) return
    this.#writing = this.#write(reached)
    await this.#writing
  }

  /** Writes once more, and then nothing. */
  async stop(): Promise<void> {
    await this.giveUp()
    await this.flush()
  }

  /** Writes nothing more. */
  async giveUp(): Promise<void> {
    this.#stopped = true
    this.#soon?.()
    this.#later?.()
    await this.#writing
  }

  #flushSoon(): void {
    if (this.#soon !== null || this.#stopped) return
    this.#soon = this.#parts.clock.soon(() => {
      this.#soon = null
      void this.flush()
    })
  }

  async #write(reached: T): Promise<void> {
    const [parked, done] = [this.#parked, this.#done]
    this.#parked = new Map()
    this.#done = new Map()
    const moves = reached > this.#written ? reached : null
    const write = { kind: "deliveries", consumer: this.#consumer, reached: moves } as const
    try {
      const outcome = await this.#parts.write({ ...write, parked: [...parked.values()], done: [...done.values()] })
      assert(outcome.kind === "done", `how far ${this.#consumer} has got came out as ${outcome.kind}`)
      this.#written = Math.max(this.#written, reached)
      this.#failures = 0
    } catch (error) {
      this.#failed(parked, done, error)
    }
    this.#writing = null
    this.#wrote()
  }

  // What was put down meanwhile is newer than what could not be written.
  #failed(parked: Map<string, ParkedDelivery>, done: Map<string, Place>, error: unknown): void {
    for (const [place, row] of parked)
      if (!this.#done.has(place) && !this.#parked.has(place)) this.#parked.set(place, row)
    for (const [place, at] of done) if (!this.#parked.has(place)) this.#done.set(place, at)
    if (this.#stopped) return
    const ms = waitMs(++this.#failures, this.#parts.ids.random())
    this.#parts.journal.warn("A checkpoint could not be written and is written again", {
      consumer: this.#consumer,
      ms,
      error,
    })
    this.#soon?.()
    this.#soon = this.#parts.clock.after(ms, () => {
      this.#soon = null
      void this.flush()
    })
  }
}
