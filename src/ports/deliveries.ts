import type { Maybe } from "../kernel/handler.ts"
import type { T } from "../kernel/message.ts"
import type { ParkedDelivery } from "./write.ts"

/**
 * How far each consumer has got. The log itself is the queue: a delivery has no row while it goes straight through.
 * A row is kept only for what is tried again, waits behind such a one, or is dead.
 */
export interface DeliveryStore {
  /** The t a consumer has reached; null: it is new to this store. */
  reached(consumer: string): Maybe<T | null>

  /** All rows of a consumer, in order of (t, n). */
  parked(consumer: string): Maybe<readonly ParkedDelivery[]>

  /** Dead letters of all consumers, newest first. */
  dead(options: { limit: number; after?: { consumer: string; t: T; n: number } }): Maybe<readonly ParkedDelivery[]>

  /** One row; null if there is none. */
  find(consumer: string, t: T, n: number): Maybe<ParkedDelivery | null>
}
