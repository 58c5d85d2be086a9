import { breathing, type Breath } from "../kernel/breath.ts"
import type { Clock } from "../kernel/clock.ts"
import { limits } from "../kernel/limits.ts"
import { Refusal } from "../kernel/refusal.ts"

/** Says whether whoever asked is gone: an AbortSignal does. */
export type Leaving = { readonly aborted: boolean }

/** How far one query may go, and how far it has gone. */
export class Budget {
  readonly #clock: Clock
  readonly #end: number
  readonly #signal: Leaving | undefined
  readonly #ms: number
  /** Lets others have their turn. */
  readonly breathe: Breath
  #nodes = 0

  /** `from`: when its time began, by the clock's ticks. */
  constructor(clock: Clock, ms: number, signal?: Leaving, from = clock.ticks()) {
    this.#clock = clock
    this.breathe = breathing(clock)
    this.#ms = ms
    this.#end = from + ms
    this.#signal = signal
  }

  get leftMs(): number {
    return Math.max(0, this.#end - this.#clock.ticks())
  }

  get isOver(): boolean {
    return this.leftMs === 0 || this.#signal?.aborted === true
  }

  /** What some work comes to; refuses when that takes longer than there is time. */
  within<Result>(work: Promise<Result>): Promise<Result> {
    const { promise, reject } = Promise.withResolvers<never>()
    const cancel = this.#clock.after(this.leftMs, () => reject(this.#late()))
    return Promise.race([work, promise]).finally(cancel)
  }

  /** Refuses to go on when its time has passed, or nobody waits for it any more. */
  check(): void {
    if (this.#signal?.aborted === true) throw new Refusal("timeout", "Whoever asked is gone")
    if (this.leftMs === 0) throw this.#late()
  }

  #late(): Refusal {
    return new Refusal("timeout", `The query was not done within ${this.#ms} ms`, { timeoutMs: this.#ms })
  }

  /** Counts entities and values that are come by. */
  count(nodes: number): void {
    this.#nodes += nodes
    if (this.#nodes <= limits.pullNodesMax) return
    const most = limits.pullNodesMax
    throw new Refusal("too-large", `The query comes by more than ${most} entities: ask for less at a time`, { most })
  }
}
