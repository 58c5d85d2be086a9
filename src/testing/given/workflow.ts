import { steppingAlone } from "../../app/stepping.ts"
import { instant } from "../../kernel/clock.ts"
import type { App } from "../../kernel/app.ts"
import type { Request } from "../../kernel/handler.ts"
import { sameJson, type Json, type JsonObject } from "../../kernel/json.ts"
import { placesPerT, type Arrival, type Life, type Sending, type Turned } from "../../kernel/life.ts"
import type { Target } from "../../kernel/message.ts"
import { in_ } from "../../kernel/moments.ts"
import type { ChildEnd, Workflow } from "../../kernel/workflow.ts"
import { seededIds } from "../ids.ts"
import { fail, jsonText, requestsText } from "./failure.ts"
import { recordedAll, usualInstant, type Given } from "./happened.ts"
import { snapshotOf, type Known } from "./reaction.ts"
import { noRules, rulesOf, type Rules } from "./rules.ts"

/** What a workflow finds before it starts. Each word makes a new one: none changes. */
export type GivenWorkflow = {
  /** Checks the events and the commands against the app's schema. */
  in(app: App): GivenWorkflow
  /** Entities that are there. */
  knowing(...entities: readonly Known[]): GivenWorkflow
  /** When it starts: ISO 8601. */
  at(instant: string): GivenWorkflow
  /** Starts it, by its command. */
  start(request: Request, by?: string): Living
}

/** How a child ended, as far as a test says it: usually well. */
export type ChildEnded = Partial<Omit<ChildEnd, "id" | "type">>

/** What a workflow has come to, to be compared. It is a promise: await it at the end. */
export type Living = Promise<Lived> & {
  /** An event comes. */
  when(event: Given): Living
  /** A child of this name ends: the first that has not. */
  whenEnded(name: string, end?: ChildEnded): Living
  /** A timer goes off, or the time of a wait (`until:…`) is over: it is as late as that by then. */
  whenDue(name: string): Living
  /** Time passes, "30 minutes", and whatever falls due on the way goes off. */
  after(length: string): Living
  /** It is aborted. */
  whenAborted(reason?: string): Living

  /** The last step asked for just these commands, in this order. */
  thenSends(...requests: readonly Request[]): Living
  /** It waits under just these names: for events, for children and for timers. */
  thenWaits(...names: readonly string[]): Living
  /** Its data is this. */
  thenData(data: JsonObject): Living
  /** It is at its end and has succeeded, with this result. */
  thenDone(result?: Json): Living
  /** It has failed, with this in its message. */
  thenFailed(message?: string): Living
  /** It waits for a person, with this in the reason. */
  thenStuck(message?: string): Living
  /** It has been aborted. */
  thenAborted(): Living
}

/** An instance after a step: what it is, and what the step asked for. */
export type Lived = { readonly life: Life; readonly sent: readonly Request[]; readonly now: string }

type Story = {
  readonly workflow: Workflow
  readonly rules: Rules
  readonly entities: readonly Known[]
  readonly at: string
}

// `armed`: when each timer goes off. What an instance that is stuck has kept of them goes off no more.
type Moment = Lived & { readonly t: number; readonly ms: number; readonly armed: ReadonlyMap<string, number> }

const ids = seededIds("given workflow")

/** Begins a test of what a workflow does, step by step. */
export function givenWorkflow(workflow: Workflow): GivenWorkflow {
  return storyOf({ workflow, rules: noRules, entities: [], at: usualInstant })
}

function storyOf(story: Story): GivenWorkflow {
  return {
    in: app => storyOf({ ...story, rules: rulesOf(app) }),
    knowing: (...entities) => storyOf({ ...story, entities: [...story.entities, ...entities] }),
    at: at => storyOf({ ...story, at }),
    start: (request, by = "system") => living(story, started(story, request, by)),
  }
}

function steppingFor({ workflow, entities }: Story) {
  return steppingAlone(workflow, ids, t => snapshotOf(entities, t))
}

async function started(story: Story, request: Request, owner: string): Promise<Moment> {
  const { workflow, rules, at } = story
  if (request.type !== workflow.type) throw new Error(`${request.type} does not start the workflow ${workflow.type}`)
  const refusal = rules.refusalOf(request)
  if (refusal !== null) throw refusal
  const { target, data } = request
  const ms = Date.parse(at)
  const beginning = { command: "command", workflow: workflow.type, owner, data, ...(target === null ? {} : { target }) }
  const turned = await steppingFor(story).begin(beginning, { now: ms, basis: 1 })
  return momentOf(story, turned, { t: 1, ms, armed: new Map() })
}

async function came(story: Story, moment: Moment, arrival: Arrival, ms = moment.ms): Promise<Moment> {
  const t = moment.t + 1
  const turned = await steppingFor(story).advance(moment.life, [arrival], { now: ms, basis: t })
  if (turned === null) return { ...moment, t, ms, now: instant(ms), sent: [] }
  return momentOf(story, turned, { t, ms, armed: moment.armed })
}

function momentOf({ rules }: Story, { life, events, timers }: Turned, at: Pick<Moment, "t" | "ms" | "armed">): Moment {
  // Events of an instance say what is asked for.
  const sends = events.flatMap(({ data }) => (data["sends"] ?? []) as unknown as readonly Sending[])
  const sent = sends.flatMap((sending): Request[] => {
    if ("abort" in sending) return []
    const { type, target, data } = sending
    const request = { type, target, data }
    const refusal = rules.refusalOf(request)
    if (refusal !== null) throw refusal
    return [request]
  })
  const armed = new Map(at.armed)
  for (const [name, due] of timers) {
    if (due === null) armed.delete(name)
    else armed.set(name, due)
  }
  return { ...at, life, sent, now: instant(at.ms), armed }
}

function eventCame(story: Story, moment: Moment, given: Given): Promise<Moment> {
  const { target = { type: "", id: "entity" } } = moment.life
  const usual: { to: Target; at: string; by: string } = { to: target, at: moment.now, by: "system" }
  const [event] = recordedAll([given], story.rules, usual, moment.t)
  return came(story, moment, { kind: "event", place: (moment.t + 1) * placesPerT, event: event!, isAddressed: false })
}

function childEnded(story: Story, moment: Moment, name: string, end: ChildEnded): Promise<Moment> {
  const children = Object.entries(moment.life.children ?? {})
  const [id, child] = children.find(([, one]) => one.name === name && one.isResting !== true) ?? []
  if (id === undefined || child === undefined) {
    const known = children.map(([, one]) => one.name).join(", ") || "none"
    return fail(`${story.workflow.type} has no child ${name} that has not ended`, name, known)
  }
  const usual = { state: "succeeded", result: null, error: null, rejections: [] } as const
  const ended: ChildEnd = { ...usual, ...end, id, type: child.type }
  return came(story, moment, { kind: "child", place: (moment.t + 1) * placesPerT, child: ended })
}

function fellDue(story: Story, moment: Moment, name: string): Promise<Moment> {
  const fire = moment.life.timers?.[name]?.fire
  const due = moment.armed.get(name)
  if (fire === undefined || due === undefined) {
    return fail(`${story.workflow.type} has no timer ${name}`, name, [...moment.armed.keys()].join(", ") || "none")
  }
  return came(story, moment, { kind: "timer", name, fire }, Math.max(due, moment.ms))
}

async function passed(story: Story, moment: Moment, length: string): Promise<Moment> {
  const until = moment.ms + in_(length).ms
  let reached = moment
  const sent: Request[] = []
  for (;;) {
    const next = [...reached.armed].toSorted(([, a], [, b]) => a - b)[0]
    if (next === undefined || next[1] > until) return { ...reached, sent, ms: until, now: instant(until) }
    reached = await fellDue(story, reached, next[0])
    sent.push(...reached.sent)
  }
}

function living(story: Story, lived: Promise<Moment>): Living {
  const { type } = story.workflow
  const next = (go: (moment: Moment) => Promise<Moment>) => living(story, lived.then(go))
  const must = (check: (moment: Moment) => void) =>
    next(async moment => {
      check(moment)
      return moment
    })
  const inState = (state: Life["state"], message: string, saying: (life: Life) => Json | undefined) =>
    must(({ life }) => {
      const said = jsonText(saying(life))
      if (life.state !== state) fail(`${type} is not ${state}`, state, stateText(life))
      if (!said.includes(message)) fail(`${type} is ${state} for another reason`, message, said)
    })
  return Object.assign(lived, {
    when: (event: Given) => next(moment => eventCame(story, moment, event)),
    whenEnded: (name: string, end: ChildEnded = {}) => next(async moment => childEnded(story, moment, name, end)),
    whenDue: (name: string) => next(async moment => fellDue(story, moment, name)),
    after: (length: string) => next(moment => passed(story, moment, length)),
    whenAborted: (reason: string | null = null) =>
      next(moment => came(story, moment, { kind: "abort", by: "system", reason })),
    thenSends: (...requests: readonly Request[]) =>
      must(({ sent }) => {
        if (!sameJson(sent, requests))
          fail(`${type} asks for something else`, requestsText(requests), requestsText(sent))
      }),
    thenWaits: (...names: readonly string[]) =>
      must(({ life }) => {
        const found = [...Object.keys(life.waits ?? {}), ...Object.keys(life.timers ?? {})]
        const waits = found.filter(name => !/^(until|retry):/.test(name)).toSorted()
        if (!sameJson(waits, names.toSorted()))
          fail(`${type} waits for something else`, names.join(", ") || "nothing", waits.join(", ") || stateText(life))
      }),
    thenData: (data: JsonObject) =>
      must(({ life }) => {
        if (!sameJson(life.data, data))
          fail(`The data of ${type} is something else`, jsonText(data), jsonText(life.data))
      }),
    thenDone: (result: Json = null) =>
      must(({ life }) => {
        if (life.state !== "succeeded") fail(`${type} is not done`, "succeeded", stateText(life))
        if (!sameJson(life.result ?? null, result))
          fail(`${type} comes to something else`, jsonText(result), jsonText(life.result ?? null))
      }),
    thenFailed: (message = "") => inState("failed", message, ({ error }) => error),
    thenStuck: (message = "") => inState("stuck", message, ({ stuck }) => stuck?.reason),
    thenAborted: () => inState("aborted", "", () => null),
  })
}

function stateText({ state, error, stuck, waits = {}, timers = {} }: Life): string {
  const why = stuck?.reason ?? error
  const waited = [...Object.keys(waits), ...Object.keys(timers)].join(", ")
  return `${state}${waited === "" ? "" : `, for ${waited}`}${why === undefined ? "" : ` ${jsonText(why)}`}`
}
