import type { Document } from "./entity.ts"
import type { JsonObject } from "./json.ts"
import type { Command, Event, RecordedEvent, Version } from "./message.ts"

/** What a decision may know besides the command's data and the state. */
export type DecisionContext = {
  readonly id: string
  /** Whether the entity exists. If not, the state is its initial one. */
  readonly exists: boolean
  readonly version: Version
  /** When the command is decided, ISO 8601. */
  readonly now: string
  /** When it happened: the command's `occurredAt`, or now. */
  readonly occurredAt: string
  readonly actor: string
  readonly command: Command
}

/** What a decision says: one event, several in order, or none (the command is then rejected, with `NothingHappened`). */
export type Decision = Event | readonly Event[]

/** Decides: a pure function of the command's data and the state. It changes nothing, it says what happened. */
export type Decide = (data: never, state: never, context: DecisionContext) => Decision

/** Applies: the state after an event. Pure; null: the entity is no more. Also what replay, rebuild and time travel call. */
export type Evolve = (state: never, data: never, event: EvolvedEvent) => Document | null

/**
 * What an event means for the entity may depend on its data and on this, and on nothing else. `occurredAt` is there where
 * the command gave it; when an event is recorded is not known before it is. An event that must know the time says it.
 */
export type EvolvedEvent = Pick<RecordedEvent, "type" | "typeVersion" | "occurredAt"> & { readonly id: string }

/** An entity whose changes are decided by code: one `decide` per command, one `evolve` per event. */
export type Aggregate = {
  readonly kind: "aggregate"
  /** The entity type whose changes it decides. */
  readonly type: string
  readonly decide: Readonly<Record<string, Decide>>
  readonly evolve: Readonly<Record<string, Evolve>>
}

/** An upcaster carries the data of one event type from one version to the next. Pure. */
export type Upcaster = {
  readonly kind: "upcaster"
  readonly event: string
  readonly from: number
  readonly up: (data: JsonObject) => JsonObject
}

/** What `evolve` is told of an event besides its data. */
export function evolvedEvent(
  { type, typeVersion, occurredAt = null }: { type: string; typeVersion: number; occurredAt?: string | null },
  id: string,
): EvolvedEvent {
  return occurredAt === null ? { type, typeVersion, id } : { type, typeVersion, id, occurredAt }
}
