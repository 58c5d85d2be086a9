import { instant } from "../kernel/clock.ts"
import type { Maybe } from "../kernel/handler.ts"
import type { JsonObject } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import { Refusal } from "../kernel/refusal.ts"
import { need, type Steps } from "../kernel/steps.ts"
import type { Step, StepContext, Workflow } from "../kernel/workflow.ts"
import { applyStep } from "./acts.ts"
import type { Draft } from "./draft.ts"
import type { Arrival } from "../kernel/life.ts"
import type { TurnParts } from "./parts.ts"

/** What was thrown, for whoever looks why an instance is stuck. */
type Failure = JsonObject & { readonly message: string }

/**
 * Takes one step: asks the workflow's code what it says, and does it. Comes to null, or to why that did not go well; what
 * keeps the store from answering is thrown, and the step is taken another time.
 */
export function* taken(
  draft: Draft,
  workflow: Workflow,
  parts: TurnParts,
  name: string,
  ask: (context: StepContext) => Maybe<Step>,
): Steps<Failure | null> {
  const { data, command, owner, target = null } = draft.life
  const context: StepContext = {
    data,
    id: command,
    owner,
    target,
    now: instant(parts.now),
    get snapshot() {
      return parts.snapshot(parts.basis)
    },
  }
  try {
    const said: unknown = yield* need(ask(context))
    if (!isStep(said)) throw new TypeError(`${name} of ${workflow.type} said something that is no step: ${typeof said}`)
    applyStep(draft, said, workflow)
    return null
  } catch (error) {
    if (error instanceof Refusal && (error.code === "unavailable" || error.code === "timeout")) throw error
    return failureOf(error)
  }
}

/** It waits for a person from now on, who is told why. */
export function getStuck(draft: Draft, reason: JsonObject, on?: "start" | "abort"): void {
  const stuck = { reason, since: instant(draft.now), ...(on === undefined ? {} : { on }) }
  draft.set({ state: "stuck", stuck })
}

/** Carries the data of an instance to the version of its workflow. False: nothing can be done with it, and it says why. */
export function upgraded(draft: Draft, { type, version, upgrade }: Workflow): boolean {
  const { version: from, data } = draft.life
  if (from === version) return true
  try {
    if (from > version || upgrade === null) return false
    draft.set({ version, data: upgrade(data, from) })
    return true
  } catch (error) {
    const { message } = failureOf(error)
    getStuck(draft, {
      code: "upgrade",
      message: `${type} could not be carried from version ${from} to ${version}: ${message}`,
    })
    return false
  }
}

/** Keeps what comes to an instance whose code is not here, or is another than its data is for. */
export function withoutCode(draft: Draft, arrival: Arrival, workflow: Workflow | undefined): void {
  const { workflow: type, version, state, mailbox = [] } = draft.life
  if (mailbox.length >= limits.mailboxMax) return
  draft.set({ mailbox: [...mailbox, arrival] })
  if (arrival.kind === "event") draft.set({ heard: arrival.place })
  if (arrival.kind === "timer") draft.timers = new Map(draft.timers).set(arrival.name, null)
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

function isStep(said: unknown): said is Step {
  return typeof said === "object" && said !== null && "kind" in said && said.kind === "step"
}

function failureOf(error: unknown): Failure {
  if (error instanceof Refusal) return { code: error.code, message: error.message, facts: error.facts }
  return { code: "bug", message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
}
