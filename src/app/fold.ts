import { builtInEvolve } from "../commands/built-in.ts"
import { evolvedEvent, type Aggregate } from "../kernel/aggregate.ts"
import type { Document } from "../kernel/entity.ts"
import { erasedEvent, isEmptied } from "../kernel/erased.ts"
import type { RecordedEvent } from "../kernel/message.ts"
import { stateOf } from "../schema/state.ts"

/**
 * The state that events of one stream lead to, folded from the left: of the first few, what the entity was then; of all,
 * what it is. `initial` is what it begins with: its defaults, and an empty list wherever there may be many values. Null:
 * the entity is not there. Any event but a rejection says that it is, also one that nothing evolves by.
 */
export function fold(
  aggregate: Pick<Aggregate, "evolve">,
  initial: Document,
  events: readonly RecordedEvent[],
): Document | null {
  return events.reduce<Document | null>((before, event) => {
    if (event.rejection || event.type === erasedEvent) return before
    // What was written as a document is read as one.
    if (isEmptied(event.data)) return leftBy(event.data["document"] as Document | null | undefined, before)
    const state = stateOf({ initial }, before)
    const evolve = builtInEvolve[event.type] ?? aggregate.evolve[event.type]
    if (evolve === undefined) return state
    // The aggregate says of which state and data; here it is whatever was recorded.
    const after = evolve(state as never, event.data as never, evolvedEvent(event, event.stream.id))
    return after === null ? null : stateOf({ initial }, after)
  }, null)

  function leftBy(left: Document | null | undefined, before: Document | null): Document | null {
    if (left === undefined) return before
    return left === null ? null : stateOf({ initial }, left)
  }
}
