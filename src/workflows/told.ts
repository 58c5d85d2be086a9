import { waitMs } from "../kernel/backoff.ts"
import { instant } from "../kernel/clock.ts"
import { limits } from "../kernel/limits.ts"
import type { RecordedEvent } from "../kernel/message.ts"
import type { ChildEnd, ReactionContext, Workflow } from "../kernel/workflow.ts"
import { reactionOf, retryTimer } from "./acts.ts"
import { endWait, takeChild, takeEvent, waitFor, type Came } from "./came.ts"
import type { Draft } from "./draft.ts"
import { missedUntil } from "./due.ts"
import type { Arrival, Child, SetTimer } from "../kernel/life.ts"

/** What a reaction is told besides what every step may know. */
export type Told = { readonly name: string } & Pick<
  ReactionContext,
  "event" | "events" | "outcome" | "outcomes" | "timer" | "expired"
>

const nothing: Omit<Told, "name"> = {
  event: null,
  events: [],
  outcome: null,
  outcomes: [],
  timer: null,
  expired: false,
}

/** Takes what has come, and says which reaction is told what. Null: none, for now. */
export function toldOf(
  draft: Draft,
  arrival: Extract<Arrival, { kind: "event" | "child" | "timer" }>,
  workflow: Workflow,
): Told | null {
  if (arrival.kind === "timer") return timerTold(draft, arrival.name, workflow)
  if (arrival.kind === "child") return childTold(draft, arrival.child, workflow)
  const name = waitFor(arrival.event, draft.life.waits)
  return name === undefined ? null : eventsTold(takeEvent(draft, name, arrival.event, workflow))
}

function eventsTold(came: Came | null, expired = false): Told | null {
  if (came === null) return null
  // What a wait for events has kept are events.
  const events = came.items as readonly unknown[] as readonly RecordedEvent[]
  return { name: came.name, ...nothing, event: events.at(-1) ?? null, events, expired }
}

function childTold(draft: Draft, end: ChildEnd, workflow: Workflow): Told | null {
  const child = draft.life.children?.[end.id]
  if (child === undefined || rests(draft, end, child)) return null
  draft.child(end.id, null)
  return endsTold(takeChild(draft, child.name, end, workflow))
}

function endsTold(came: Came | null): Told | null {
  if (came === null) return null
  // What a wait for children has kept are their ends.
  const outcomes = came.items as readonly unknown[] as readonly ChildEnd[]
  return { name: came.name, ...nothing, outcome: outcomes.at(-1) ?? null, outcomes }
}

/** A wait for children of whom there are none is over: what has come by now is told. */
export function toldOfNone(draft: Draft, name: string): Told {
  const outcomes = endWait(draft, name) as readonly unknown[] as readonly ChildEnd[]
  return { name, ...nothing, outcome: outcomes.at(-1) ?? null, outcomes }
}

/** Whether a child that has failed is to be asked for again; then it rests until its timer is due. */
export function rests(draft: Draft, { id, state }: ChildEnd, child: Child): boolean {
  const { retry, attempt = 1, request } = child
  if (state !== "failed" || retry === undefined || request === undefined || attempt >= retry.attempts) return false
  const backoff = {
    baseMs: retry.baseMs ?? limits.retryBaseMs,
    factor: limits.retryFactor,
    capMs: limits.retryCapMs,
    jitterMs: 0,
  }
  const ms = waitMs(attempt, 0, backoff)
  draft.child(id, { ...child, isResting: true })
  draft.timer(retryTimer(id), { due: draft.now + ms, moment: { kind: "in", ms } })
  return true
}

function timerTold(draft: Draft, name: string, workflow: Workflow): Told | null {
  const timer = draft.life.timers?.[name]
  if (timer === undefined) return null
  const [, what, of] = /^(until|retry):(.*)$/s.exec(name) ?? []
  if (what === "retry") return askAgain(draft, of ?? "")
  if (what === "until") return eventsTold({ name: of ?? "", items: endWait(draft, of ?? "") }, true)
  reactionOf(workflow, name, "timer")
  return { name, ...nothing, timer: { due: instant(timer.due), missed: goneOff(draft, name, timer) } }
}

/** Takes a timer back, or sets it for its next time; what was missed between comes to a count. */
function goneOff(draft: Draft, name: string, { due, moment }: SetTimer): number {
  const { missed, next } = moment.kind === "every" ? missedUntil(moment, due, draft.now) : { missed: 0, next: null }
  draft.timer(name, next === null ? null : { due: next, moment })
  return missed
}

/** Asks for a child again that has rested. */
export function askAgain(draft: Draft, childId: string): null {
  draft.timer(retryTimer(childId), null)
  const child = draft.life.children?.[childId]
  if (child?.request === undefined) return null
  const { request, name, type, retry, attempt = 1 } = child
  const id = draft.nextId()
  draft.child(childId, null)
  draft.child(id, { name, type, request, ...(retry === undefined ? {} : { retry }), attempt: attempt + 1 })
  draft.send({ id, ...request, awaited: true })
  return null
}
