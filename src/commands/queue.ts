import { limits } from "../kernel/limits.ts"
import type { Flight, Part } from "./flight.ts"
import { nextBatch, type Job } from "./job.ts"

/**
 * Fewer jobs than these are not decided while a commit is under way: one commit for all costs less than it saves. Measured on a
 * server beside the process: with 4 and 16 instead of 8, 16 callers come to a tenth less, and 256 to as much.
 */
const aheadMin = 8

/** The same where only one commit is under way: what is decided then waits until that is there. */
const aheadMinAlone = 256

/** The jobs that wait to be decided, in order. */
export class Queue {
  #jobs: Job[] = []
  #aheadMin = aheadMinAlone
  // Called when there are many, or when there is no need to wait for that any more.
  #stirred: (() => void) | null = null

  get isEmpty(): boolean {
    return this.#jobs.length === 0
  }

  get hasMany(): boolean {
    return this.#jobs.length >= this.#aheadMin
  }

  /** A batch begins, of which so many commits are under way at once. */
  begin(flightsMax: number): void {
    this.#aheadMin = flightsMax > 1 ? aheadMin : aheadMinAlone
  }

  add(job: Job): void {
    this.#jobs.push(job)
    if (this.#stirred !== null && this.hasMany) this.stir()
  }

  /** Those that were taken, and must be decided first. */
  putBack(jobs: readonly Job[]): void {
    if (jobs.length > 0) this.#jobs = [...jobs, ...this.#jobs]
  }

  /** Resolves when there are many, or when it is stirred. */
  untilStirred(): Promise<void> {
    return new Promise(resolve => {
      this.#stirred = resolve
    })
  }

  stir(): void {
    this.#stirred?.()
    this.#stirred = null
  }

  /** Takes what a batch begins with. `isHalf`: of many a half, so that the others are decided while it is committed. */
  takeFirst(isHalf: boolean): Job[] {
    const count = Math.min(this.#jobs.length, limits.batchUnitsMax)
    return nextBatch(this.#jobs, isHalf && count >= 2 * this.#aheadMin ? Math.ceil(count / 2) : count)
  }

  /**
   * Takes what may be decided while others are being committed: up to the first that takes more than a decision, and
   * nothing of a command that has a step under way, which its next one follows.
   */
  takeAhead(flights: readonly Flight[], part: Part): Job[] {
    const end = this.#jobs.findIndex(({ form }) => form !== "decide" && form !== "wake")
    const room = limits.batchUnitsMax - part.planned.length
    const taken = new Set<string>()
    const jobs: Job[] = []
    const later: Job[] = []
    for (const job of this.#jobs.splice(0, end < 0 ? room : Math.min(end, room))) {
      const { id } = job.command
      const isUnderWay = flights.some(f => f.commands.has(id)) || part.commands.has(id) || taken.has(id)
      taken.add(id)
      ;(isUnderWay ? later : jobs).push(job)
    }
    this.#jobs.unshift(...later)
    return jobs
  }
}
