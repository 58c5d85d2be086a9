import type { Document } from "./entity.ts"
import type { RecordedEvent, Event } from "./message.ts"

/** One effect of an event on a read model: which rows it touches, and what they are afterwards. Both are pure. */
export type Projecting = {
  readonly keys: (event: RecordedEvent) => string | readonly string[]
  /**
   * The row after the event; null: no row any more. `row` is null where there is none yet, else what this projection made
   * of it before: its shape is the projection's own.
   */
  readonly fold: (row: never, event: RecordedEvent, key: string) => Document | null
}

/**
 * A read model compiled from events. It has a name and a version: when the version changes, the new one is built beside
 * the old one from the first event on, and takes its place when it has caught up.
 */
export type Projection = {
  readonly kind: "projection"
  readonly name: string
  readonly version: number
  /** By event type; under `everyEvent`, what any event means, after what it means by its type. */
  readonly on: Readonly<Record<string, readonly Projecting[]>>
  /**
   * Events that a changed row gives rise to, in the projection's own stream. Nothing but other processors and
   * projections hears them, and a rebuild does not say them again.
   */
  readonly derive?: (change: {
    key: string
    before: Document | null
    after: Document | null
    event: RecordedEvent
  }) => readonly Event[]
}

/** Stands for the type of every event there is. No event's name is like it. */
export const everyEvent = "*"

/** What an event means for the rows of a projection, by its own type and as any event. */
export function projectingOf(on: Projection["on"], type: string): readonly Projecting[] {
  return [...(on[type] ?? []), ...(on[everyEvent] ?? [])]
}

/** The stream type that derived events of projections are in. No aggregate ever loads one. */
export const projectionStream = "Projection"
