import type { AttributeChanges } from "../commands/built-in.ts"
import type { DecisionContext, EvolvedEvent } from "../kernel/aggregate.ts"
import type { Document, EntityAt } from "../kernel/entity.ts"
import type { Maybe, UnitOfWork } from "../kernel/handler.ts"
import type { Json, JsonObject } from "../kernel/json.ts"
import type { Command, Event, RecordedEvent } from "../kernel/message.ts"
import type { QueryAsker, QueryReading } from "../kernel/named-query.ts"
import type { EntityTrigger, Notification, Reaction } from "../kernel/processor.ts"
import type { OwnCommand, Pending, Prompt, PromptContext, PromptRule } from "../kernel/prompt.ts"
import type { Snapshot } from "../kernel/snapshot.ts"
import type {
  BuiltInCommands,
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

// So that an editor shows something short, most of these are given a state, an event or some data, and not the schema.
// What needs the schema itself asks `S extends object`: see schema/infer.ts.

/** The names of all events there can be: those of the schema, and those that `Transact` records. */
export type AnyEventOf<S> = S extends object ? EventsOf<S> | BuiltInEvents : never

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
export type Said<Type> = Event & { readonly type: Type }

/**
 * What an aggregate says of one entity type: every command of it is decided, or left to a handler or a workflow, and every event but
 * rejections evolves it.
 */
export type Deciding<S, E extends EntityNamesOf<S>> = S extends object
  ? {
      readonly decide: {
        readonly [C in CommandsFor<S, E>]:
          Decides<DataOf<S, C>, StateOf<S, E>, EventsFor<S, E>> | "by handler" | "by workflow"
      }
      readonly evolve: {
        readonly [V in Exclude<EventsFor<S, E>, RejectionsOf<S>>]: Evolves<StateOf<S, E>, EventDataOf<S, V>>
      }
    }
  : never

/** Decides one command: what happens, in events of the entity's own stream. */
export type Decides<Data, State, Events> = (
  data: Data,
  state: State,
  context: DecisionContext,
) => Said<Events> | readonly Said<Events>[]

/** The state after one event; null: the entity is no more. */
export type Evolves<State, Data> = (state: State, data: Data, event: EvolvedEvent) => State | null

/** What a processor of a schema can listen to: an event, or what became of an entity. */
export type TriggerOf<S> = S extends object ? AnyEventOf<S> | EntityTrigger<EntityNamesOf<S>> : never

/** A processor as it is written: `pure` only reads what it is handed, `effect` may talk to the outside. */
export type Processing<S, A, On> = S extends object
  ? ListeningTo<On, CommandsOf<S> | "Transact"> &
      (
        | { readonly pure: Reacting<Delivered<EventOn<S, On>, StateOn<S, On>, NotificationOn<On>>> }
        | {
            readonly effect: Reacting<Delivered<EventOn<S, On>, StateOn<S, On>, NotificationOn<On>> & Outside & A>
            /** How long one attempt may take; one that takes longer has failed. */
            readonly timeoutMs?: number
          }
      )
  : never

/** Says what follows from an event: commands, or nothing. */
export type Reacting<Needs> = (needs: Needs) => Reaction

/** What a processor listens to, and how. */
export type ListeningTo<On, Produced> = {
  readonly on: On | readonly On[]
  readonly from?: "beginning" | "now"
  readonly attemptsMax?: number
  readonly inject?: readonly string[]
  readonly produces?: readonly Produced[]
}

/** What every processor can ask for, besides the adapters. */
export type Delivered<Event, State, Heard> = {
  readonly event: Event
  /** What became of the entity, where that is what was listened to. */
  readonly notification: Heard
  /** The state of the entity at the event's t; null: it does not exist then. */
  readonly entity: State | null
  readonly snapshot: Snapshot
  /** The same for each attempt at this event. */
  readonly key: string
  /** 1 for the first. */
  readonly attempt: number
}

/** What an effect can ask for besides: what is pure knows only the past. */
export type Outside = {
  /** An entity as it is now: whether what was asked for a while ago is still wanted. */
  readonly latest: (id: string) => Promise<EntityAt | null>
  /** Aborted when the time of this attempt is over: for whatever is asked outside. */
  readonly signal: AbortSignal
}

/** The event by which a processor is called. */
export type EventOn<S, On> = On extends AnyEventOf<S> ? RecordedOf<S, On> : RecordedEvent

/** The state of the entity that a processor is called about. A built-in event may be about any. */
export type StateOn<S, On> =
  On extends EntityTrigger<infer E> ? StateOf<S, E> : On extends EventsOf<S> ? StateIn<S, StreamOf<S, On>> : Document

type StateIn<S, Stream> = Stream extends EntityNamesOf<S> ? StateOf<S, Stream> : Document

/** Whether what a processor hears is what became of an entity. */
export type NotificationOn<On> = On extends string ? null : Notification

/** A projection as it is written: a table of events. `"*"` is every event there is, after what is said of its own type. */
export type Projected<S, Row extends Document> = S extends object
  ? {
      readonly version: number
      readonly on: {
        readonly [V in AnyEventOf<S> | "*"]?: OneOrMore<
          Projects<RecordedOf<S, V extends AnyEventOf<S> ? V : AnyEventOf<S>>, Row>
        >
      }
      readonly derive?: (change: RowChange<Row, RecordedOf<S>>) => readonly Event[]
    }
  : never

/** What an event means for the rows of a read model: the key or keys of those it touches, and what each is afterwards. */
export type Projects<Event, Row> = {
  readonly keys: (event: Event) => string | readonly string[]
  /** Null: there is no row, not yet or no more. */
  readonly fold: (row: Row | null, event: Event, key: string) => Row | null
}

type OneOrMore<One> = One | readonly One[]

/** A row that an event has changed. Null: there is none. */
export type RowChange<Row, Event> = {
  readonly key: string
  readonly before: Row | null
  readonly after: Row | null
  readonly event: Event
}

/** What a command handler can ask for, besides the adapters. */
export type Handling<Data> = {
  readonly command: Command
  readonly data: Data
  readonly uow: UnitOfWork
  readonly now: string
  readonly key: string
  readonly signal: AbortSignal
}

/** Whom a command is for: nobody, where it has no target; an id, and where the target is an abstract, which of its variants that is. */
export type AddresseeOf<S, C> =
  TargetOf<S, C> extends null
    ? null
    : TargetOf<S, C> extends EntitiesOf<S>
      ? string
      : { readonly type: TargetsOf<S, C>; readonly id: string }

/** A derived attribute as it is written, and the attributes that it needs. */
export type Deriving<A, Attributes> = {
  /** What it is computed from: it is handed nothing else, and seen by nobody who may not see all of it. */
  readonly needs?: readonly (keyof Attributes & string)[]
  /** Answers with a value for each entity, in their order; undefined: this one has none. */
  readonly resolve: (needs: DerivingFrom<Attributes> & A) => Maybe<readonly (Json | undefined)[]>
  readonly inject?: readonly string[]
  readonly timeoutMs?: number
  /** What a failure comes to: null and a word about it beside the answer, which is usual, or no answer at all. */
  readonly onError?: "null" | "fail"
}

/** What a derived attribute can ask for, besides the adapters. */
export type DerivingFrom<Attributes> = {
  readonly entities: readonly { readonly id: string; readonly type: string; readonly attributes: Attributes }[]
  /** What the query says beside it. */
  readonly params: JsonObject
  readonly t: number
  readonly signal: AbortSignal
}

/** The values of an attribute that there may be none of. */
export type AttributeOf<S, E extends EntityNamesOf<S>, N> = N extends keyof StateOf<S, E>
  ? NonNullable<StateOf<S, E>[N]>
  : Json

/** A command of somebody, of one of these types, with its data. */
export type OwnOf<S, C extends CommandsOf<S> | BuiltInCommands = CommandsOf<S> | BuiltInCommands> = C extends "RunQuery"
  ? Owned<C, { readonly name: string; readonly data?: Json }>
  : C extends BuiltInCommands
    ? Owned<C, JsonObject>
    : Owned<C, DataOf<S, C>>

type Owned<Type, Data> = Omit<OwnCommand, "type" | "data"> & { readonly type: Type; readonly data: Data }

/** What the rule of a prompt looks at. */
export type Prompting<S, State> = S extends object
  ? Omit<PromptContext, "entity" | "commands" | "newest" | "pending"> & {
      /** The owner's state; null: they are no such entity. */
      readonly entity: State
      readonly commands: readonly OwnOf<S>[]
      readonly newest: <const C extends CommandsOf<S> | BuiltInCommands>(
        type: C,
        count: number,
      ) => Promise<readonly OwnOf<S, C>[]>
      readonly pending: readonly (Omit<Pending, "command"> & { readonly command: OwnOf<S> })[]
    }
  : never

/** Says by which rule people are told something. `of`: the entity type of those whom it is about, where it reads their state. */
export type PromptWord<S> = {
  <const E extends EntitiesOf<S>>(
    name: string,
    rule: {
      readonly of: E
      readonly order: number
      readonly when: (context: Prompting<S, StateOf<S, E> | null>) => Maybe<Prompt | readonly Prompt[] | null>
    },
  ): PromptRule
  (
    name: string,
    rule: {
      readonly order: number
      readonly when: (context: Prompting<S, null>) => Maybe<Prompt | readonly Prompt[] | null>
    },
  ): PromptRule
}

/** A named query as it is written. */
export type Answering<A, Data> = {
  /** JSON Schema of its data; anything, where it is left out. */
  readonly data?: JsonObject | boolean
  readonly run: (needs: { readonly data: Data; readonly asker: QueryAsker } & QueryReading & A) => Maybe<Json>
  /** Whether it is kept, as a command `RunQuery` of theirs, that a person has asked it. */
  readonly record?: boolean
  readonly inject?: readonly string[]
}
