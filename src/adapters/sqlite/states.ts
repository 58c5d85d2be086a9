import { assert } from "../../kernel/refusal.ts"
import type { CommandState } from "../../kernel/message.ts"

// The place in this list is what a row has: it never changes, and what is added is added at its end.
const states: readonly CommandState[] = [
  "queued",
  "running",
  "waiting",
  "retrying",
  "aborting",
  "succeeded",
  "rejected",
  "failed",
  "aborted",
]
const places = Object.fromEntries(states.map((state, i) => [state, i])) as Record<CommandState, number>

/** The number that stands for a state. */
export function codeOfState(state: CommandState): number {
  return places[state]
}

/** The state that a number stands for. */
export function stateOf(code: number): CommandState {
  const state = states[code]
  assert(state !== undefined, `No state has the number ${code}`)
  return state
}
