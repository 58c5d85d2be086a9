import { isEmptied } from "../kernel/erased.ts"
import type { Maybe } from "../kernel/handler.ts"
import { limits } from "../kernel/limits.ts"
import type { RecordedEvent, T } from "../kernel/message.ts"
import type { LogStore } from "../ports/log.ts"
import { keysOf } from "./listening.ts"

/** What finding earlier events needs. `types`: those that somebody may wait for. */
type Parts = {
  readonly log: LogStore
  readonly types: readonly string[]
  readonly upcast: (event: RecordedEvent) => RecordedEvent
}

/**
 * The events of late that somebody may wait for. An instance begins to wait when its first step is committed; what happened
 * between that which it began for and that commit was passed on before anybody could find it, and is found here.
 */
export class Early {
  readonly #parts: Parts
  // All of these types after `from`, in order.
  #events: RecordedEvent[] = []
  #from: T

  constructor(parts: Parts, from: T) {
    this.#parts = parts
    this.#from = from
  }

  /** An event is passed on. */
  note(event: RecordedEvent): void {
    this.#events.push(event)
    if (this.#events.length <= 2 * limits.wakesAtOnceMax) return
    this.#events = this.#events.slice(limits.wakesAtOnceMax)
    // Of the oldest transaction that is kept, some may be gone.
    this.#from = this.#events[0]!.t
  }

  /** The events after one t and before another that are found by one of these keys, in order. */
  between(after: T, before: T, keys: readonly string[]): Maybe<readonly RecordedEvent[]> {
    const isIts = (event: RecordedEvent) =>
      event.t > after && event.t < before && keysOf(event).some(key => keys.includes(key))
    if (after < this.#from) return this.#read(after, before).then(events => events.filter(isIts))
    let first = this.#events.length
    while (first > 0 && this.#events[first - 1]!.t > after) first--
    return this.#events.slice(first).filter(isIts)
  }

  async #read(after: T, before: T): Promise<readonly RecordedEvent[]> {
    const { log, types, upcast } = this.#parts
    const events: RecordedEvent[] = []
    for (let reached = after, isEnd = false; reached < before && !isEnd;) {
      const page = await log.read(reached, limits.pageEventsMax, types)
      for (const { event } of page.events) if (!isEmptied(event.data)) events.push(upcast(event))
      reached = page.reached
      isEnd = page.isEnd
    }
    return events
  }
}
