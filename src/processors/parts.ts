import type { Clock } from "../kernel/clock.ts"
import type { Ids } from "../kernel/ids.ts"
import type { JsonObject } from "../kernel/json.ts"
import type { Asker, Command, Outcome, RecordedEvent, T } from "../kernel/message.ts"
import type { Fault } from "../kernel/refusal.ts"
import type { Snapshot } from "../kernel/snapshot.ts"
import type { Journal } from "../ports/journal.ts"
import type { Metrics } from "../ports/metrics.ts"
import type { Store } from "../ports/store.ts"
import type { EntityType } from "../schema/types.ts"
import type { DeliveryWrite, ProjectionWrite, TransactionWrite, WriteOutcome } from "../ports/write.ts"
import type { Leases } from "./leases.ts"
import type { Aborting } from "./time-limit.ts"

/** What this room reads of the compiled schema. */
export type SchemaFacts = {
  readonly version: number
  readonly entities: ReadonlyMap<string, Pick<EntityType, "abstract" | "attributes" | "initial">>
  readonly events: ReadonlyMap<string, { readonly version: number; validate(data: JsonObject): readonly Fault[] }>
}

/** What the room needs from the rest. */
export type ProcessorParts = {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly metrics: Metrics
  readonly journal: Journal
  readonly schema: SchemaFacts
  /** Who runs what, of all processes on the store. */
  readonly leases: Leases

  /**
   * Asks for a command with a given id. Resolves when it is at its end and durable; a rejection is an end too, and the
   * same id again is answered with the first outcome. Rejects with a Refusal when nothing was recorded.
   */
  readonly request: (command: Command, asker: Asker) => Promise<Outcome>

  /** Hands a write to the next group commit: one wait for the disk with everything else. Resolves when durable. */
  readonly write: (write: DeliveryWrite | ProjectionWrite | TransactionWrite) => Promise<WriteOutcome>

  readonly snapshot: (t: T) => Snapshot

  /** Makes what ends one attempt of an effect. */
  readonly aborting: () => Aborting

  /** The event with its data carried to the newest version of its type. */
  readonly upcast: (event: RecordedEvent) => RecordedEvent

  readonly adapters: Readonly<Record<string, unknown>>
}
