import type { ChangeKind, Document } from "../kernel/entity.ts"
import type { Instance } from "../kernel/instance.ts"
import type { Json, JsonObject } from "../kernel/json.ts"
import type { Event, RecordedEvent, T, Target, Version } from "../kernel/message.ts"
import type { Fault, RefusalCode } from "../kernel/refusal.ts"
import type { Erasure } from "./erasure.ts"
import type { Fence } from "./leases.ts"

/** An event with its place in its stream, about to be recorded. */
export type NewEvent = Event & {
  readonly id: string
  readonly stream: Target & { readonly version: Version }
  readonly occurredAt: string | null
  readonly typeVersion: number
  /** What the transaction comes to for the entity; on the last event about it, else null. */
  readonly kind: ChangeKind | null
}

/** A value that is looked up, and is added to or taken from an entity. */
export type ValueChange = {
  /** The attribute's full name, `Entity/attr`. */
  readonly attribute: string
  /** The id of an entity for a ref; else a scalar. */
  readonly value: string | number | boolean
  readonly ref: boolean
  /** No two entities may have the same value of this attribute at the same t. */
  readonly unique: boolean
  readonly added: boolean
}

/** An entity as it is after a transaction. */
export type EntityChange = {
  readonly id: string
  readonly type: string
  /** Null: it was retracted. */
  readonly document: Document | null
  /** Whether there was a version of it before that ends now. */
  readonly replaces: boolean
  readonly values: readonly ValueChange[]
}

/** A timer that is set, or taken back (`due: null`). */
export type TimerChange = { readonly id: string; readonly due: number | null; readonly payload: JsonObject }

/** Commands that are moved, by their ids, all of them or none. */
export type Moved = { readonly ids: readonly string[] }

/** One unit of work of a command: all of it is committed, as one transaction with a t of its own, or nothing. */
export type TransactionWrite = {
  readonly kind: "transaction"
  /** The command's instance as it is afterwards. `t`, `updatedAt`, and the last `t` and `at` of the history are filled in at commit. */
  readonly instance: Instance
  /** Whether the instance is new to the store. */
  readonly first: boolean
  /** The t of the step that this one follows, where it is not the first: it must still be the command's last. */
  readonly follows?: T
  readonly actor: string
  readonly schemaVersion: number
  readonly events: readonly NewEvent[]
  readonly changes: readonly EntityChange[]
  /** Streams that the decision rests on and that have no event here: they must still be at these versions. */
  readonly reads: readonly { readonly id: string; readonly version: Version }[]
  /**
   * What it retracts, with each attribute that may point there: but for those from whom it takes the ref, nobody may
   * point there when it is committed.
   */
  readonly unreferenced?: readonly { readonly attribute: string; readonly id: string }[]
  /**
   * Values that were looked for at a t, where what was not found counts too: a transaction of another process that has
   * given one to somebody since is a conflict. Where nobody else can commit there is nothing to look at.
   */
  readonly sought?: { readonly t: T; readonly values: readonly Pick<ValueChange, "attribute" | "value">[] }
  /** Commands of the same batch on whose events the decision rests: if one of them drops out, so must this. */
  readonly restsOn?: readonly string[]
  readonly timers: readonly TimerChange[]
  /** Commands that go to the archive with it, or come back: each is at its end and not there yet, or is there. */
  readonly archive?: Moved
  readonly restore?: Moved
  /**
   * What it takes out of the past. Its last event lists the transactions of which that leaves something else than their
   * hashes say; where that is not what is found when it is committed, it is a conflict.
   */
  readonly erase?: Erasure
  /**
   * Taken over from another daybook as it was recorded there: its t must be the next one here. Null: it happens now.
   * `ofEvents`: nothing but its events is known, so that its hash covers nothing else. `hash`: it was emptied there since,
   * so that its hash cannot be found anew.
   */
  readonly recorded: { readonly t: T; readonly at: string; readonly ofEvents?: boolean; readonly hash?: string } | null
  /** The lease under which this is said; a stale one is a conflict. */
  readonly fence?: Fence
}

/** A command that was refused before it became one. It is kept for audit, takes no t and does not use up its id. */
export type RefusalWrite = {
  readonly kind: "refusal"
  readonly id: string
  readonly type: string
  readonly actor: string
  readonly code: RefusalCode
  readonly sentence: string
  readonly faults: readonly Fault[]
  readonly data: Json
}

/** How far a processor or a projection has got, and which deliveries go their own way. Takes no t. */
export type DeliveryWrite = {
  readonly kind: "deliveries"
  readonly consumer: string
  /** Everything up to and including this t is either done or has a row of its own; null: unchanged. */
  readonly reached: T | null
  readonly parked: readonly ParkedDelivery[]
  /** Rows that are done, redriven to their end, or dropped. */
  readonly done: readonly { readonly t: T; readonly n: number }[]
  /** The lease under which this is said; a stale one is a conflict. */
  readonly fence?: Fence
}

/** A delivery that did not go straight through: it waits for its next attempt, for one before it, or for a person. */
export type ParkedDelivery = {
  readonly consumer: string
  readonly t: T
  readonly n: number
  readonly entity: string
  readonly state: "retrying" | "blocked" | "dead"
  readonly attempts: readonly { readonly at: string; readonly error: string }[]
  readonly due: number | null
}

/** A page of events folded into a projection. Rows and checkpoint go together. Takes no t. */
export type ProjectionWrite = {
  readonly kind: "projection"
  readonly name: string
  readonly version: number
  readonly rows: ReadonlyMap<string, Document | null>
  readonly reached: T
  /** The lease under which this is said; a stale one is a conflict. */
  readonly fence?: Fence
}

/** Everything that can be committed. */
export type Write = TransactionWrite | RefusalWrite | DeliveryWrite | ProjectionWrite

/**
 * What became of one write of a batch.
 *
 * done       It is durable. A transaction has its t and the instant it was recorded at.
 * conflict   It was overtaken: a stream has another version, a unique value another holder, what it retracts a new ref to
 *            it, or a lease another epoch. Nothing of it is there.
 * duplicate  Its command is there already, or has taken a step that this one does not follow. Nothing of it was written.
 */
export type WriteOutcome =
  | { readonly kind: "done"; readonly t: T; readonly at: string }
  | {
      readonly kind: "conflict"
      readonly sentence: string
      readonly facts: JsonObject
      readonly unique: boolean
      /** It was not overtaken: something in it cannot be stored, whenever it is tried. */
      readonly isUnfit?: boolean
    }
  | { readonly kind: "duplicate" }

/** What one committed transaction changed. Its caller, the processors, the projections and the feeds all get this. */
export type Committed = {
  readonly t: T
  readonly at: string
  readonly events: readonly RecordedEvent[]
  readonly kinds: readonly (ChangeKind | null)[]
  readonly changes: readonly EntityChange[]
}
