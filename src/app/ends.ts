import { outcomeOf } from "../commands/record.ts"
import type { Cancel, Clock } from "../kernel/clock.ts"
import { limits } from "../kernel/limits.ts"
import { isEnd, type Outcome } from "../kernel/message.ts"
import type { Store } from "../ports/store.ts"

type Tell = (outcome: Outcome) => void

/**
 * Looks now and then, for all who wait together, whether commands have ended whose end this process is not told of: they
 * may be in the hands of another one. Nothing is looked for while nobody waits.
 */
export class Ends {
  readonly #store: Store
  readonly #clock: Clock
  readonly #waiting = new Map<string, Set<Tell>>()
  #look: Cancel | null = null

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Tells the end of a command, once. Returns what takes that back. */
  wait(id: string, tell: Tell): () => void {
    const tellers = this.#waiting.get(id) ?? new Set()
    this.#waiting.set(id, tellers.add(tell))
    this.#lookSoon()
    return () => {
      tellers.delete(tell)
      if (tellers.size === 0 && this.#waiting.get(id) === tellers) this.#waiting.delete(id)
      if (this.#waiting.size === 0) this.#rest()
    }
  }

  #rest(): void {
    this.#look?.()
    this.#look = null
  }

  // The more are waited for, the more is asked at once, and the less often.
  #lookSoon(): void {
    const pages = Math.max(1, Math.ceil(this.#waiting.size / limits.batchUnitsMax))
    this.#look ??= this.#clock.after(limits.pollMs * pages, () => void this.#lookAll())
  }

  async #lookAll(): Promise<void> {
    const ids = [...this.#waiting.keys()]
    try {
      for (let at = 0; at < ids.length; at += limits.batchUnitsMax) {
        const found = await this.#store.commands.find(ids.slice(at, at + limits.batchUnitsMax))
        for (const instance of found) {
          if (instance === null || !isEnd(instance.state)) continue
          const tellers = this.#waiting.get(instance.command.id) ?? []
          this.#waiting.delete(instance.command.id)
          for (const tell of tellers) tell(outcomeOf(instance, []))
        }
      }
    } catch {
      // The store is away: it is asked again.
    }
    this.#look = null
    if (this.#waiting.size > 0) this.#lookSoon()
  }
}
