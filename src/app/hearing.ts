import type { Clock } from "../kernel/clock.ts"
import type { RecordedEvent, T } from "../kernel/message.ts"
import type { Store } from "../ports/store.ts"
import type { Committed } from "../ports/write.ts"
import type { Consumers } from "../processors/start.ts"
import type { Workflows } from "../workflows/start.ts"
import type { Live } from "../queries/live/live.ts"
import { Feed } from "./feed.ts"
import { Reached } from "./reached.ts"
import type { Reading } from "./reading.ts"

/** Tells everybody who listens of what was committed, by this process or by another one. */
export class Hearing {
  readonly feed: Feed
  readonly reached: Reached
  /** Null until they have started. */
  consumers: Consumers | null = null
  workflows: Workflows | null = null
  /** Null until there are any. */
  live: Live | null = null
  readonly #store: Store
  readonly #outward: (event: RecordedEvent) => RecordedEvent
  #newest: T = 0

  constructor(store: Store, reading: Reading, outward: (event: RecordedEvent) => RecordedEvent, clock: Clock) {
    this.#store = store
    this.reached = new Reached(store, clock)
    this.#outward = outward
    this.feed = new Feed(
      (after, limit, types) => reading.events(after, types === undefined ? { limit } : { limit, types }),
      clock,
    )
  }

  /** This process committed a transaction. `isAboutRights`: what was known of everybody's rights may be wrong now. */
  committed(report: Committed, isAboutRights: boolean): void {
    this.#newest = report.t
    this.reached.at(report.t)
    this.consumers?.committed(report)
    this.workflows?.committed(report)
    this.live?.committed(report)
    if (isAboutRights) this.live?.rightsChanged()
    if (this.feed.countReaders > 0) this.feed.committed({ ...report, events: report.events.map(this.#outward) })
  }

  /** There may be more than was reported. */
  rang(): void {
    this.consumers?.rang()
    this.workflows?.rang()
    this.live?.rang()
    this.feed.rang()
  }

  /** Looks whether there is: a bell may not ring. */
  async look(): Promise<void> {
    this.workflows?.lookForTimers()
    const basis = await this.#store.basis()
    if (basis > this.#newest) this.rang()
    this.#newest = Math.max(this.#newest, basis)
  }
}
