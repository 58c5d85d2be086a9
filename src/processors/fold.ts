import { isEmptied } from "../kernel/erased.ts"
import type { Document } from "../kernel/entity.ts"
import type { Event, RecordedEvent } from "../kernel/message.ts"
import { everyEvent, projectingOf, type Projecting, type Projection } from "../kernel/projection.ts"

/** A projection with its effects in a table that knows no name but those it was given. */
export type Folding = {
  readonly effects: ReadonlyMap<string, readonly Projecting[]>
  /** What an event means whose type has no effects of its own; empty: nothing. */
  readonly others: readonly Projecting[]
  readonly derive: Projection["derive"]
}

/** One event, with the keys of the rows that each of its effects touches. */
export type Planned = { readonly event: RecordedEvent; readonly steps: readonly Step[] }
type Step = { readonly fold: Fold; readonly key: string }
type Fold = (row: Document | null, event: RecordedEvent, key: string) => Document | null

/** An event that a projection could not take. */
export type Failed = { readonly event: RecordedEvent; readonly error: unknown }

/** Events that a change of rows gives rise to, by the event that changed them. */
export type Derived = { readonly event: RecordedEvent; readonly events: readonly Event[] }

/** What a page of events comes to. */
export type Folded = {
  readonly rows: Map<string, Document | null>
  readonly derived: readonly Derived[]
}

/** Rows as they are before a page, and while it is folded. */
export interface Rows {
  get(key: string): Document | null
  set(key: string, row: Document | null): void
}

export function foldingOf({ on, derive }: Pick<Projection, "on" | "derive">): Folding {
  const types = Object.keys(on).filter(type => type !== everyEvent)
  const effects = new Map(types.map(type => [type, projectingOf(on, type)]))
  return { effects, others: on[everyEvent] ?? [], derive }
}

/** The event types to read of the log; undefined: all. */
export function typesOf({ effects, others }: Folding): readonly string[] | undefined {
  return others.length > 0 ? undefined : [...effects.keys()]
}

/** Whether a type of events concerns the projection. */
export function concerns({ effects, others }: Folding, type: string): boolean {
  return others.length > 0 || effects.has(type)
}

/**
 * Which rows a page of events will touch, each event carried to its newest version first. One whose keys cannot be told
 * is left out, and among the failed.
 */
export function planPage(
  folding: Folding,
  events: readonly RecordedEvent[],
  upcast: (event: RecordedEvent) => RecordedEvent,
  failed: Failed[],
): readonly Planned[] {
  const page: Planned[] = []
  for (const recorded of events) {
    // Of what was erased nobody can say what it would make of a row.
    if (isEmptied(recorded.data)) continue
    try {
      const event = upcast(recorded)
      page.push({ event, steps: stepsOf(folding, event) })
    } catch (error) {
      failed.push({ event: recorded, error })
    }
  }
  return page
}

function stepsOf({ effects, others }: Folding, event: RecordedEvent): readonly Step[] {
  const steps: Step[] = []
  for (const { keys, fold } of effects.get(event.type) ?? others) {
    const touched = keys(event)
    // The rows it is handed are those it made, so their shape is the one it says.
    if (typeof touched === "string") steps.push({ fold: fold as Fold, key: touched })
    else for (const key of touched) steps.push({ fold: fold as Fold, key: checkedKey(key) })
  }
  return steps
}

function checkedKey(key: unknown): string {
  if (typeof key === "string") return key
  throw new TypeError(`The key of a row is a string, not a ${typeof key}`)
}

/**
 * Folds a page into rows, in order. Pure but for `rows`, which it reads and changes. An event of which one effect throws
 * has no effect at all: it is among the failed, and the rest goes on.
 */
export function foldPage(folding: Folding, page: readonly Planned[], rows: Rows, failed: Failed[]): Folded {
  const changed = new Map<string, Document | null>()
  const derived: Derived[] = []
  for (const { event, steps } of page) {
    try {
      const after = foldEvent(event, steps, rows)
      const events = folding.derive === undefined ? none : deriveAll(folding.derive, event, after, rows)
      for (const [key, row] of after) {
        rows.set(key, row)
        changed.set(key, row)
      }
      if (events.length > 0) derived.push({ event, events })
    } catch (error) {
      failed.push({ event, error })
    }
  }
  return { rows: changed, derived }
}

const none: readonly Event[] = []

/** The rows after one event; none of them is set yet. */
function foldEvent(
  event: RecordedEvent,
  steps: readonly Step[],
  rows: Rows,
): readonly (readonly [string, Document | null])[] {
  const [only] = steps
  if (only !== undefined && steps.length === 1)
    return [[only.key, only.fold(rows.get(only.key), event, only.key) ?? null]]
  const after = new Map<string, Document | null>()
  for (const { fold, key } of steps) {
    const before = after.has(key) ? after.get(key)! : rows.get(key)
    after.set(key, fold(before, event, key) ?? null)
  }
  return [...after]
}

function deriveAll(
  derive: NonNullable<Projection["derive"]>,
  event: RecordedEvent,
  changes: readonly (readonly [string, Document | null])[],
  rows: Rows,
): readonly Event[] {
  return changes.flatMap(([key, after]) => derive({ key, before: rows.get(key), after, event }))
}
