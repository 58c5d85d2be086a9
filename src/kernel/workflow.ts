import type { Maybe, Request } from "./handler.ts"
import type { Json, JsonObject } from "./json.ts"
import type { CommandState, RecordedEvent, Target } from "./message.ts"
import type { Moment } from "./moments.ts"
import type { Snapshot } from "./snapshot.ts"

/** The stream and entity type of command instances. */
export const instanceType = "CommandInstance"

/** The stream type of what is told from outside and belongs to no entity: each such event has a stream of its own. */
export const outsideStream = "Outside"

/**
 * How many of what is waited for lead to a reaction, and how often.
 *
 * each     Each of them does, as it comes. For events: until the wait is taken back.
 * any      The first one does, once.
 * all      The last of the children does, once, with all of them.
 * a number The so many'th does, once, with those that have come.
 * enough   As soon as the reaction's own `enough` says so, once, with those that have come.
 */
export type Mode = "each" | "any" | "all" | "enough" | number

/** How a child that has failed is asked for again: so many times in all, with waits that double from `baseMs`. */
export type Retry = { readonly attempts: number; readonly baseMs?: number }

/** How a child ended, as its parent is told. */
export type ChildEnd = {
  readonly id: string
  readonly type: string
  readonly state: CommandState
  readonly result: Json
  readonly error: JsonObject | null
  /** With what the domain said no, where it did. */
  readonly rejections: readonly { readonly type: string; readonly data: JsonObject }[]
}

/** What a step asks for, one after the other. */
export type Act =
  | { readonly kind: "send"; readonly request: Request }
  | {
      readonly kind: "spawn"
      readonly name: string
      readonly requests: readonly Request[]
      readonly mode: Mode
      readonly retry: Retry | null
    }
  | {
      readonly kind: "wait"
      readonly name: string
      /** Where the step says it too: it has to be the one that the reaction hears. */
      readonly event?: string
      readonly filter: JsonObject
      readonly mode: Mode
      readonly until: Moment | null
      readonly user: boolean
    }
  | { readonly kind: "timer"; readonly name: string; readonly moment: Moment }
  | { readonly kind: "cancel"; readonly name: string }
  | { readonly kind: "abort"; readonly name: string }

/** That an instance is at its end, or that it waits for a person. */
export type End =
  | { readonly state: "succeeded"; readonly result: Json }
  | { readonly state: "failed" | "stuck"; readonly error: JsonObject }

/** As soon as an event comes with data like the filter: a timer that somebody else sets off. */
export type When<Event extends string = string> = {
  readonly kind: "when"
  readonly event: Event
  readonly filter: JsonObject
}

/** What `start`, a reaction or `abort` says: the data from now on, what is asked for, and whether that is the end. */
export interface Step<Data extends JsonObject = JsonObject, Asks extends string = string> {
  readonly kind: "step"
  /** Never there: by it the compiler knows which reactions the step counts on, `timer reminder`, `event answer`. */
  readonly asks?: Asks
  /** Null: the data stays as it is. */
  readonly data: Data | null
  readonly acts: readonly Act[]
  readonly end: End | null
}

/** What any step may know. A step is pure: asked twice with the same, it says the same. */
export type StepContext<Data extends JsonObject = JsonObject> = {
  readonly data: Data
  /** The command's id. */
  readonly id: string
  readonly owner: string
  readonly target: Target | null
  /** When the step is taken, ISO 8601. */
  readonly now: string
  /** Everything as it was when that happened which led to the step. */
  readonly snapshot: Snapshot
}

/** What a reaction may know besides. What does not apply to what it reacts to is null or empty. */
export type ReactionContext<Data extends JsonObject = JsonObject> = StepContext<Data> & {
  /** The event that came, or the last of several. */
  readonly event: RecordedEvent | null
  readonly events: readonly RecordedEvent[]
  /** The child that ended, or the last of several. */
  readonly outcome: ChildEnd | null
  readonly outcomes: readonly ChildEnd[]
  /** How many of the children are not at their end. */
  readonly pending: number
  /** A timer: when it was due, and how many recurrences before it were missed. */
  readonly timer: { readonly due: string; readonly missed: number } | null
  /** Whether the wait ended because its time was over. */
  readonly expired: boolean
}

/** One row of a workflow's table: what it reacts to, and how. */
export type Reacting = {
  readonly hears:
    { readonly kind: "event"; readonly event: string } | { readonly kind: "child" } | { readonly kind: "timer" }
  /** Of an event: by what it is this instance's, as soon as its data says. What comes before it is waited for is kept. */
  readonly match: ((data: JsonObject) => JsonObject | null) | null
  readonly enough: ((came: readonly Json[], data: JsonObject) => boolean) | null
  readonly react: (context: ReactionContext) => Maybe<Step>
}

/** How an event starts a workflow: with which target and data, and for whom; null: it does not. */
export type StartedBy = (event: RecordedEvent) => {
  readonly target: Target | null
  readonly data: JsonObject
  readonly owner?: string
} | null

/** How many instances may be under way at a time: of all, or of those with the same key. The others wait, `queued`. */
export type RunningLimit = {
  readonly running: number
  readonly key: ((data: JsonObject) => string) | null
  /** Which of those that wait comes first: the higher. Among equals owners take turns. */
  readonly priority: ((data: JsonObject) => number) | null
}

/** A command whose handler takes more than one step: a table of reactions over stored data. */
export type Workflow = {
  readonly kind: "workflow"
  /** The command type that it handles. */
  readonly type: string
  /** Of its code and data; `upgrade` carries the data of instances from an older one to this. */
  readonly version: number
  readonly start: (context: StepContext) => Maybe<Step>
  readonly on: Readonly<Record<string, Reacting>>
  /** By event type. */
  readonly startedBy: Readonly<Record<string, StartedBy>>
  /** Compensation: what is to be done when it is aborted. */
  readonly abort: ((context: StepContext & { readonly reason: string | null }) => Maybe<Step>) | null
  readonly upgrade: ((data: JsonObject, from: number) => JsonObject) | null
  readonly limit: RunningLimit | null
}

type SpawnOptions = { readonly mode?: Mode; readonly retry?: Retry }
type WaitOptions = { readonly mode?: Mode; readonly user?: boolean }

/** A step that is being said. Each method adds to it and returns a new one. */
export class StepSaid<Data extends JsonObject, Asks extends string = never> implements Step<Data, Asks> {
  readonly kind = "step"
  declare readonly asks?: Asks
  readonly data: Data | null
  readonly acts: readonly Act[]
  readonly end: End | null

  constructor(data: Data | null, acts: readonly Act[] = [], end: End | null = null) {
    this.data = data
    this.acts = acts
    this.end = end
  }

  /** Asks for a command and does not wait for it: what becomes of it does not matter here. */
  send(...requests: readonly Request[]): StepSaid<Data, Asks> {
    return this.#with(...requests.map((request): Act => ({ kind: "send", request })))
  }

  /** Asks for commands and waits for their ends: the reaction of this name is told. Mode: `each`, unless another is said. */
  spawn<Name extends string>(
    name: Name,
    requests: Request | readonly Request[],
    options: SpawnOptions = {},
  ): StepSaid<Data, Asks | `child ${Name}`> {
    const { mode = "each", retry = null } = options
    return this.#with({ kind: "spawn", name, requests: [requests].flat(), mode, retry })
  }

  /**
   * Waits for events of the type that the reaction of this name hears, with data like the filter: by path (`quote`,
   * `order.id`), or `@stream`, the id of the entity that it is about. Mode: `any`, unless another is said. `until`: when the
   * wait is over even so, which the reaction is told as `expired`. `user`: it is the owner who is waited for.
   */
  wait<Name extends string>(
    name: Name,
    filter: JsonObject,
    options: WaitOptions & { readonly until: Moment },
  ): StepSaid<Data, Asks | `event ${Name}` | `expired ${Name}`>
  wait<Name extends string>(
    name: Name,
    filter?: JsonObject,
    options?: WaitOptions,
  ): StepSaid<Data, Asks | `event ${Name}`>
  wait(name: string, filter: JsonObject = {}, options: WaitOptions & { readonly until?: Moment } = {}) {
    const { mode = "any", until = null, user = false } = options
    return this.#with({ kind: "wait", name, filter, mode, until, user })
  }

  /** Sets a timer, or sets it anew; `when`: waits for an event that sets it off. */
  timer<Name extends string>(name: Name, moment: Moment): StepSaid<Data, Asks | `timer ${Name}`>
  timer<Name extends string, Event extends string>(
    name: Name,
    moment: When<Event>,
  ): StepSaid<Data, Asks | `${Event} ${Name}`>
  timer(name: string, moment: Moment | When) {
    if (moment.kind !== "when") return this.#with({ kind: "timer", name, moment })
    const { event, filter } = moment
    return this.#with({ kind: "wait", name, event, filter, mode: "any", until: null, user: false })
  }

  /** Takes back the wait or the timer of this name. */
  cancel(...names: readonly string[]): StepSaid<Data, Asks> {
    return this.#with(...names.map((name): Act => ({ kind: "cancel", name })))
  }

  /** Aborts the children of this name. */
  abort<Name extends string>(name: Name): StepSaid<Data, Asks | `child ${Name}`> {
    return this.#with({ kind: "abort", name })
  }

  #with(...acts: readonly Act[]): StepSaid<Data, never> {
    return new StepSaid(this.data, [...this.acts, ...acts], this.end)
  }
}

/** A step that leads on, with the data as it is from now on. */
export function step<Data extends JsonObject>(data: Data): StepSaid<Data> {
  return new StepSaid(data)
}

/** The end: it has succeeded, with this result. */
export function done(result: Json = null): StepSaid<never> {
  return new StepSaid<never>(null, [], { state: "succeeded", result })
}

/** The end: it has failed. */
export function failed(sentence: string, facts: JsonObject = {}): StepSaid<never> {
  return new StepSaid<never>(null, [], { state: "failed", error: { code: "failed", message: sentence, facts } })
}

/** It cannot go on by itself: a person is to resume it, to change it, or to let it fail. */
export function stuck(sentence: string, facts: JsonObject = {}): StepSaid<never> {
  return new StepSaid<never>(null, [], { state: "stuck", error: { code: "stuck", message: sentence, facts } })
}
