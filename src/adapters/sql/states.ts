import type { ChangeKind } from "../../kernel/entity.ts"
import { isEnd, isResting, type CommandState } from "../../kernel/message.ts"
import { assert } from "../../kernel/refusal.ts"

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
  "stuck",
]
/** The numbers of the states that are ends. */
export const endStates: readonly number[] = states.flatMap((state, i) => (isEnd(state) ? [i] : []))

/** The numbers of the states in which some process has a command in hand. */
export const statesInHand: readonly number[] = states.flatMap((state, i) =>
  isEnd(state) || isResting(state) ? [] : [i],
)

const kinds: readonly (ChangeKind | null)[] = [null, "created", "changed", "retracted"]

const codes = Object.fromEntries(states.map((state, i) => [state, i])) as Record<CommandState, number>

/** The number that stands for a state. */
export function codeOfState(state: CommandState): number {
  return codes[state]
}

/** The state that a number stands for. */
export function stateOfCode(code: number): CommandState {
  const state = states[code]
  assert(state !== undefined, `No state has the number ${code}`)
  return state
}

/** The number that stands for what became of an entity; 0: nothing is said. */
export function codeOfKind(kind: ChangeKind | null): number {
  return kinds.indexOf(kind)
}

/** What a number says of an entity. */
export function kindOfCode(code: number): ChangeKind | null {
  return kinds[code] ?? null
}
