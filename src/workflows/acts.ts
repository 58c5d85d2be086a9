import { instant } from "../kernel/clock.ts"
import type { Json, JsonObject } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import { Refusal, unreachable } from "../kernel/refusal.ts"
import type { Act, ChildEnd, End, Mode, Reacting, Step, Workflow } from "../kernel/workflow.ts"
import type { Child } from "../kernel/life.ts"
import type { Draft } from "./draft.ts"
import { firstDue } from "./due.ts"
import { giveBack } from "./line.ts"

/** The timer that ends a wait, and the one that asks for a child again. */
export const untilTimer = (wait: string) => `until:${wait}`
export const retryTimer = (child: string) => `retry:${child}`

/** Does what a step says. Throws where it names what its workflow does not know. */
export function applyStep(draft: Draft, { data, acts, end }: Step, workflow: Workflow): void {
  if (data !== null) draft.set({ data })
  for (const act of acts) applyAct(draft, act, workflow)
  if (end !== null) applyEnd(draft, end)
  draft.listen(workflow)
}

function applyAct(draft: Draft, act: Act, workflow: Workflow): void {
  switch (act.kind) {
    case "send":
      return draft.send({ id: draft.nextId(), ...act.request, awaited: false })
    case "spawn":
      return spawn(draft, act, workflow)
    case "wait":
      return wait(draft, act, workflow)
    case "timer":
      reactionOf(workflow, act.name, "timer")
      return draft.timer(act.name, { due: firstDue(act.moment, draft.now), moment: act.moment })
    case "cancel":
      draft.wait(act.name, null)
      draft.timer(act.name, null)
      return draft.timer(untilTimer(act.name), null)
    case "abort":
      return abortChildren(draft, act.name)
    default:
      return unreachable(act)
  }
}

function spawn(draft: Draft, act: Extract<Act, { kind: "spawn" }>, workflow: Workflow): void {
  const { name, requests, mode, retry } = act
  checkMode(mode, reactionOf(workflow, name, "child"), `the children of ${name}`, workflow)
  const known = draft.life.waits?.[name]
  const underway = Object.keys(draft.life.children ?? {}).length
  if (underway + requests.length > limits.childrenMax) {
    throw new Refusal("too-large", `${workflow.type} would have more than ${limits.childrenMax} children at once`)
  }
  const children = Object.create(null) as Record<string, Child>
  for (const request of requests) {
    const id = draft.nextId()
    draft.send({ id, ...request, awaited: true })
    children[id] = { name, type: request.type, ...(retry === null ? {} : { request, retry, attempt: 1 }) }
  }
  if (requests.length > 0) draft.children(children)
  // Each of none is nobody.
  if (requests.length === 0 && mode === "each") return
  const of = (known?.of ?? 0) + requests.length
  const came = known?.came ?? []
  draft.wait(name, { kind: "child", mode, of, came, user: false, since: instant(draft.now) })
}

function wait(draft: Draft, act: Extract<Act, { kind: "wait" }>, workflow: Workflow): void {
  const { name, filter, mode, until, user, event: said } = act
  const reacting = reactionOf(workflow, name, "event")
  const { hears } = reacting
  if (said !== undefined && hears.kind === "event" && hears.event !== said)
    throw new Refusal(
      "invalid",
      `${workflow.type} waits for ${said} as ${name}, and hears ${hears.event} under that name`,
    )
  if (mode === "all")
    throw new Refusal("invalid", `${workflow.type} waits for all events of ${name}: nobody knows how many`)
  checkMode(mode, reacting, `events of ${name}`, workflow)
  const event = hears.kind === "event" ? { event: hears.event } : {}
  draft.wait(name, { kind: "event", ...event, filter, mode, came: [], user, since: instant(draft.now) })
  draft.timer(untilTimer(name), until === null ? null : { due: firstDue(until, draft.now), moment: until })
}

const modes: readonly unknown[] = ["each", "any", "all", "enough"]

function checkMode(mode: Mode, { enough }: Reacting, what: string, { type }: Workflow): void {
  const isKnown = typeof mode === "number" ? Number.isInteger(mode) && mode > 0 : modes.includes(mode)
  if (!isKnown)
    throw new Refusal(
      "invalid",
      `${type} waits for ${String(mode)} of ${what}; known are each, any, all, enough, and a whole number from 1 on`,
    )
  if (mode === "enough" && enough === null)
    throw new Refusal("invalid", `${type} waits for enough of ${what}, and does not say how many that are`)
}

// What has failed and was to be asked for again is not: it ends as aborted, as soon as that is taken out of the mailbox.
function abortChildren(draft: Draft, name: string): void {
  for (const [id, child] of Object.entries(draft.life.children ?? {})) {
    if (child.name !== name) continue
    const { isResting = false, type } = child
    draft.child(id, { name, type, isToEnd: true })
    if (!isResting) draft.send({ abort: id })
    else {
      draft.timer(retryTimer(id), null)
      const end: ChildEnd = { id, type, state: "aborted", result: null, error: null, rejections: [] }
      draft.set({ mailbox: [...(draft.life.mailbox ?? []), { kind: "child", place: null, child: end }] })
    }
  }
}

function applyEnd(draft: Draft, end: End): void {
  switch (end.state) {
    case "succeeded":
      return endLife(draft, { state: "succeeded", ...(end.result === null ? {} : { result: end.result }) })
    case "failed":
      return endLife(draft, { state: "failed", error: end.error })
    case "stuck":
      giveBack(draft)
      return draft.set({ state: "stuck", stuck: { reason: end.error, since: instant(draft.now) } })
    default:
      return unreachable(end)
  }
}

/** Ends an instance: it waits for nothing more. Its children go on. */
export function endLife(
  draft: Draft,
  end: { readonly state: "succeeded" | "failed" | "aborted"; readonly result?: Json; readonly error?: JsonObject },
): void {
  draft.dropTimers()
  draft.drop("waits", "children", "mailbox", "listens", "gate", "limited", "priority", "goesOn", "stuck")
  const { state, result, error } = end
  draft.set({ state, ...(result === undefined ? {} : { result }), ...(error === undefined ? {} : { error }) })
}

/** The reaction of a name, which must be there and be of the kind that is waited for. */
export function reactionOf(workflow: Workflow, name: string, kind: Reacting["hears"]["kind"]): Reacting {
  const reacting = Object.hasOwn(workflow.on, name) ? workflow.on[name] : undefined
  if (reacting?.hears.kind === kind) return reacting
  const known = Object.entries(workflow.on).filter(([, one]) => one.hears.kind === kind)
  const names = known.map(([one]) => one).join(", ") || "none"
  const why = reacting === undefined ? "has no reaction of that name" : "reacts to something else under that name"
  const what = kind === "event" ? "an event" : `a ${kind}`
  throw new Refusal("invalid", `${workflow.type} waits for ${what} as ${name}, and ${why}; for ${what} it has ${names}`)
}
