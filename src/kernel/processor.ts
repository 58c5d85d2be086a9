import type { ChangeKind } from "./entity.ts"
import type { Maybe, Request } from "./handler.ts"
import type { RecordedEvent, T } from "./message.ts"

/** That an entity was created, changed or retracted: what one transaction came to for it, whatever its events were. */
export type Notification = {
  /** Follows from (t, entity, kind). */
  readonly id: string
  readonly kind: ChangeKind
  readonly entity: string
  readonly type: string
  readonly t: T
  /** The attributes that differ, by their short names. */
  readonly attributes: readonly string[]
  readonly causedBy: RecordedEvent["causedBy"]
}

/** What became of an entity of a type; of a change, perhaps only one of a certain attribute. */
export type EntityTrigger<Type extends string = string> = {
  readonly kind: ChangeKind
  readonly type: Type
  readonly attribute?: string
}

/** What a processor listens to: an event type, or what became of an entity. */
export type Trigger = string | EntityTrigger

/** Entities of this type that come into being. */
export function created<Type extends string>(type: Type): EntityTrigger<Type> {
  return { kind: "created", type }
}

/** Entities of this type that change; with an attribute, only where that differs. */
export function changed<Type extends string>(type: Type, attribute?: string): EntityTrigger<Type> {
  return attribute === undefined ? { kind: "changed", type } : { kind: "changed", type, attribute }
}

/** Entities of this type that cease to be. */
export function retracted<Type extends string>(type: Type): EntityTrigger<Type> {
  return { kind: "retracted", type }
}

/** What any processor may ask for by name, besides adapters. */
export const processorNeeds = ["event", "notification", "entity", "snapshot", "key", "attempt"] as const

/** What an effect may ask for besides: it is not the same each time it is asked. */
export const effectNeeds = ["latest", "signal"] as const

/** What a processor says to an event: commands, one command, or nothing. */
export type Reaction = Maybe<readonly Request[] | Request | null | undefined | void>

/**
 * Turns events into commands. It names what it needs by its parameters, destructured or not:
 *
 * event         the event that caused the call; for `created` … the last one of its transaction about the entity
 * notification  for `created`, `changed`, `retracted`: what became of the entity
 * entity        the entity's state as it was at the event's t; null if it did not exist then
 * snapshot      everything as it was at the event's t
 * key           the same for each attempt at this event: what the outside may take as idempotency key
 * attempt       1 for the first
 * latest        asks for an entity as it is now. For effects only: an attempt may come long after the event
 * signal        an AbortSignal for whatever it asks: aborted when its time is over. For effects only
 * and any adapter of the app, by its name; a `pure` one may have none.
 */
export type Processor = {
  readonly kind: "processor"
  readonly name: string
  readonly on: readonly Trigger[]
  /** A pure one only reads what it is given; an effect talks to the outside, and does not run for history. */
  readonly mode: "pure" | "effect"
  readonly run: (...needs: never[]) => Reaction
  readonly inject?: readonly string[]
  /** Where a processor that is new to a daybook begins: with the first event ever, or with the next one. */
  readonly from: "beginning" | "now"
  readonly attemptsMax?: number
  /** How long one attempt of an effect may take. One that takes longer has failed, and is made again with the same key. */
  readonly timeoutMs?: number
  /** The command types it may ask for, for the catalogue. */
  readonly produces?: readonly string[]
}
