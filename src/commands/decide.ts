import type { DecisionContext } from "../kernel/aggregate.ts"
import { reject, type Command, type Event } from "../kernel/message.ts"
import { stateOf } from "../schema/state.ts"
import { checkExpectations } from "./check.ts"
import { CodeError } from "./code-error.ts"
import type { LiveHead } from "./heads.ts"
import type { Routes } from "./routes.ts"
import type { Work } from "./work.ts"

/** What a decision may know of the moment it is made in. */
export type Moment = { readonly now: string; readonly actor: string }

/**
 * Decides a command that comes to nothing but what its aggregate says. That nothing happened is never silent: where the
 * aggregate says nothing, this is said, and nobody takes the command for one that was done.
 */
export function decideAlone(command: Command, head: LiveHead, moment: Moment, work: Work, routes: Routes): void {
  const events = decideCommand(command, head, moment, work, routes)
  if (events.length > 0) return
  const type = head.version > 0 ? head.type : (command.target?.type ?? "")
  work.record(head, type, reject("NothingHappened", {}))
}

/** Lets its target's aggregate decide a command on the state that the unit of work has reached, and records what it says. */
export function decideCommand(
  command: Command,
  head: LiveHead,
  moment: Moment,
  work: Work,
  routes: Routes,
): readonly Event[] {
  checkExpectations(command, head)
  const type = head.version > 0 ? head.type : (command.target?.type ?? "")
  const decide = routes.aggregateOf(type)?.decide[command.type]
  if (decide === undefined) throw new CodeError(`No aggregate decides ${command.type} on a ${type}`)
  const document = work.document(head)
  const state = stateOf(routes.schema.entities.get(type), document)
  const context: DecisionContext = {
    id: head.id,
    exists: document !== null,
    version: work.version(head),
    now: moment.now,
    occurredAt: command.occurredAt ?? moment.now,
    actor: moment.actor,
    command,
  }
  const decision = decide(command.data as never, state as never, context)
  const events: readonly Event[] = Array.isArray(decision) ? decision : [decision as Event]
  checkDecision(command, events, routes)
  for (const event of events) work.record(head, type, event)
  // That nothing is to be done is a decision too, and as good as the state it was made on.
  if (events.length === 0) work.rest(head)
  return events
}

// Rejections change nothing: with other events beside them, nobody could say what the answer was.
function checkDecision(command: Command, events: readonly Event[], routes: Routes): void {
  let rejections = 0
  for (const event of events) {
    if (typeof event?.type !== "string")
      throw new CodeError(`${command.type} was decided with something that is no event`)
    if (event.rejection || routes.schema.events.get(event.type)?.rejection) rejections++
  }
  if (rejections > 0 && rejections < events.length) {
    throw new CodeError(`${command.type} was decided with rejections and other events at once`)
  }
}
