import { waitMs } from "../kernel/backoff.ts"
import { Refusal } from "../kernel/refusal.ts"
import { errorSentence } from "./failure.ts"
import type { ProcessorParts } from "./parts.ts"

/** Does what has to be done until it succeeds, waiting longer each time, or until it is told to stop. */
export class Insistence {
  readonly #who: string
  readonly #parts: Pick<ProcessorParts, "clock" | "ids" | "journal">
  readonly #interrupts = new Set<() => void>()
  #stopped = false
  #error: string | null = null

  constructor(who: string, parts: Pick<ProcessorParts, "clock" | "ids" | "journal">) {
    this.#who = who
    this.#parts = parts
  }

  /** What failed last and has not succeeded since. */
  get error(): string | null {
    return this.#error
  }

  get stopped(): boolean {
    return this.#stopped
  }

  /** Resolves with what the work comes to. Throws `unavailable` when it failed and is not tried again, after stop. */
  async on<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        const result = await work()
        this.#error = null
        return result
      } catch (error) {
        this.#error = errorSentence(error)
        if (!this.#stopped) await this.#pause(what, attempt)
        if (this.#stopped) throw new Refusal("unavailable", `${this.#who} stopped before this was done: ${what}`)
      }
    }
  }

  /** Interrupts all waits. */
  stop(): void {
    this.#stopped = true
    for (const interrupt of this.#interrupts) interrupt()
  }

  #pause(what: string, attempt: number): Promise<void> {
    const { clock, ids, journal } = this.#parts
    const ms = waitMs(attempt, ids.random())
    journal.warn("Something could not be done and is tried again", { who: this.#who, what, ms, error: this.#error })
    return new Promise(resolve => {
      const goOn = () => {
        cancel()
        this.#interrupts.delete(goOn)
        resolve()
      }
      const cancel = clock.after(ms, goOn)
      this.#interrupts.add(goOn)
    })
  }
}
