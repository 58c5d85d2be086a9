import type { Document, EntityAt } from "./entity.ts"
import type { Json, JsonObject } from "./json.ts"
import type { Command, Event } from "./message.ts"

/** What a handler returns may be had at once or later. */
export type Maybe<T> = T | Promise<T>

/**
 * The unit of work of one command: what it reads, and what it says. Nothing of it is seen by anyone until the handler
 * has returned and all of it is committed; when the handler throws, none of it ever is.
 */
export interface UnitOfWork {
  /** The entity as it is now. The commit is refused, and the handler run again, if it has changed by then. */
  entity(id: string): Promise<EntityAt | null>

  /** Lets an aggregate decide a command within this unit, and applies the events at once. */
  decide(type: string, id: string, command: { type: string; data: JsonObject }): Promise<readonly Event[]>

  /** Records an event in a stream, and applies it to the entity by its aggregate. */
  record(stream: { type: string; id: string }, event: Event): Promise<void>

  /** The state of an entity with all that this unit has said so far. */
  state(type: string, id: string): Promise<Document | null>
}

/**
 * Handles one command type by code that may wait for the outside. It names what it needs by its parameters, destructured
 * or not, and gets only that:
 *
 * command  the command as it was asked for
 * data     its data
 * uow      its unit of work
 * now      the instant at which it is run
 * key      the same for each attempt: what the outside may take as idempotency key
 * signal   an `AbortSignal` for whatever it asks: aborted when the command is, or the parent that waits for it
 * and any adapter of the app, by its name.
 *
 * What it returns is the command's result, also where it was aborted meanwhile. Where it throws because of that, the
 * command is aborted.
 */
export type CommandHandler = {
  readonly kind: "handler"
  readonly type: string
  readonly run: (...needs: never[]) => Maybe<Json | void>
  /** The names to hand in, in order, where they cannot be read off the function (minified builds). */
  readonly inject?: readonly string[]
}

/** A command that a processor asks for. Its id follows from its cause, so that asking twice is asking once. */
export type Request = {
  readonly type: string
  readonly target: Command["target"]
  readonly data: JsonObject
  readonly occurredAt?: string
}
