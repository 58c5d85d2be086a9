import type { Clock } from "../kernel/clock.ts"
import type { Maybe } from "../kernel/handler.ts"
import type { Instance } from "../kernel/instance.ts"
import { limits } from "../kernel/limits.ts"
import type { Store } from "../ports/store.ts"

type Asked = PromiseWithResolvers<Instance | null>

/** Finds commands. Where the store is far away, those that are asked for in one turn are asked for in one question. */
export class Together {
  readonly #store: Pick<Store, "commands" | "leases">
  readonly #clock: Pick<Clock, "soon">
  #asked = new Map<string, Asked>()

  constructor({ store, clock }: { store: Pick<Store, "commands" | "leases">; clock: Pick<Clock, "soon"> }) {
    this.#store = store
    this.#clock = clock
  }

  /** How far a command is; null: it is not there. */
  find(id: string): Maybe<Instance | null> {
    if (!this.#store.leases.isShared) return this.#foundAlone(id)
    const before = this.#asked.get(id)
    if (before !== undefined) return before.promise
    if (this.#asked.size === 0) this.#clock.soon(() => this.#askAll())
    const asked = Promise.withResolvers<Instance | null>()
    this.#asked.set(id, asked)
    return asked.promise
  }

  #foundAlone(id: string): Maybe<Instance | null> {
    const found = this.#store.commands.find([id])
    return found instanceof Promise ? found.then(([instance]) => instance ?? null) : (found[0] ?? null)
  }

  #askAll(): void {
    const asked = [...this.#asked]
    this.#asked = new Map()
    for (let at = 0; at < asked.length; at += limits.batchUnitsMax)
      void this.#ask(asked.slice(at, at + limits.batchUnitsMax))
  }

  async #ask(asked: readonly (readonly [string, Asked])[]): Promise<void> {
    try {
      const found = await this.#store.commands.find(asked.map(([id]) => id))
      asked.forEach(([, { resolve }], i) => resolve(found[i] ?? null))
    } catch (error) {
      for (const [, { reject }] of asked) reject(error)
    }
  }
}
