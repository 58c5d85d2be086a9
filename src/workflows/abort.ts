import type { Maybe } from "../kernel/handler.ts"
import type { Steps } from "../kernel/steps.ts"
import type { Step, StepContext, Workflow } from "../kernel/workflow.ts"
import { endLife } from "./acts.ts"
import type { Draft } from "./draft.ts"
import { hasEnded, type Arrival } from "../kernel/life.ts"
import { countPending } from "./came.ts"
import { getStuck, taken } from "./taken.ts"
import { askAgain, rests } from "./told.ts"
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
  const { state, stuck, goesOn = false } = draft.life
  if (state === "aborting" || hasEnded(draft.life)) return
  if (stuck?.on === "aborting") return goOnAborting(draft)
  const wasBegun = goesOn || (state !== "queued" && stuck?.on !== "start" && stuck?.on !== "queued")
  draft.dropTimers()
  // Of the end of these it was told already, and will not be told again.
  for (const arrival of draft.life.mailbox ?? []) if (arrival.kind === "child") draft.child(arrival.child.id, null)
  draft.drop("waits", "mailbox", "listens", "gate", "limited", "priority", "goesOn", "stuck")
  draft.set({ state: "aborting" })
  for (const [id, child] of Object.entries(draft.life.children ?? {})) {
    // Whatever becomes of it, it is not asked for again.
    draft.child(id, child.isResting === true ? null : { name: child.name, type: child.type, isToEnd: true })
    if (child.isResting !== true) draft.send({ abort: id })
  }
  draft.say(null, "AbortRequested", { by, ...(reason === null ? {} : { reason }) })
  if (wasBegun) return yield* compensate(draft, workflow, parts, reason ?? stuck?.because ?? null)
  endIfAlone(draft)
  return draft.say("abort")
}

/** Asks for what makes up for what was done. It may be that there is nothing. */
export function* compensate(draft: Draft, workflow: Workflow, parts: TurnParts, reason: string | null): Steps<void> {
  const before = draft.save()
  const { abort } = workflow
  // Whatever it says of an end: it is aborted, as soon as nothing of it is under way.
  const ask = (context: StepContext & { readonly reason: string | null }) =>
    abort === null ? nothingToDo : withoutEnd(abort(context))
  const failure = yield* taken(draft, workflow, parts, "abort", ask, { reason })
  if (failure !== null) {
    draft.restore(before)
    getStuck(draft, failure, "abort", reason)
  } else {
    draft.dropTimers()
    draft.drop("listens")
    for (const [name, { kind }] of Object.entries(draft.life.waits ?? {})) if (kind === "event") draft.wait(name, null)
    draft.set({ state: "aborting" })
    endIfAlone(draft)
  }
  draft.say("abort")
}

/**
 * Something has come to an instance that is being aborted: a child of it has ended, or one that makes up for something and
 * has failed is due to be asked for again.
 */
export function goneMeanwhile(draft: Draft, arrival: Arrival): void {
  if (arrival.kind === "timer") {
    const [, childId] = /^retry:(.*)$/s.exec(arrival.name) ?? []
    if (childId === undefined) draft.timer(arrival.name, null)
    else askAgain(draft, childId)
    return draft.say("abort")
  }
  if (arrival.kind !== "child") return
  const child = draft.life.children?.[arrival.child.id]
  if (child === undefined || rests(draft, arrival.child, child)) return draft.say("abort")
  draft.child(arrival.child.id, null)
  if (countPending(draft, child.name) === 0) draft.wait(child.name, null)
  endIfAlone(draft)
  draft.say("abort")
}

function goOnAborting(draft: Draft): void {
  draft.drop("stuck")
  draft.set({ state: "aborting" })
  draft.say("resume")
}

function withoutEnd(said: Maybe<Step>): Maybe<Step> {
  return said instanceof Promise ? said.then(step => ({ ...step, end: null })) : { ...said, end: null }
}

function endIfAlone(draft: Draft): void {
  if (draft.life.children === undefined) endLife(draft, { state: "aborted" })
}

const nothingToDo: Step = { kind: "step", data: null, acts: [], end: null }
