import { instant } from "../kernel/clock.ts"
import type { Maybe } from "../kernel/handler.ts"
import type { JsonObject } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import { Refusal } from "../kernel/refusal.ts"
import { need, type Steps } from "../kernel/steps.ts"
import type { Step, StepContext, Workflow } from "../kernel/workflow.ts"
import { applyStep, endLife } from "./acts.ts"
import type { Draft } from "./draft.ts"
import type { Arrival } from "../kernel/life.ts"
import { giveBack } from "./line.ts"
import type { TurnParts } from "./parts.ts"
import { plain, plainStep } from "./plain.ts"

/** What was thrown, for whoever looks why an instance is stuck. */
type Failure = JsonObject & { readonly message: string }

/**
 * Takes one step: asks the workflow's code what it says, and does it. Comes to null, or to why that did not go well; what
 * keeps the store from answering is thrown, and the step is taken another time. `mayRefuse`: so is what the code itself
 * calls invalid, to be told to whoever asks for the command.
 */
export function* taken<More extends object>(
  draft: Draft,
  workflow: Workflow,
  parts: TurnParts,
  name: string,
  ask: (context: StepContext & More) => Maybe<Step>,
  more: More,
  mayRefuse = false,
): Steps<Failure | null> {
  const { data, command, owner, target = null } = draft.life
  const context = {
    ...more,
    data,
    id: command,
    owner,
    target,
    now: instant(parts.now),
    get snapshot() {
      return parts.snapshot(parts.basis)
    },
  }
  let isSaid = false
  try {
    const said: unknown = yield* need(ask(context))
    isSaid = true
    if (!isStep(said)) throw new TypeError(`${name} of ${workflow.type} said something that is no step: ${typeof said}`)
    plainStep(said)
    applyStep(draft, said, workflow)
    return null
  } catch (error) {
    if (mayPass(error) || (mayRefuse && !isSaid && isInvalid(error))) throw error
    return failureOf(error)
  }
}

// As a cron expression that is none, in the data of whoever asks.
function isInvalid(error: unknown): boolean {
  return error instanceof Refusal && error.code === "invalid"
}

/** It waits for a person from now on, who is told why. `on`: which step went wrong, if not a reaction. */
export function getStuck(draft: Draft, reason: JsonObject, on?: "start" | "abort", because?: string | null): void {
  const { state, stuck: before } = draft.life
  const from = state === "queued" || state === "aborting" ? state : undefined
  const goOn = on ?? before?.on ?? from
  const why = because ?? before?.because
  giveBack(draft)
  const where = { ...(goOn === undefined ? {} : { on: goOn }), ...(why === undefined ? {} : { because: why }) }
  draft.set({ state: "stuck", stuck: { reason, since: instant(draft.now), ...where } })
}

/** Whether what was thrown says that something is away for now, and nothing of what was asked. */
export function mayPass(error: unknown): boolean {
  return error instanceof Refusal && (error.code === "unavailable" || error.code === "timeout")
}

/** Carries the data of an instance to the version of its workflow. False: nothing can be done with it, and it says why. */
export function upgraded(draft: Draft, workflow: Workflow): boolean {
  const { type, version, upgrade } = workflow
  const before = draft.save()
  const { version: from, data } = draft.life
  if (from === version) return true
  try {
    if (from > version || upgrade === null) return false
    draft.set({ version, data: plain(upgrade(data, from), "data") })
    draft.listen(workflow)
    return true
  } catch (error) {
    const { message } = failureOf(error)
    draft.restore(before)
    getStuck(draft, {
      code: "upgrade",
      message: `${type} could not be carried from version ${from} to ${version}: ${message}`,
    })
    return false
  }
}

/**
 * Keeps what comes to an instance whose code is not here, or is another than its data is for. What a person does to it,
 * and what takes no code, is done.
 */
export function withoutCode(draft: Draft, arrival: Arrival, workflow: Workflow | undefined): void {
  const { workflow: type, version, state } = draft.life
  switch (arrival.kind) {
    case "resume":
      return
    case "fail":
      return fail(draft, arrival)
    case "change":
      draft.set({ data: arrival.data })
      return draft.say("change", undefined, { by: arrival.by })
    case "admit":
      break
    default:
      keep(draft, arrival)
  }
  if (state !== "stuck") {
    const has =
      workflow === undefined ? "has no such workflow" : `has its version ${workflow.version} and no way from there`
    getStuck(draft, {
      code: "version",
      message: `It was begun by version ${version} of ${type}, and this application ${has}`,
    })
  }
  draft.say(null)
}

/** Ends an instance as a person says. */
export function fail(draft: Draft, { by, reason }: Extract<Arrival, { kind: "fail" }>): void {
  endLife(draft, { state: "failed", error: { code: "failed", message: reason, by } })
  draft.say("fail", undefined, { by })
}

/**
 * Keeps what has come until somebody waits for it, or until the instance goes on. A timer that has gone off will not go off
 * again. Of events no more than so many are kept.
 */
export function keep(draft: Draft, arrival: Arrival, isFirst = false): void {
  const { mailbox = [] } = draft.life
  if (arrival.kind === "event") {
    draft.set({ heard: Math.max(arrival.place, draft.life.heard) })
    if (mailbox.length >= limits.mailboxMax && !isFirst) return
  }
  draft.set({ mailbox: isFirst ? [arrival, ...mailbox] : [...mailbox, arrival] })
  if (arrival.kind === "timer") draft.timers = new Map(draft.timers).set(arrival.name, null)
}

/** What has come and cannot be kept: it is not heard of again. Of a timer, the next time is. */
export function pass(draft: Draft, arrival: Arrival): void {
  if (arrival.kind === "event") draft.set({ heard: Math.max(arrival.place, draft.life.heard) })
  else if (arrival.kind === "child") draft.child(arrival.child.id, null)
  else if (arrival.kind === "timer") draft.timer(arrival.name, null)
}

/** What has come, by what it is found by in the log. */
export function named(arrival: Arrival): JsonObject {
  const { kind } = arrival
  if (kind === "event") return { kind, id: arrival.event.id, type: arrival.event.type, t: arrival.event.t }
  if (kind === "child") return { kind, id: arrival.child.id, state: arrival.child.state }
  return kind === "timer" ? { kind, name: arrival.name } : { kind }
}

function isStep(said: unknown): said is Step {
  return typeof said === "object" && said !== null && "kind" in said && said.kind === "step"
}

/** What was thrown, as it is kept and shown. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Refusal) return { code: error.code, message: error.message, facts: error.facts }
  return { code: "bug", message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
}
