import type { Clock } from "../../kernel/clock.ts"
import { limits } from "../../kernel/limits.ts"
import { Refusal } from "../../kernel/refusal.ts"
import { need, type Steps } from "../../kernel/steps.ts"

/** Keeps one query within its time and its size, and lets others have their turn while it is long. */
export class Pace {
  readonly #clock: Clock
  readonly #until: number
  readonly #ms: number
  readonly #tuplesMax: number
  readonly #isGone: () => boolean
  #turn: number
  #tuples = 0

  constructor(clock: Clock, ms: number, isGone: () => boolean, tuplesMax: number = limits.datalogTuplesMax) {
    this.#clock = clock
    this.#isGone = isGone
    this.#ms = ms
    this.#turn = clock.ticks()
    this.#until = this.#turn + ms
    this.#tuplesMax = tuplesMax
  }

  /** How many milliseconds are left. */
  get left(): number {
    return Math.max(0, this.#until - this.#clock.ticks())
  }

  /** How many more tuples it may come by. */
  get room(): number {
    return this.#tuplesMax - this.#tuples
  }

  /** Counts tuples that it came by. */
  spend(tuples: number): void {
    this.#tuples += tuples
    if (this.#tuples <= this.#tuplesMax) return
    const sentence = `The query comes by more than ${this.#tuplesMax} tuples: ask for less at once`
    throw new Refusal("too-large", sentence, { tuplesMax: this.#tuplesMax })
  }

  /** Refuses when time is over, and lets others go first when it was this query's turn for long. */
  *look(): Steps<void> {
    const now = this.#clock.ticks()
    if (this.#isGone()) throw new Refusal("timeout", "Whoever asked is gone, or has no time left")
    if (now > this.#until) {
      throw new Refusal("timeout", `The query took longer than ${this.#ms} ms`, { timeoutMs: this.#ms })
    }
    if (now - this.#turn < limits.turnMs) return
    yield* need(
      new Promise<void>(resolve => {
        this.#clock.soon(resolve)
      }),
    )
    this.#turn = this.#clock.ticks()
  }
}
