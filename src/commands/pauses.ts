import type { Cancel, Clock } from "../kernel/clock.ts"
import type { Job } from "./job.ts"

/** Jobs that wait before they go on. */
export class Pauses {
  readonly #clock: Pick<Clock, "after">
  readonly #pauses = new Map<Job, Cancel>()
  #isClosed = false

  constructor(clock: Pick<Clock, "after">) {
    this.#clock = clock
  }

  get count(): number {
    return this.#pauses.size
  }

  jobs(): readonly Job[] {
    return [...this.#pauses.keys()]
  }

  /** After so many milliseconds it goes on. */
  begin(job: Job, ms: number, goOn: () => void): void {
    const over = () => {
      this.#pauses.delete(job)
      goOn()
    }
    this.#pauses.set(job, this.#isClosed ? () => {} : this.#clock.after(ms, over))
  }

  /** It does not wait any more. False: it did not wait. */
  end(job: Job): boolean {
    this.#pauses.get(job)?.()
    return this.#pauses.delete(job)
  }

  /** None of them goes on by itself any more, nor do those that begin to wait from now on. */
  close(): void {
    this.#isClosed = true
    for (const cancel of this.#pauses.values()) cancel()
  }
}
