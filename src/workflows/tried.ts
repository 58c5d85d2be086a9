import { waitMs } from "../kernel/backoff.ts"
import { limits } from "../kernel/limits.ts"
import { assert } from "../kernel/refusal.ts"
import type { Timer } from "../ports/timers.ts"

/** What is known of a timer that has gone off here, until it is seen that it is not due any more. */
type Attempt = {
  readonly due: number
  readonly payload: string
  /** How often it has gone off since it was set. */
  readonly times: number
  isUnderWay: boolean
  /** How many times due timers had been read when it ended. */
  endedAfter: number
  /** When it may go off again if it is still there, in ticks. */
  again: number
  /** Whether somebody was told that it has to. */
  isTold: boolean
  /** The last look in which it was still there. */
  seenIn: number
}

/** What to do with a timer that is due: `left` is one that should have been gone, seen for the first time. */
export type Judgement = "fire" | "leave" | "left"

/**
 * The timers that have gone off here and may still be in the store: because what they are for is under way, because it
 * failed, or because nobody has looked since. So none goes off twice at a time, and one that stays is not fired on and on.
 */
export class Tried {
  readonly #attempts = new Map<string, Attempt>()
  #reads = 0
  #looks = 0
  #readsBefore = 0
  #next = Infinity
  #underWay = 0

  get countUnderWay(): number {
    return this.#underWay
  }

  /** When the first one that may still be there goes off again, in ticks; Infinity: none does. */
  get next(): number {
    return this.#next
  }

  /** A look at all timers that are due begins. */
  beginLook(): void {
    this.#looks += 1
    this.#readsBefore = this.#reads
  }

  /** Due timers are about to be read. The number is for `judge`. */
  beginRead(): number {
    return (this.#reads += 1)
  }

  /** What to do with a timer that a read has come by. */
  judge(timer: Timer, read: number, ticks: number): Judgement {
    const attempt = this.#attempts.get(timer.id)
    if (attempt === undefined) return "fire"
    attempt.seenIn = this.#looks
    // What ended after the read had begun may be gone by now.
    if (attempt.isUnderWay || attempt.endedAfter >= read) return "leave"
    if (!isSame(timer, attempt) || attempt.again <= ticks) return "fire"
    if (attempt.isTold) return "leave"
    attempt.isTold = true
    return "left"
  }

  /** A timer goes off. */
  begin(timer: Timer): void {
    const before = this.#attempts.get(timer.id)
    this.#underWay += 1
    this.#attempts.set(timer.id, {
      due: timer.due,
      payload: JSON.stringify(timer.payload),
      times: before !== undefined && isSame(timer, before) ? before.times + 1 : 1,
      isUnderWay: true,
      endedAfter: 0,
      again: Infinity,
      isTold: false,
      seenIn: this.#looks,
    })
  }

  /** What a timer is for is done, or it failed. Says how often it was tried, and in how many ms it is tried again. */
  end(id: string, isTold: boolean, ticks: number, random: number): { attempt: number; ms: number } {
    const attempt = this.#attempts.get(id)
    assert(attempt?.isUnderWay === true, `the timer ${id} ends without having begun`)
    this.#underWay -= 1
    attempt.isUnderWay = false
    attempt.isTold = isTold
    attempt.endedAfter = this.#reads
    attempt.again = inStep(ticks + waitMs(attempt.times, random), attempt.times)
    this.#next = Math.min(this.#next, attempt.again)
    return { attempt: attempt.times, ms: Math.round(attempt.again - ticks) }
  }

  /** All timers that are due were seen: of those that were not among them, and had ended before, nothing is to be known. */
  endLook(): void {
    this.#next = Infinity
    for (const [id, { isUnderWay, seenIn, endedAfter, again }] of this.#attempts) {
      if (isUnderWay) continue
      if (seenIn !== this.#looks && endedAfter <= this.#readsBefore) this.#attempts.delete(id)
      else this.#next = Math.min(this.#next, again)
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#attempts.clear()
    this.#next = Infinity
  }
}

// One that was set anew for the same instant says so in its payload.
function isSame({ due, payload }: Timer, attempt: Attempt): boolean {
  return attempt.due === due && attempt.payload === JSON.stringify(payload)
}

// Many that failed together are tried again together: each time all of them are read.
function inStep(ticks: number, times: number): number {
  const step = Math.max(limits.retryBaseMs, waitMs(times, 0) / 4)
  return Math.ceil(ticks / step) * step
}
