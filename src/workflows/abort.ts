import type { Steps } from "../kernel/steps.ts"
import type { Step, StepContext, Workflow } from "../kernel/workflow.ts"
import { endLife } from "./acts.ts"
import type { Draft } from "./draft.ts"
import { hasEnded, type Arrival } from "../kernel/life.ts"
import { getStuck, taken } from "./taken.ts"
import type { TurnParts } from "./parts.ts"

/**
 * Begins to end an instance and its children: it waits for nothing more, its children are aborted, and what its workflow
 * says to make up for it is asked for, once. It is `aborted` when the last of all these has ended.
 */
export function* beginAbort(
  draft: Draft,
  { by, reason }: Extract<Arrival, { kind: "abort" }>,
  workflow: Workflow,
  parts: TurnParts,
): Steps<void> {
  const { state, children = {}, stuck } = draft.life
  if (state === "aborting" || hasEnded(draft.life)) return
  const wasBegun = state !== "queued" && stuck?.on !== "start"
  draft.dropTimers()
  draft.drop("waits", "mailbox", "listens", "gate", "limited", "stuck")
  draft.set({ state: "aborting" })
  for (const [id, child] of Object.entries(children)) {
    if (child.isResting === true) draft.child(id, null)
    else draft.send({ abort: id })
  }
  draft.say(null, "AbortRequested", { by, ...(reason === null ? {} : { reason }) })
  if (wasBegun) return yield* compensate(draft, workflow, parts, reason)
  endIfAlone(draft)
  return draft.say("abort")
}

/** Asks for what makes up for what was done. It may be that there is nothing. */
export function* compensate(draft: Draft, workflow: Workflow, parts: TurnParts, reason: string | null): Steps<void> {
  const before = draft.save()
  const { abort } = workflow
  const ask = (context: StepContext) => (abort === null ? nothingToDo : abort({ ...context, reason }))
  const failure = yield* taken(draft, workflow, parts, "abort", ask)
  if (failure !== null) {
    draft.restore(before)
    getStuck(draft, failure, "abort")
  } else {
    // Whatever the hook says of an end: it is aborted, as soon as nothing of it is under way.
    draft.set({ state: "aborting" })
    endIfAlone(draft)
  }
  draft.say("abort")
}

/** A child of an instance that is being aborted has ended. */
export function childGone(draft: Draft, arrival: Arrival): void {
  if (arrival.kind !== "child") return
  draft.child(arrival.child.id, null)
  endIfAlone(draft)
  draft.say("abort")
}

function endIfAlone(draft: Draft): void {
  if (draft.life.children === undefined) endLife(draft, { state: "aborted" })
}

const nothingToDo: Step = { kind: "step", data: null, acts: [], end: null }
