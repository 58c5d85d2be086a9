import type { JsonObject } from "../kernel/json.ts"
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
import { assert, unreachable } from "../kernel/refusal.ts"
import { finish, type Steps } from "../kernel/steps.ts"
import type { Workflow } from "../kernel/workflow.ts"
import { beginAbort, childGone, compensate } from "./abort.ts"
import { endLife } from "./acts.ts"
import { countPending, waitFor } from "./came.ts"
import { Draft } from "./draft.ts"
import { isLike } from "./listening.ts"
import { getStuck, taken, upgraded, withoutCode } from "./taken.ts"
import type { TurnParts } from "./parts.ts"
import { toldOf } from "./told.ts"

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
    refused(life, arrivals, reason, { now }) {
      const draft = new Draft(life, null, now, parts.ids)
      for (const arrival of arrivals) if (!isStale(draft.life, arrival)) keep(draft, arrival)
      getStuck(draft, reason)
      draft.say(null)
      return turned(draft)
    },
  }
}

function* begin(workflow: Workflow, given: Beginning, parts: TurnParts): Steps<Turned> {
  const { version, limit } = workflow
  const { since = parts.basis, ...known } = given
  const life: Life = { ...known, version, state: "waiting", sent: 0, fired: 0, heard: 0 }
  const draft = new Draft(life, since, parts.now, parts.ids)
  if (limit === null) {
    yield* start(draft, workflow, parts)
  } else {
    draft.set({ state: "queued", gate: `queued ${lineOf(workflow, given.data)}`, limited: workflow.type })
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
  const draft = new Draft(life, null, parts.now, parts.ids)
  const isReady = workflow !== undefined && upgraded(draft, workflow)
  for (const arrival of arrivals) {
    if (isStale(draft.life, arrival)) continue
    if (isReady) yield* one(draft, arrival, workflow, parts)
    else withoutCode(draft, arrival, workflow)
  }
  if (isReady) yield* drain(draft, workflow, parts)
  return draft.events.length === 0 ? null : turned(draft)
}

/** The line that an instance stands in, by its workflow and its key. */
export function lineOf({ type, limit }: Workflow, data: JsonObject): string {
  const key = limit?.key?.(data)
  return key === undefined ? type : `${type} ${key}`
}

function turned({ life, events, timers }: Draft): Turned {
  return { life, events, timers }
}

// What has a place in the log comes in its order: what is not behind what was heard was heard.
function isStale({ heard, ...life }: Life, arrival: Arrival): boolean {
  if (hasEnded(life)) return true
  // The end of a child is told once: after that it is no child any more.
  return arrival.kind === "event" && arrival.place <= heard
}

function* one(draft: Draft, arrival: Arrival, workflow: Workflow, parts: TurnParts): Steps<void> {
  const before = draft.save()
  if (arrival.kind === "event") draft.set({ heard: arrival.place })
  const { state } = draft.life
  switch (arrival.kind) {
    case "abort":
      return yield* beginAbort(draft, arrival, workflow, parts)
    case "admit":
      if (state !== "queued") return undefined
      draft.set({ state: "waiting", gate: `running ${lineOf(workflow, draft.life.data)}` })
      return yield* start(draft, workflow, parts)
    case "resume":
      return yield* resume(draft, workflow, parts)
    case "change":
      draft.set({ data: arrival.data })
      draft.listen(workflow)
      return draft.say("change", undefined, { by: arrival.by })
    case "fail":
      endLife(draft, { state: "failed", error: { code: "failed", message: arrival.reason, by: arrival.by } })
      return draft.say("fail", undefined, { by: arrival.by })
    case "event":
    case "child":
    case "timer":
      if (!concerns(draft, arrival, workflow)) return draft.restore(before)
      if (state === "waiting" && isTaken(draft, arrival)) return yield* react(draft, arrival, workflow, parts)
      if (state === "aborting") return childGone(draft, arrival)
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

function isTaken({ life }: Draft, arrival: Arrival): boolean {
  return arrival.kind !== "event" || waitFor(arrival.event, life.waits) !== undefined
}

function* start(draft: Draft, workflow: Workflow, parts: TurnParts): Steps<void> {
  const before = draft.save()
  const failure = yield* taken(draft, workflow, parts, "start", context => workflow.start(context))
  if (failure !== null) {
    draft.restore(before)
    getStuck(draft, failure, "start")
  }
  draft.say("start")
}

function* resume(draft: Draft, workflow: Workflow, parts: TurnParts): Steps<void> {
  const { stuck, state } = draft.life
  if (state !== "stuck") return
  draft.drop("stuck")
  draft.set({ state: stuck?.on === "abort" ? "aborting" : "waiting" })
  if (stuck?.on === "start") yield* start(draft, workflow, parts)
  else if (stuck?.on === "abort") yield* compensate(draft, workflow, parts, null)
  else draft.say("resume")
}

/** Reacts to what has come. If that goes wrong it is kept, and the instance is stuck. */
function* react(
  draft: Draft,
  arrival: Extract<Arrival, { kind: "event" | "child" | "timer" }>,
  workflow: Workflow,
  parts: TurnParts,
): Steps<void> {
  const before = draft.save()
  const told = toldOf(draft, arrival, workflow)
  if (told === null) return draft.say(null)
  const { name, ...rest } = told
  const basis = "place" in arrival && arrival.place !== null ? Math.floor(arrival.place / placesPerT) : parts.basis
  const failure = yield* taken(draft, workflow, { ...parts, basis }, name, context => {
    return workflow.on[name]!.react({ ...context, ...rest, pending: countPending(draft, name) })
  })
  if (failure !== null) {
    draft.restore(before)
    keep(draft, arrival, true)
    getStuck(draft, failure)
  }
  draft.say(name)
}

// Kept until somebody waits for it, or until the instance goes on. A timer that has gone off will not go off again.
function keep(draft: Draft, arrival: Arrival, isFirst = false): void {
  const { mailbox = [] } = draft.life
  draft.set({ mailbox: isFirst ? [arrival, ...mailbox] : [...mailbox, arrival] })
  if (arrival.kind === "timer") draft.timers = new Map(draft.timers).set(arrival.name, null)
}

/** What was kept is taken as soon as it can be, in the order in which it came. */
function* drain(draft: Draft, workflow: Workflow, parts: TurnParts): Steps<void> {
  while (draft.life.state === "waiting") {
    const { mailbox = [] } = draft.life
    const at = mailbox.findIndex(arrival => isTaken(draft, arrival))
    const arrival = mailbox[at]
    if (arrival === undefined) return
    const rest = mailbox.filter((_, i) => i !== at)
    if (rest.length === 0) draft.drop("mailbox")
    else draft.set({ mailbox: rest })
    if (arrival.kind === "event" || arrival.kind === "child" || arrival.kind === "timer")
      yield* react(draft, arrival, workflow, parts)
  }
}
