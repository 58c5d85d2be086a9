import { waitMs } from "../kernel/backoff.ts"
import type { Cancel, Clock } from "../kernel/clock.ts"
import type { Ids } from "../kernel/ids.ts"
import { limits } from "../kernel/limits.ts"
import { assert, unreachable } from "../kernel/refusal.ts"
import type { Journal } from "../ports/journal.ts"
import type { Store } from "../ports/store.ts"
import type { Timer } from "../ports/timers.ts"
import { Tried } from "./tried.ts"

/** What timers go off with. */
export type TimerParts = {
  readonly store: Pick<Store, "timers">
  readonly clock: Clock
  readonly ids: Pick<Ids, "random">
  readonly journal: Journal
  /** Does what a timer is for. It has done so when the store does not have the timer any more, or has it with another due. */
  readonly fire: (timer: Timer) => Promise<void>
  /** Something began or ended: `busy` may say something else. */
  readonly changed?: () => void
}

/**
 * Lets the timers of a store go off, in one process at a time. Always in one of these modes:
 *
 * stopped   Nothing goes off. `start` leads to looking.
 * looking   What is due is read page by page, and each goes off, so many at a time. When all has been seen, the store says
 *           when the next one is due: sleeping. If the store cannot be read: sleeping, for longer each time.
 * sleeping  One wait, until the next one is due or one that stayed is tried again. A timer that was set earlier makes it
 *           shorter. Its end, the end of all that was under way, and a ring lead to looking.
 *
 * A timer goes off when the clock says that it is due, never before, however the clock is set. It goes off at least once.
 */
export class Timers {
  readonly #parts: TimerParts
  readonly #tried = new Tried()
  #isRunning = false
  #looking: Promise<void> | null = null
  #again = false
  /** When the next one is due, as far as is known. */
  #due = Infinity
  #failures = 0
  /** In ticks: a store that could not be read is left alone until then. */
  #notBefore = 0
  #lookedAt = -Infinity
  readonly #waits: { look: Cancel | null; sleep: Cancel | null; ring: Cancel | null } = {
    look: null,
    sleep: null,
    ring: null,
  }
  /** Whether something has gone off of which nobody has looked whether it is gone. */
  #isToSee = false
  /** Who waits until so many at the most are under way. */
  readonly #waiting = new Set<{ readonly most: number; readonly goOn: () => void }>()

  constructor(parts: TimerParts) {
    this.#parts = parts
  }

  /** Whether something is read or under way. What is still to come, or to be tried again, is not. */
  get busy(): boolean {
    return this.#waits.look !== null || this.#looking !== null || this.#tried.countUnderWay > 0
  }

  /** Begins: what is overdue goes off at once. */
  start(): void {
    assert(!this.#isRunning && !this.busy, "timers start while they run")
    this.#isRunning = true
    this.#look()
  }

  /** Lets nothing more go off, and resolves when what was under way has ended. */
  async stop(): Promise<void> {
    this.#isRunning = false
    for (const name of ["look", "sleep", "ring"] as const) this.#cancel(name)
    this.#goOn(0)
    await this.#looking
    while (this.#tried.countUnderWay > 0) await this.#untilUnderWay(0)
    this.#tried.clear()
    this.#failures = this.#notBefore = 0
    this.#lookedAt = -Infinity
  }

  /** A timer was set by this process: it is in the store. */
  armed(dueMs: number): void {
    if (!this.#isRunning || dueMs >= this.#due) return
    this.#due = dueMs
    if (this.#looking === null) this.#lookOrSleep()
  }

  /** Another process may have set timers. Asked often, it looks now and then. */
  rang(): void {
    if (!this.#isRunning || this.#waits.ring !== null) return
    const ms = this.#lookedAt + limits.timerRingMs - this.#parts.clock.ticks()
    if (ms <= 0) return this.#look()
    this.#waits.ring = this.#parts.clock.after(ms, () => {
      this.#waits.ring = null
      this.#look()
    })
  }

  #look(): void {
    const { clock } = this.#parts
    if (!this.#isRunning || this.#waits.look !== null) return
    if (this.#looking !== null) {
      this.#again = true
      return
    }
    if (clock.ticks() < this.#notBefore) return this.#sleep()
    this.#cancel("sleep")
    this.#waits.look = clock.soon(() => {
      this.#waits.look = null
      this.#looking = this.#lookNow().finally(() => this.#looked())
    })
  }

  async #lookNow(): Promise<void> {
    this.#again = this.#isToSee = false
    this.#due = Infinity
    try {
      const now = await this.#fireDue()
      if (!this.#isRunning) return
      // One that was set meanwhile and is due may be in a page that had been read.
      if (this.#due <= now) this.#again = true
      const next = await this.#parts.store.timers.next(now)
      this.#due = Math.min(this.#due, next ?? Infinity)
      this.#failures = 0
    } catch (error) {
      this.#backOff(error)
    }
  }

  #looked(): void {
    this.#looking = null
    this.#lookedAt = this.#parts.clock.ticks()
    if (this.#again) this.#look()
    else this.#lookOrSleep()
    this.#parts.changed?.()
  }

  /** Returns the instant up to which all that was due has been seen. */
  async #fireDue(): Promise<number> {
    const { store, clock } = this.#parts
    this.#tried.beginLook()
    for (let last: Timer | undefined; ;) {
      if (this.#tried.countUnderWay >= limits.timersAtOnceMax) await this.#untilUnderWay(limits.timersAtOnceMax / 2)
      const now = clock.now()
      if (!this.#isRunning) return now
      const limit = limits.timersAtOnceMax - this.#tried.countUnderWay
      const read = this.#tried.beginRead()
      const page = await store.timers.due(now, limit, last)
      if (!this.#isRunning) return now
      for (const timer of page) this.#meet(timer, read)
      last = page.at(-1)
      if (page.length < limit || last === undefined) {
        this.#tried.endLook()
        return now
      }
    }
  }

  #meet(timer: Timer, read: number): void {
    const { clock, journal } = this.#parts
    // The clock may have been set back while it was read.
    if (timer.due > clock.now()) {
      this.#again = true
      return
    }
    const judgement = this.#tried.judge(timer, read, clock.ticks())
    switch (judgement) {
      case "fire":
        this.#tried.begin(timer)
        void this.#fire(timer)
        return
      case "left":
        return journal.warn("A timer is still there after it went off, and is tried again", { timer: timer.id })
      case "leave":
        return
      default:
        return unreachable(judgement)
    }
  }

  async #fire(timer: Timer): Promise<void> {
    const { clock, ids, journal, fire, changed } = this.#parts
    try {
      await fire(timer)
      this.#tried.end(timer.id, false, clock.ticks(), ids.random())
      this.#isToSee = true
    } catch (error) {
      const again = this.#tried.end(timer.id, true, clock.ticks(), ids.random())
      journal.warn("A timer could not go off, and is tried again", { timer: timer.id, ...again, error })
    }
    const count = this.#tried.countUnderWay
    this.#goOn(count)
    // When all have ended it is looked whether any of them stayed; until then, when the first one may be tried again.
    if (count === 0 && this.#isToSee) this.#look()
    else if (this.#looking === null) this.#lookOrSleep()
    changed?.()
  }

  #backOff(error: unknown): void {
    const { clock, ids, journal } = this.#parts
    this.#failures += 1
    const ms = waitMs(this.#failures, ids.random())
    this.#notBefore = clock.ticks() + ms
    this.#due = -Infinity
    journal.warn("Timers could not be read, and are looked for again", { ms, error })
  }

  #sleep(): void {
    this.#cancel("sleep")
    if (!this.#isRunning || this.#waits.look !== null) return
    const { clock } = this.#parts
    const ticks = clock.ticks()
    const ms = Math.max(Math.min(this.#due - clock.now(), this.#tried.next - ticks), this.#notBefore - ticks, 0)
    if (ms === Infinity) return
    // Time may pass otherwise than the clock says: it is set, or the machine sleeps.
    this.#waits.sleep = clock.after(Math.min(ms, limits.timerSleepMsMax), () => this.#lookOrSleep())
  }

  /** Looks for what is due by now, or sleeps until it is. */
  #lookOrSleep(): void {
    const { clock } = this.#parts
    if (this.#due <= clock.now() || this.#tried.next <= clock.ticks()) this.#look()
    else this.#sleep()
  }

  #untilUnderWay(most: number): Promise<void> {
    if (this.#tried.countUnderWay <= most) return Promise.resolve()
    return new Promise(goOn => {
      this.#waiting.add({ most, goOn })
    })
  }

  #goOn(underWay: number): void {
    for (const waiting of this.#waiting) {
      if (underWay > waiting.most) continue
      this.#waiting.delete(waiting)
      waiting.goOn()
    }
  }

  #cancel(name: "look" | "sleep" | "ring"): void {
    this.#waits[name]?.()
    this.#waits[name] = null
  }
}
