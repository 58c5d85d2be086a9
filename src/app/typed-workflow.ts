import type { Maybe } from "../kernel/handler.ts"
import type { Json, JsonObject } from "../kernel/json.ts"
import type { When } from "../kernel/workflow.ts"
import type { ChildEnd, ReactionContext, Step, StepContext, Workflow } from "../kernel/workflow.ts"
import type { CommandsOf, DataOf, EventDataOf, EventsFor, RejectionsOf, TargetOf, TargetsOf } from "../schema/infer.ts"
import type { AddresseeOf, AnyEventOf, RecordedOf } from "./typed.ts"

// The data of a workflow follows from what its `start` says. What its steps wait for, and what its reactions are for, go
// along as words (`timer reminder`, `event answer`): so the compiler holds the ones against the others.

/** What every step of a workflow is handed. */
export interface Known<Data, To> extends Omit<StepContext, "data" | "target"> {
  readonly data: Data
  readonly target: To
}

/** The target of a command: null, where it has none. */
export type ToOf<S, C> =
  TargetOf<S, C> extends null ? null : { readonly type: TargetsOf<S, C> & string; readonly id: string }

/** What a reaction to an event is handed: the event, or the last of several. */
export type ByEvent<Event> = { readonly event: Event; readonly events: readonly Event[] }

/** What a reaction to the ends of children is handed: the end, or the last of several. */
export type ByChild<End> = Pick<ReactionContext, "pending"> & {
  readonly outcome: End
  readonly outcomes: readonly End[]
}

/** What a reaction to a timer is handed. */
export type ByTimer = { readonly timer: NonNullable<ReactionContext["timer"]> }

/** How a child of one type ended. */
export type EndOf<S, C> = S extends object
  ? Omit<ChildEnd, "type" | "rejections"> & {
      readonly type: C
      readonly rejections: readonly RejectionOf<S, RejectionsOf<S> & EventsFor<S, TargetsOf<S, C>>>[]
    }
  : never

type RejectionOf<S, V> = V extends string ? { readonly type: V; readonly data: EventDataOf<S, V> } : never

/** Data of an event that is looked for: its members, what is in them by path, or `@stream`, whom it is about. */
export type FilterOf<Data> = { readonly [P in PathsOf<Data>]?: AtPath<Data, P> } & { readonly "@stream"?: string }

type PathsOf<Data> = { [K in keyof Data & string]: K | PathsIn<K, NonNullable<Data[K]>> }[keyof Data & string]

type PathsIn<K extends string, Inner> = Inner extends JsonObject
  ? string extends keyof Inner
    ? never
    : `${K}.${PathsOf<Inner>}`
  : never

type AtPath<Data, P> = P extends keyof Data
  ? Data[P]
  : P extends `${infer K}.${infer Rest}`
    ? K extends keyof Data
      ? AtPath<NonNullable<Data[K]>, Rest>
      : Json
    : Json

/** What is to be known of an event besides its type, and when there are enough of them. */
export type HeardOptions<Data, Event, Filter> = {
  /** By what it is this instance's, as soon as its data says. What comes before it is waited for is kept. */
  readonly match?: (data: Data) => Filter | null
  readonly enough?: (came: readonly Event[], data: Data) => boolean
}

/** What is to be done where the time of a wait was over first, with those that had come. */
export type WhenExpired<Data, To, Event, X extends string> = {
  readonly expired: (known: Known<Data, To> & { readonly events: readonly Event[] }) => Maybe<Said<Data, X>>
}

/** A step of a workflow with this data, and what it counts on. */
export type Said<Data, X extends string = string> = Omit<Step<JsonObject, X>, "data"> & { readonly data: Data | null }

/** A row of the table that has a word of its own. `X`: what it is for, `is event`, and what its steps count on. */
export interface WordedRow<X> {
  readonly hears: { readonly kind: "event" | "child" }
  /** Never there: for the compiler. */
  readonly says?: X
}

/** One row of the table. A function alone is for a timer. */
export type Row<Data, To, X extends string> =
  WordedRow<X> | ((known: Known<Data, To> & ByTimer) => Maybe<Said<Data, X>>)

/** The words in which a table of reactions is written. */
export type TableWords<S, Data, To> = {
  /** For an event: when it comes, this is done. */
  readonly heard: {
    <const V extends AnyEventOf<S>, X extends string>(
      event: V,
      react: (known: Known<Data, To> & ByEvent<RecordedOf<S, V>>) => Maybe<Said<Data, X>>,
    ): WordedRow<X | "is event" | `is ${V}`>
    <
      const V extends AnyEventOf<S>,
      X extends string,
      E extends string,
      const F extends FilterOf<RecordedOf<S, V>["data"]>,
    >(
      event: V,
      options: HeardOptions<Data, RecordedOf<S, V>, F> & WhenExpired<Data, To, RecordedOf<S, V>, E>,
      react: (known: Known<Data, To> & ByEvent<RecordedOf<S, V>>) => Maybe<Said<Data, X>>,
    ): WordedRow<X | E | "is event" | "is expired" | `is ${V}`>
    <const V extends AnyEventOf<S>, X extends string, const F extends FilterOf<RecordedOf<S, V>["data"]>>(
      event: V,
      options: HeardOptions<Data, RecordedOf<S, V>, F>,
      react: (known: Known<Data, To> & ByEvent<RecordedOf<S, V>>) => Maybe<Said<Data, X>>,
    ): WordedRow<X | "is event" | `is ${V}`>
  }
  /** For children: when one ends, or as many as are waited for, this is done. */
  readonly ended: {
    <X extends string>(
      react: (known: Known<Data, To> & ByChild<ChildEnd>) => Maybe<Said<Data, X>>,
    ): WordedRow<X | "is child">
    <const C extends CommandsOf<S>, X extends string>(
      child: C,
      react: (known: Known<Data, To> & ByChild<EndOf<S, C>>) => Maybe<Said<Data, X>>,
    ): WordedRow<X | "is child">
    <const C extends CommandsOf<S>, X extends string>(
      child: C,
      options: { readonly enough: (came: readonly EndOf<S, C>[], data: Data) => boolean },
      react: (known: Known<Data, To> & ByChild<EndOf<S, C>>) => Maybe<Said<Data, X>>,
    ): WordedRow<X | "is child">
  }
}

/** A table of reactions: what each name is for, and what it counts on, by name. */
export type Table = { readonly [name: string]: string }

// A flag that `start` says as `false` may be true later.
type Plain<Data> = { [Name in keyof Data]: Data[Name] extends boolean ? boolean : Data[Name] }

/** A workflow as it is written. `start` comes first, because the data of all the others follows from it. */
export type Written<S, C, Data, X extends string, On extends Table> = {
  readonly version?: number
  readonly start: (known: Known<DataOf<S, C>, ToOf<S, C>>) => Maybe<Said<Data, X>>
  readonly on?: (words: TableWords<S, Plain<Data>, ToOf<S, C>>) => {
    readonly [N in keyof On]: Row<NoInfer<Plain<Data>>, ToOf<S, C>, On[N]>
  }
  /** What starts it besides the command: an event, with whose target and data, and for whom; null: this one does not. */
  readonly startedBy?: {
    readonly [V in AnyEventOf<S>]?: (event: RecordedOf<S, V>) => {
      readonly to: AddresseeOf<S, C>
      readonly data: DataOf<S, C>
      readonly owner?: string
    } | null
  }
  /** Compensation: what is to be done when it is aborted. */
  readonly abort?: (
    known: Known<Plain<Data>, ToOf<S, C>> & { readonly reason: string | null },
  ) => Maybe<Said<NoInfer<Plain<Data>>>>
  /** Carries the data of an older version to this one. */
  readonly upgrade?: (data: JsonObject, from: number) => NoInfer<Plain<Data>>
  /** How many may be under way at a time: of all, or of those with the same key. The others wait. */
  readonly limit?: {
    readonly running: number
    readonly key?: (data: DataOf<S, C>) => string
    /** Which of those that wait comes first: the higher. */
    readonly priority?: (data: DataOf<S, C>) => number
  }
}

/** Makes a workflow of the command of that name. Where a step waits for what the table has no row for, it says so. */
export type WorkflowWord<S> = <const C extends CommandsOf<S>, Data, X extends string, On extends Table>(
  type: Complete<C, Missing<On, X>>,
  written: Written<S, C, Data, X, On>,
) => Workflow

/** As soon as an event of a type comes, with data like the filter: what `timer` takes besides lengths and instants. */
export type WhenWord<S> = <const V extends AnyEventOf<S>>(
  event: V,
  filter?: FilterOf<RecordedOf<S, V>["data"]>,
) => When<V>

type Complete<C extends string, M extends string> = [M] extends [never]
  ? C
  : `${C} waits for ${M}, and has no such reaction`

// Before anything is inferred all of it is only `string`, and nothing is missing. So it is where there is no table at all.
type Missing<On, X extends string> = string extends X | Counted<On> | keyof On
  ? never
  : Exclude<X | Counted<On>, Offered<On>>

type Counted<On> = Exclude<On[keyof On], `is ${string}`> & string

type Offered<On> = { readonly [N in keyof On & string]: OfferedAs<N, On[N] & `is ${string}`> }[keyof On & string]

type OfferedAs<N extends string, Is> = [Is] extends [never]
  ? `timer ${N}`
  : Is extends `is ${infer K}`
    ? `${K} ${N}`
    : never
