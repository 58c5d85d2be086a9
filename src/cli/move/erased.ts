import { erasedEvent } from "../../kernel/erased.ts"
import { limits } from "../../kernel/limits.ts"
import type { T } from "../../kernel/message.ts"
import { placesOf } from "../../ports/erasure.ts"
import type { MovableStore, StoredTransaction } from "../../ports/transfer.ts"

/** The transactions of a daybook of which something was erased: their hashes cannot be found anew from what is left. */
export class Erased {
  readonly #emptied = new Set<T>()
  #reached: T = 0

  has(t: T): boolean {
    return this.#emptied.has(t)
  }

  /** Brings in what has been erased up to now. */
  async learn({ log }: MovableStore): Promise<void> {
    for (let isEnd = false; !isEnd;) {
      const page = await log.read(this.#reached, limits.pageEventsMax, [erasedEvent])
      for (const { event } of page.events) for (const { t } of placesOf(event.data)) this.#emptied.add(t)
      this.#reached = page.reached
      isEnd = page.isEnd
    }
  }
}

/** The transactions that those of a page have emptied. */
export function emptiedBy(page: readonly StoredTransaction[]): readonly T[] {
  const said = page.flatMap(({ events }) => events).filter(({ event }) => event.type === erasedEvent)
  return [...new Set(said.flatMap(({ event }) => placesOf(event.data).map(({ t }) => t)))]
}
