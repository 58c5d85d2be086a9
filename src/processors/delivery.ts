import type { ChangeKind } from "../kernel/entity.ts"
import type { RecordedEvent, T } from "../kernel/message.ts"
import type { EntityChange, ParkedDelivery } from "../ports/write.ts"

/** An event with what its transaction came to for its entity, and the changes where they were at hand. */
export type Occurrence = {
  readonly event: RecordedEvent
  readonly kind: ChangeKind | null
  readonly changes: readonly EntityChange[] | null
}

/**
 * One event on its way to one processor. Always in one of these modes:
 *
 * fresh      In memory only: the checkpoint does not pass it. Runs when it is first in its entity's lane. Success leads
 *            to done, a failure to retrying or dead; if one before it in its lane fails, to blocked.
 * retrying   It has failed and has a row, with every attempt. Runs when it is due; then as from fresh.
 * blocked    It has a row, because one before it in its lane is retrying. Runs when that one is done or dead.
 * done       No row any more. The end.
 * dead       It has a row and is in no lane. Those behind it go on. A person redrives it, which leads to retrying, or
 *            drops it, which leads to done.
 */
export type DeliveryMode = "fresh" | "retrying" | "blocked" | "done" | "dead"

/** A delivery as the process knows it. One that has a row keeps no event: that is read again when its turn comes. */
export type Delivery = {
  readonly t: T
  readonly n: number
  readonly entity: string
  mode: DeliveryMode
  occurrence: Occurrence | null
  attempts: ParkedDelivery["attempts"]
  /** When it runs next, in milliseconds since 1970; null: as soon as it is first in its lane. */
  due: number | null
}

/** A delivery that was never tried. */
export function fresh(
  event: RecordedEvent,
  kind: ChangeKind | null,
  changes: readonly EntityChange[] | null,
): Delivery {
  const { t, n, stream } = event
  return { t, n, entity: stream.id, mode: "fresh", occurrence: { event, kind, changes }, attempts: [], due: null }
}

/** The row of a delivery that waits for its next attempt, for another, or for a person. */
export function rowOf(consumer: string, delivery: Delivery): ParkedDelivery {
  const { t, n, entity, mode, attempts, due } = delivery
  const state = mode === "retrying" || mode === "dead" ? mode : "blocked"
  return { consumer, t, n, entity, state, attempts, due }
}

/** A delivery out of its row. */
export function fromRow({ t, n, entity, state, attempts, due }: ParkedDelivery): Delivery {
  return { t, n, entity, mode: state, occurrence: null, attempts, due }
}

/** One text for the place of an event in the log. */
export function placeOf({ t, n }: { readonly t: T; readonly n: number }): string {
  return `${t}:${n}`
}
