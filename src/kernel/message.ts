import type { Json, JsonObject } from "./json.ts"

/** Names one entity, and with it its stream. */
export type Target = { readonly type: string; readonly id: string }

/** A request to do something, in the imperative. Immutable; its id is its idempotency key. */
export type Command = {
  readonly id: string
  readonly type: string
  /** The one entity it is about. `Transact` has none. */
  readonly target: Target | null
  readonly data: JsonObject
  /** Refuse unless the target's stream is at this version; 0: unless it is new. */
  readonly expectedVersion?: number
  /** When it really happened, if not now: ISO 8601. Its events carry it. */
  readonly occurredAt?: string
  /** Refuse if the target changed after this t. */
  readonly basisT?: number
}

/** Who asks, and in what conversation. Comes from the edge, never from the command itself. */
export type Asker = {
  /** The principal's id; `system` may do everything. */
  readonly actor: string
  /** Whose command it is, where that is not the actor. */
  readonly owner?: string
  readonly correlationId?: string
  /** The command that caused this one, if one did. */
  readonly parent?: string
  /** Whether that one waits for its end, which is then told in the log. */
  readonly isAwaited?: boolean
  /** From when on it may matter to it what happens, where that is before it is taken up. */
  readonly since?: T
}

/** An event as it is decided: what happened, before it has a place. */
export type Event = {
  readonly type: string
  readonly data: JsonObject
  /** A rejection says no: it is recorded and changes nothing. */
  readonly rejection: boolean
}

/** What a stream's version is: 1, 2, 3 … without gaps; 0 before its first event. */
export type Version = number

/** The number of a transaction: 1, 2, 3 … without gaps, in commit order. */
export type T = number

/** An event as it is recorded. Immutable; `(t, n)` orders all events. */
export type RecordedEvent = {
  /** Follows from (command id, n). */
  readonly id: string
  readonly type: string
  readonly stream: { readonly type: string; readonly id: string; readonly version: Version }
  readonly t: T
  /** Its place in its transaction, from 0. */
  readonly n: number
  readonly at: string
  readonly occurredAt?: string
  readonly data: JsonObject
  readonly rejection: boolean
  readonly causedBy: { readonly type: string; readonly id: string }
  readonly correlationId: string
  readonly actor: string
  /** The version of the schema that was in force. */
  readonly schemaVersion: number
  /** The version of the event's type that `data` is in, after upcasting. */
  readonly typeVersion: number
}

/** How far a command has got. The last four are ends: nothing leads out of them. */
export type CommandState =
  | ("queued" | "running" | "waiting" | "retrying" | "aborting" | "stuck")
  | ("succeeded" | "rejected" | "failed" | "aborted")

/** Whether a command's state is an end. */
export function isEnd(state: CommandState): boolean {
  return state === "succeeded" || state === "rejected" || state === "failed" || state === "aborted"
}

/** Whether a command rests: it waits for something to happen, or for a person, and no process has it in hand. */
export function isResting(state: CommandState): boolean {
  return state === "waiting" || state === "stuck"
}

/** What came of a command, as its sender is told. */
export type Outcome = {
  readonly id: string
  readonly state: CommandState
  readonly t: T
  readonly events: readonly RecordedEvent[]
  readonly result?: Json
  readonly error?: JsonObject
}

/** What happened: an event of this type with this data. */
export function event<Type extends string, Data extends JsonObject>(type: Type, data: Data) {
  return { type, data, rejection: false } as const
}

/** What was refused by the domain: recorded as an event that changes nothing. */
export function reject<Type extends string, Data extends JsonObject>(type: Type, data: Data) {
  return { type, data, rejection: true } as const
}
