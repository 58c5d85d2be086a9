import type { AttributeChanges } from "../commands/built-in.ts"
import type { DecisionContext, EvolvedEvent } from "../kernel/aggregate.ts"
import type { Document, EntityAt } from "../kernel/entity.ts"
import type { UnitOfWork } from "../kernel/handler.ts"
import type { Command, Event, RecordedEvent } from "../kernel/message.ts"
import type { EntityTrigger, Notification, Reaction } from "../kernel/processor.ts"
import type { Snapshot } from "../kernel/snapshot.ts"
import type {
  BuiltInEvents,
  CommandsFor,
  CommandsOf,
  DataOf,
  EntitiesOf,
  EntityNamesOf,
  EventDataOf,
  EventsFor,
  EventsOf,
  RejectionsOf,
  StateOf,
  StreamOf,
  TargetOf,
  TargetsOf,
} from "../schema/infer.ts"

/** The names of all events there can be: those of the schema, and those that `Transact` records. */
export type AnyEventOf<S> = EventsOf<S> | BuiltInEvents

/** A recorded event of one type, with its data. */
export interface Recorded<Type, Data> extends Omit<RecordedEvent, "type" | "data"> {
  readonly type: Type
  readonly data: Data
}

/** A recorded event with the data of its type; of several types, one of them, told apart by `type`. */
export type RecordedOf<S, V extends AnyEventOf<S> = AnyEventOf<S>> = V extends BuiltInEvents
  ? Recorded<V, { readonly attributes: AttributeChanges }>
  : Recorded<V, EventDataOf<S, V>>

/** An event of one of these types, as a decision says it. */
export type Said<V> = Event & { readonly type: V }

/**
 * What an aggregate says of one entity type: every command of it is decided, or left to a handler, and every event but
 * rejections evolves it.
 */
export type Deciding<S, E extends EntityNamesOf<S>> = {
  readonly decide: { readonly [C in CommandsFor<S, E>]: DecideOf<S, E, C> | "by handler" }
  readonly evolve: { readonly [V in Exclude<EventsFor<S, E>, RejectionsOf<S>>]: EvolveOf<S, E, V> }
}

/** Decides one command: what happens, in events of the entity's own stream. */
export type DecideOf<S, E, C> = (
  data: DataOf<S, C>,
  state: StateOf<S, E>,
  context: DecisionContext,
) => Said<EventsFor<S, E>> | readonly Said<EventsFor<S, E>>[]

/** The state after one event; null: the entity is no more. */
export type EvolveOf<S, E, V> = (
  state: StateOf<S, E>,
  data: EventDataOf<S, V>,
  event: EvolvedEvent,
) => StateOf<S, E> | null

/** What a processor of a schema can listen to: an event, or what became of an entity. */
export type TriggerOf<S> = AnyEventOf<S> | EntityTrigger<EntityNamesOf<S>>

/** What every delivery can be asked for, besides the adapters. */
export type DeliveryNeeds<S, On> = {
  readonly event: EventOn<S, On>
  /** What became of the entity, where that is what was listened to. */
  readonly notification: On extends string ? null : Notification
  /** The state of the entity at the event's t; null: it does not exist then. */
  readonly entity: StateOn<S, On> | null
  readonly snapshot: Snapshot
  readonly key: string
  readonly attempt: number
}

/** What an effect can be asked for besides: what is pure knows only the past. */
export type EffectNeeds = {
  /** An entity as it is now: whether what was asked for a while ago is still wanted. */
  readonly latest: (id: string) => Promise<EntityAt | null>
}

/** The event by which a processor is called. */
export type EventOn<S, On> = On extends AnyEventOf<S> ? RecordedOf<S, On> : RecordedEvent

/** The state of the entity that a processor is called about. A built-in event may be about any. */
export type StateOn<S, On> = On extends { readonly type: infer E }
  ? StateOf<S, E>
  : StreamOf<S, On> extends EntityNamesOf<S>
    ? OfStream<S, StreamOf<S, On>>
    : Document

type OfStream<S, Stream> = [Stream] extends [never] ? Document : StateOf<S, Stream>

/** A processor as it is written: `pure` only reads what it is handed, `effect` may talk to the outside. */
export type Processing<S, A, On> = {
  readonly on: On | readonly On[]
  readonly from?: "beginning" | "now"
  readonly attemptsMax?: number
  readonly inject?: readonly string[]
  readonly produces?: readonly (CommandsOf<S> | "Transact")[]
} & (
  | { readonly pure: (needs: DeliveryNeeds<S, On>) => Reaction }
  | { readonly effect: (needs: DeliveryNeeds<S, On> & EffectNeeds & A) => Reaction }
)

/** What an event means for the rows of a read model: the key or keys of those it touches, and what each is afterwards. */
export type ProjectingOf<S, V extends AnyEventOf<S>, Row> = {
  readonly keys: (event: RecordedOf<S, V>) => string | readonly string[]
  /** Null: there is no row, not yet or no more. */
  readonly fold: (row: Row | null, event: RecordedOf<S, V>, key: string) => Row | null
}

/** A projection as it is written: a table of events. `"*"` is every event there is, after what is said of its own type. */
export type Projected<S, Row extends Document> = {
  readonly version: number
  readonly derive?: (change: DerivedFrom<S, Row>) => readonly Event[]
  readonly on: {
    readonly [V in AnyEventOf<S>]?: ProjectingOf<S, V, Row> | readonly ProjectingOf<S, V, Row>[]
  } & { readonly "*"?: ProjectingOf<S, AnyEventOf<S>, Row> | readonly ProjectingOf<S, AnyEventOf<S>, Row>[] }
}

/** One row that an event has changed. Null: there is none. */
export type DerivedFrom<S, Row> = {
  readonly key: string
  readonly before: Row | null
  readonly after: Row | null
  readonly event: RecordedOf<S>
}

/** What a command handler can be asked for, besides the adapters. */
export type HandlerNeeds<S, C extends CommandsOf<S>> = {
  readonly command: Command
  readonly data: DataOf<S, C>
  readonly uow: UnitOfWork
  readonly now: string
  readonly key: string
}

/** Whom a command is for: an id, and where the target is an abstract, which of its variants that is. */
export type AddresseeOf<S, C> =
  TargetOf<S, C> extends EntitiesOf<S> ? string : { readonly type: TargetsOf<S, C>; readonly id: string }
