import type { Document } from "./entity.ts"
import type { Maybe, Request } from "./handler.ts"
import type { Json, JsonObject } from "./json.ts"
import type { RecordedEvent, T, Target } from "./message.ts"
import type { Moment } from "./moments.ts"
import type { ChildEnd, Mode, Retry } from "./workflow.ts"

/**
 * Where an instance that is stuck goes on, if not where it waited.
 *
 * start, abort      With this step, which went wrong. `because`: why it is to be aborted.
 * queued, aborting  In this state, in which nothing could be done with it.
 */
export type StuckOn = "start" | "abort" | "queued" | "aborting"

/** How far an instance has got. The last three are ends. */
export type LifeState = "queued" | "waiting" | "aborting" | "stuck" | "succeeded" | "failed" | "aborted"

/** Something that an instance waits for, under the name of the reaction that is told. */
export type Wait = {
  readonly kind: "event" | "child"
  /** For events: their type, and what their data must be like. */
  readonly event?: string
  readonly filter?: JsonObject
  readonly mode: Mode
  /** How many children there are to come. */
  readonly of?: number
  /** What has come, where the reaction is told of all of it at once. */
  readonly came: readonly Json[]
  /** Whether it is the owner who is waited for. */
  readonly user: boolean
  readonly since: string
}

/** A timer that is set. `fire` tells one setting of it from another: what was set before does not count any more. */
export type SetTimer = { readonly due: number; readonly fire: number; readonly moment: Moment }

/** A child that has not ended. `request` and `attempt`: it is asked for again if it fails. */
export type Child = {
  readonly name: string
  readonly type: string
  readonly request?: Request
  readonly retry?: Retry
  readonly attempt?: number
  /** It has failed, and is asked for again when its timer is due. */
  readonly isResting?: boolean
  /** Nobody wants it any more: if it is not at its end, it is not tried again. */
  readonly isToEnd?: true
}

/** The instance of a workflow, as it is stored: the document of its entity. What it has none of is not there. */
export type Life = {
  readonly command: string
  readonly workflow: string
  readonly version: number
  readonly owner: string
  readonly target?: Target
  /** The command that waits for its end. */
  readonly parent?: string
  readonly state: LifeState
  readonly data: JsonObject
  readonly waits?: Readonly<Record<string, Wait>>
  readonly timers?: Readonly<Record<string, SetTimer>>
  readonly children?: Readonly<Record<string, Child>>
  /** What came before anybody waited for it. */
  readonly mailbox?: readonly Arrival[]
  /** By what events it is found (`listening.ts`). */
  readonly listens?: readonly string[]
  /**
   * Where how many may be under way at a time is limited: in which line it stands, and whether it has been let in. One that
   * is stuck does neither; it stands in line again when it goes on.
   */
  readonly gate?: string
  /** How soon its turn comes, where its workflow says so: a person may change its data, and it keeps its place. */
  readonly priority?: number
  /** It stands in line once more: its turn leads on from where it was stuck, and not to its start. */
  readonly goesOn?: true
  /** Its workflow, as long as it stands in a line or has been let in: to find them all. */
  readonly limited?: string
  /** How much it has asked for so far, and how often it has set a timer: what its next ids follow from. */
  readonly sent: number
  readonly fired: number
  /** The place in the log up to which it has been told what happened. */
  readonly heard: number
  /** Why it waits for a person, and what it was about to do. */
  readonly stuck?: {
    readonly reason: JsonObject
    readonly since: string
    readonly on?: StuckOn
    readonly because?: string
  }
  readonly result?: Json
  readonly error?: JsonObject
}

/**
 * What comes to an instance. `place` is that of the event in the log: t * 4096 + n; null: it was refused before anything
 * of it was recorded.
 *
 * event    Something happened that it may wait for; or that was addressed to it.
 * child    A child has ended.
 * timer    A timer that it set is due.
 * admit    It was in line, and its turn has come.
 * abort    It is to end, with its children.
 * resume   A person says: go on. `change`: with this data. `fail`: it is to end as failed.
 */
export type Arrival =
  | { readonly kind: "event"; readonly place: number; readonly event: RecordedEvent; readonly isAddressed: boolean }
  | { readonly kind: "child"; readonly place: number | null; readonly child: ChildEnd }
  | { readonly kind: "timer"; readonly name: string; readonly fire: number }
  | { readonly kind: "admit" }
  | { readonly kind: "abort"; readonly by: string; readonly reason: string | null }
  | { readonly kind: "resume"; readonly by: string }
  | { readonly kind: "change"; readonly by: string; readonly data: JsonObject }
  | { readonly kind: "fail"; readonly by: string; readonly reason: string }

/** The places of one t: the place of event n of transaction t is t times this, and n. */
export const placesPerT = 4096

/** What a step asks the router to do, as its event says it. */
export type Sending =
  | {
      readonly id: string
      readonly type: string
      readonly target: Target | null
      readonly data: JsonObject
      readonly occurredAt?: string
      /** Whether its end is to be told. */
      readonly awaited: boolean
    }
  | { readonly abort: string }

/** The events by which instances tell what has become of them; the last one tells it of a command that has none. */
export const lifeEvents = [
  "InstanceStarted",
  "InstanceStepped",
  "InstanceEnded",
  "AbortRequested",
  "CommandEnded",
] as const

/** The data of the events of an instance. `set`: what is another from now on; null: it is there no more. */
export type LifeEventData = {
  /** The name of the reaction, or `start`, `abort`, `resume` …; null: nothing reacted, it was noted. */
  readonly on: string | null
  readonly set: JsonObject
  readonly sends?: readonly Sending[]
  /** With `sends`: whose all that is, and when that happened which led to it. */
  readonly owner?: string
  readonly causeT?: T
  /** Where it stands in line once more: what it is let in by. */
  readonly line?: Pick<Life, "workflow" | "owner" | "priority" | "goesOn">
  /** Where it begins to wait: what happened after this t may be its concern, if it waits for it from the start. */
  readonly since?: T
  /** On the last event, where somebody waits for the end. */
  readonly parent?: string
  readonly ended?: ChildEnd
}

/** What an event of an instance means for it. */
export function evolveLife(life: Document, { set }: Pick<LifeEventData, "set">): Document {
  const after: Record<string, Json | undefined> = { ...life }
  for (const [name, value] of Object.entries(set)) {
    if (value === null) delete after[name]
    else after[name] = value
  }
  return after
}

const instancePrefix = "instance:"

/** The id of the entity that is the instance of a command. */
export function instanceIdOf(commandId: string): string {
  return `${instancePrefix}${commandId}`
}

/** The command whose instance an entity is. */
export function commandIdOf(instanceId: string): string {
  return instanceId.slice(instancePrefix.length)
}

/** Whether a command is a child of an instance that is to end, as that says. */
export function isUnwanted(life: Pick<Life, "children"> | null, id: string): boolean {
  return life?.children?.[id]?.isToEnd === true
}

/** Whether it is at its end. */
export function hasEnded({ state }: Pick<Life, "state">): boolean {
  return state === "succeeded" || state === "failed" || state === "aborted"
}

/** An event of an instance, before it is recorded. */
export type LifeEvent = {
  readonly type: "InstanceStarted" | "InstanceStepped" | "InstanceEnded" | "AbortRequested"
  readonly data: JsonObject
}

/** What came of taking steps: the instance as it is by then, what is recorded of it, and when its timers are due. */
export type Turned = {
  readonly life: Life
  readonly events: readonly LifeEvent[]
  /** By name; null: it is taken back. */
  readonly timers: ReadonlyMap<string, number | null>
}

/** What an instance begins with. */
export type Beginning = Pick<Life, "command" | "workflow" | "owner" | "data"> &
  Partial<Pick<Life, "target" | "parent">> & { readonly since?: T }

/** When a step is taken: in milliseconds since 1970, and at which t. */
export type TurnMoment = { readonly now: number; readonly basis: T }

/** Why what came to an instance could not be recorded. */
export type Refused = { readonly reason: JsonObject; readonly isBare: boolean }

/** What takes the steps of instances: pure, whatever it is asked it answers the same again. */
export interface Stepping {
  /** The first step; or a place in line, where how many may be under way is limited. */
  begin(given: Beginning, moment: TurnMoment): Maybe<Turned>
  /** What has come to an instance, one after the other: an event for each reaction. Null: nothing came of it. */
  advance(life: Life, arrivals: readonly Arrival[], moment: TurnMoment): Maybe<Turned | null>
  /**
   * What came to it could not be recorded: it is kept, and waits with the instance for a person; `isBare`: it is named
   * and not kept, because that cannot be recorded either.
   */
  refused(life: Life, arrivals: readonly Arrival[], why: Refused, moment: TurnMoment): Turned
}
