import {
  hasEnded,
  placesPerT,
  type Arrival,
  type Beginning,
  type Life,
  type Stepping,
  type Turned,
  type TurnMoment,
} from "../kernel/life.ts"
import { limits } from "../kernel/limits.ts"
import { assert, unreachable } from "../kernel/refusal.ts"
import { finish, type Steps } from "../kernel/steps.ts"
import type { Workflow } from "../kernel/workflow.ts"
import { beginAbort, compensate, goneMeanwhile } from "./abort.ts"
import { childless, countPending, waitFor } from "./came.ts"
import { Draft, type Saved } from "./draft.ts"
import { letIn, standInLine, standInLineAgain } from "./line.ts"
import { isLike } from "./listening.ts"
import { fail, failureOf, getStuck, keep, mayPass, named, pass, taken, upgraded, withoutCode } from "./taken.ts"
import type { TurnParts } from "./parts.ts"
import { toldOf, toldOfNone, type Told } from "./told.ts"

/** Takes the steps of the instances of these workflows. */
export function steppingOf(
  workflows: ReadonlyMap<string, Workflow>,
  parts: Omit<TurnParts, keyof TurnMoment>,
): Stepping {
  return {
    begin(given, moment) {
      const workflow = workflows.get(given.workflow)
      assert(workflow !== undefined, `${given.workflow} is begun, and there is no such workflow`)
      return finish(begin(workflow, given, { ...parts, ...moment }))
    },
    advance: (life, arrivals, moment) =>
      finish(advance(workflows.get(life.workflow), life, arrivals, { ...parts, ...moment })),
    refused(life, arrivals, { reason, isBare }, moment) {
      const draft = new Draft(life, null, { ...parts, ...moment })
      const news = arrivals.filter(arrival => isToKeep(arrival) && !isStale(draft.life, arrival))
      for (const arrival of news)
        if (isBare) pass(draft, arrival)
        else keep(draft, arrival)
      getStuck(draft, isBare ? { ...reason, unkept: news.map(named) } : reason)
      draft.say(null)
      return turned(draft)
    },
  }
}

function* begin(workflow: Workflow, given: Beginning, parts: TurnParts): Steps<Turned> {
  const { version, limit } = workflow
  const { since = parts.basis, ...known } = given
  const life: Life = { ...known, version, state: "waiting", sent: 0, fired: 0, heard: 0 }
  const draft = new Draft(life, since, parts)
  if (limit === null) {
    // Nobody is told who began it with an event, nor a parent: there it is stuck, and nothing is lost.
    const isAsked = given.since === undefined && given.parent === undefined
    yield* start(draft, workflow, parts, isAsked)
    yield* drain(draft, workflow, parts)
  } else {
    standInLine(draft, workflow, limit)
    draft.say("queued")
  }
  return turned(draft)
}

function* advance(
  workflow: Workflow | undefined,
  life: Life,
  arrivals: readonly Arrival[],
  parts: TurnParts,
): Steps<Turned | null> {
  const draft = new Draft(life, null, parts)
  const isReady = workflow !== undefined && upgraded(draft, workflow)
  for (const arrival of arrivals) {
    if (isStale(draft.life, arrival)) continue
    if (isReady) yield* safely(draft, arrival, draft.save(), one(draft, arrival, workflow, parts))
    else withoutCode(draft, arrival, workflow)
  }
  if (isReady) yield* drain(draft, workflow, parts)
  if ((draft.events.length > 0 || draft.isNoted) && draft.isChanged) draft.say(null)
  return draft.events.length === 0 ? null : turned(draft)
}

function turned(draft: Draft): Turned {
  const { events, timers } = draft
  return { life: draft.whole(), events, timers }
}

// What has a place in the log comes in its order: what is not behind what was heard was heard.
function isStale(life: Life, arrival: Arrival): boolean {
  if (hasEnded(life)) return true
  // The end of a child is told once: after that it is no child any more.
  return arrival.kind === "event" && arrival.place <= life.heard
}

function* one(draft: Draft, arrival: Arrival, workflow: Workflow, parts: TurnParts): Steps<void> {
  const { state } = draft.life
  switch (arrival.kind) {
    case "abort":
      return yield* beginAbort(draft, arrival, workflow, parts)
    case "admit":
      if (state !== "queued") return undefined
      return letIn(draft) ? draft.say("resume") : yield* start(draft, workflow, parts)
    case "resume":
      return yield* resume(draft, workflow, parts)
    case "change":
      draft.set({ data: arrival.data })
      draft.listen(workflow)
      return draft.say("change", undefined, { by: arrival.by })
    case "fail":
      return fail(draft, arrival)
    case "event":
    case "child":
    case "timer":
      if (!concerns(draft, arrival, workflow)) return undefined
      if (arrival.kind === "event") draft.set({ heard: arrival.place })
      if (state === "waiting" && isTaken(draft, arrival)) return yield* react(draft, arrival, workflow, parts)
      if (state === "aborting") return goneMeanwhile(draft, arrival)
      keep(draft, arrival)
      return draft.say(null)
    default:
      return unreachable(arrival)
  }
}

// Whether it is this instance's business at all, now or later.
function concerns({ life }: Draft, arrival: Arrival, workflow: Workflow): boolean {
  switch (arrival.kind) {
    case "timer":
      return life.timers?.[arrival.name]?.fire === arrival.fire
    case "child":
      return life.children?.[arrival.child.id] !== undefined
    case "event":
      if (life.state === "aborting") return false
      if (arrival.isAddressed || waitFor(arrival.event, life.waits) !== undefined) return true
      return Object.values(workflow.on).some(({ hears, match }) => {
        const filter = hears.kind === "event" && hears.event === arrival.event.type ? match?.(life.data) : null
        return filter !== null && filter !== undefined && isLike(arrival.event, filter)
      })
    default:
      return true
  }
}

// Whether something can be done with it in the state in which the instance is.
function isTaken({ life }: Draft, arrival: Arrival): boolean {
  const { state, waits } = life
  if (state === "stuck" || hasEnded(life)) return false
  if (arrival.kind === "event") return state === "waiting" && waitFor(arrival.event, waits) !== undefined
  return state !== "queued" || arrival.kind === "abort"
}

// What a person said they can say again, knowing what came of it; and who has been let in stands in line again before that.
function isToKeep({ kind }: Arrival): boolean {
  return kind !== "resume" && kind !== "change" && kind !== "fail" && kind !== "admit"
}

/** What throws where nothing is asked that may throw, `match` for one, leaves the instance stuck, and what led to it kept. */
function* safely(draft: Draft, arrival: Arrival, before: Saved, work: Steps<void>): Steps<void> {
  try {
    yield* work
  } catch (error) {
    if (mayPass(error)) throw error
    draft.restore(before)
    if (isToKeep(arrival) && !(draft.life.mailbox ?? []).includes(arrival)) keep(draft, arrival)
    getStuck(draft, failureOf(error))
    draft.say(null)
  }
}

function* start(draft: Draft, workflow: Workflow, parts: TurnParts, mayRefuse = false): Steps<void> {
  const before = draft.save()
  const failure = yield* taken(draft, workflow, parts, "start", context => workflow.start(context), {}, mayRefuse)
  if (failure !== null) {
    draft.restore(before)
    getStuck(draft, failure, "start")
  }
  draft.say("start")
}

function* resume(draft: Draft, workflow: Workflow, parts: TurnParts): Steps<void> {
  const { stuck, state } = draft.life
  if (state !== "stuck") return
  const { on, because = null } = stuck ?? {}
  const isBegun = on !== "start" && on !== "queued"
  draft.drop("stuck")
  if (draft.life.gate !== undefined) {
    if (workflow.limit !== null) return standInLineAgain(draft, isBegun)
    draft.drop("gate", "limited", "priority")
  }
  draft.set({ state: on === "abort" || on === "aborting" ? "aborting" : "waiting" })
  if (!isBegun) yield* start(draft, workflow, parts)
  else if (on === "abort") yield* compensate(draft, workflow, parts, because)
  else draft.say("resume")
}

/** Reacts to what has come. If that goes wrong it is kept, and the instance is stuck. */
function* react(
  draft: Draft,
  arrival: Extract<Arrival, { kind: "event" | "child" | "timer" }>,
  workflow: Workflow,
  parts: TurnParts,
  isKept = false,
): Steps<void> {
  const before = draft.save()
  const told = toldOf(draft, arrival, workflow)
  if (told === null) return draft.note()
  const basis = "place" in arrival && arrival.place !== null ? Math.floor(arrival.place / placesPerT) : parts.basis
  // What was kept may have happened long ago: what it leads to begins now.
  draft.causeT = isKept ? parts.basis : basis
  const failure = yield* reacted(draft, told, workflow, { ...parts, basis })
  if (failure !== null) {
    draft.restore(before)
    keep(draft, arrival, true)
    getStuck(draft, failure)
  }
  draft.say(told.name)
}

function reacted(draft: Draft, { name, ...rest }: Told, workflow: Workflow, parts: TurnParts) {
  const more = { ...rest, pending: countPending(draft, name) }
  return taken(draft, workflow, parts, name, context => workflow.on[name]!.react(context), more)
}

/** Nobody was asked for, so nobody will answer: that is all there is to tell. */
function* reactToNone(draft: Draft, name: string, workflow: Workflow, parts: TurnParts): Steps<void> {
  const before = draft.save()
  const failure = yield* reacted(draft, toldOfNone(draft, name), workflow, parts)
  if (failure !== null) {
    draft.restore(before)
    getStuck(draft, failure)
  }
  draft.say(name)
}

/** What was kept is taken as soon as it can be, in the order in which it came. */
function* drain(draft: Draft, workflow: Workflow, parts: TurnParts): Steps<void> {
  for (let emptied = 0; ;) {
    const { mailbox = [], state } = draft.life
    const at = mailbox.findIndex(arrival => isTaken(draft, arrival))
    const arrival = mailbox[at]
    if (arrival === undefined) {
      const none = state === "waiting" ? childless(draft) : undefined
      if (none === undefined) return
      if (++emptied > limits.arrivalsAtOnceMax) return endless(draft, none, workflow)
      yield* reactToNone(draft, none, workflow, parts)
      continue
    }
    const before = draft.save()
    const rest = mailbox.filter((_, i) => i !== at)
    if (rest.length === 0) draft.drop("mailbox")
    else draft.set({ mailbox: rest })
    if (isOver(draft, arrival)) draft.say(null)
    else yield* safely(draft, arrival, before, taking(draft, arrival, workflow, parts))
  }
}

function* taking(draft: Draft, arrival: Arrival, workflow: Workflow, parts: TurnParts): Steps<void> {
  const isHeard = arrival.kind === "event" || arrival.kind === "child" || arrival.kind === "timer"
  if (isHeard && draft.life.state === "waiting") return yield* react(draft, arrival, workflow, parts, true)
  return yield* one(draft, arrival, workflow, parts)
}

// What a kept timer or end of a child was for may have been taken back since.
function isOver({ life }: Draft, arrival: Arrival): boolean {
  if (arrival.kind === "timer") return life.timers?.[arrival.name]?.fire !== arrival.fire
  return arrival.kind === "child" && life.children?.[arrival.child.id] === undefined
}

function endless(draft: Draft, name: string, { type }: Workflow): void {
  const message = `${type} asks for no children as ${name} again and again`
  getStuck(draft, { code: "bug", message })
  draft.say(null)
}
