import type { Cancel, Clock } from "../kernel/clock.ts"
import { limits } from "../kernel/limits.ts"
import type { T } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { Store } from "../ports/store.ts"

type Waiter = { readonly t: T; readonly resolve: () => void; readonly signal: AbortSignal | undefined }

/** Those who wait for a t to be there: for their own writes, or for somebody else's. */
export class Reached {
  readonly #store: Store
  readonly #clock: Clock
  readonly #waiters = new Set<Waiter>()
  #cancel: Cancel = () => {}

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Tells them which t is there. */
  at(t: T): void {
    for (const waiter of this.#waiters) if (waiter.t <= t || waiter.signal?.aborted === true) waiter.resolve()
  }

  /** Resolves when t is there, or whoever waits is gone; refuses with `timeout`. */
  async wait(t: T, ms: number, signal?: AbortSignal): Promise<void> {
    if ((await this.#store.basis()) >= t) return
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiter: Waiter = { t, resolve, signal }
    const cancel = this.#clock.after(ms, () => {
      reject(new Refusal("timeout", `t ${t} did not come within ${ms} ms`, { t, timeoutMs: ms }))
    })
    if (this.#waiters.size === 0) this.#poll()
    this.#waiters.add(waiter)
    // It may have come between the look and now.
    this.at(await this.#store.basis())
    return promise.finally(() => {
      cancel()
      this.#waiters.delete(waiter)
      if (this.#waiters.size === 0) this.#cancel()
    })
  }

  // What another process commits may be told late, or not at all.
  #poll(): void {
    this.#cancel = this.#clock.after(limits.pollMs, () => {
      void (async () => {
        this.at(await this.#store.basis())
      })()
        .catch(() => undefined)
        .finally(() => {
          if (this.#waiters.size > 0) this.#poll()
        })
    })
  }
}
