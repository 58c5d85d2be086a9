import type { JsonObject } from "../kernel/json.ts"
import { isEnd, type Outcome } from "../kernel/message.ts"
import { eventJson } from "./event.ts"
import type { Problem } from "./problem.ts"

/** What came of a command; of one that is not at its end, only how far it is. */
export function outcomeJson(outcome: Outcome): JsonObject {
  const { id, state, t, events, result, error } = outcome
  if (!isEnd(state)) return { id, state }
  return { id, state, t, events: events.map(eventJson), result, error }
}

/** The place of a command in the answer to many that was refused. Without an id, it had none that could be read. */
export function refusedJson(id: string | null, problem: Problem): JsonObject {
  return { id, state: "refused", code: problem.code, error: problem }
}
