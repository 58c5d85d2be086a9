import { evolvedEvent, type Aggregate, type DecisionContext } from "../../kernel/aggregate.ts"
import type { Document } from "../../kernel/entity.ts"
import type { Request } from "../../kernel/handler.ts"
import { frozen, sameJson } from "../../kernel/json.ts"
import type { Event, RecordedEvent } from "../../kernel/message.ts"
import { Refusal } from "../../kernel/refusal.ts"
import { eventsText, fail, jsonText } from "./failure.ts"
import { faultsText, type Rules } from "./rules.ts"

/** The moment in which a command is decided. */
export type Moment = { readonly now: string; readonly actor: string }

/** The state that events lead to. Each sees frozen values: an `evolve` that changes what it is handed throws. */
export function folded(
  aggregate: Aggregate,
  type: string,
  before: Document | null,
  events: readonly RecordedEvent[],
  rules: Rules,
): Document | null {
  let document = frozen(before)
  for (const event of events) {
    const evolve = aggregate.evolve[event.type]
    if (event.rejection || evolve === undefined) continue
    const state = frozen(rules.stateOf(type, document))
    // The aggregate says of which state and data; here it is whatever the test gives.
    document = frozen(evolve(state as never, frozen(event.data) as never, evolvedEvent(event, event.stream.id)))
  }
  return document
}

/** Lets an aggregate decide, twice: being pure, it says the same. A `Refusal` that it throws is what came of it. */
export function decided(
  aggregate: Aggregate,
  command: Request,
  before: Document | null,
  version: number,
  moment: Moment,
  rules: Rules,
): readonly Event[] | Refusal {
  const refusal = rules.refusalOf(command)
  if (refusal !== null) return refusal
  const decide = aggregate.decide[command.type]
  if (decide === undefined) throw new Error(`The aggregate ${aggregate.type} does not decide ${command.type}`)
  const { type = aggregate.type, id = "" } = command.target ?? {}
  const state = frozen(rules.stateOf(type, before))
  const { now, actor } = moment
  const exists = before !== null
  const occurredAt = command.occurredAt ?? now
  const context: DecisionContext = {
    id,
    exists,
    version,
    now,
    occurredAt,
    actor,
    command: { ...command, id: "command" },
  }
  const once = () => decide(frozen(command.data) as never, state as never, frozen(context))
  try {
    const [first, second] = [listed(once()), listed(once())]
    if (!sameJson(first, second))
      fail(`${command.type} is not decided purely: twice the same, two answers`, eventsText(first), eventsText(second))
    for (const event of first) rules.checkEvent(event)
    return first
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

function listed(decision: Event | readonly Event[]): readonly Event[] {
  const events: readonly Event[] = Array.isArray(decision) ? decision : [decision as Event]
  const rejections = events.filter(event => event.rejection).length
  if (rejections > 0 && rejections < events.length) {
    fail(
      "A rejection changes nothing, so nothing else can be said beside it",
      "rejections alone, or none",
      eventsText(events),
    )
  }
  return events
}

/** Checks that the entity as it is afterwards is one that the schema allows. */
export function checkDocument(type: string, document: Document | null, rules: Rules): void {
  const faults = document === null ? [] : rules.faultsOf(type, document)
  if (faults.length > 0)
    fail(
      `What comes of it is against the schema of ${type}`,
      "no faults",
      `${faultsText(faults)}\nin ${jsonText(document)}`,
    )
}
