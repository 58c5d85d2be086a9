import type { Aggregate, DecisionContext, EvolvedEvent, Upcaster } from "../kernel/aggregate.ts"
import type { Document } from "../kernel/entity.ts"
import type { CommandHandler, Maybe, Request, UnitOfWork } from "../kernel/handler.ts"
import { isObject, type Json, type JsonObject } from "../kernel/json.ts"
import { event, reject, type Command, type Event, type RecordedEvent } from "../kernel/message.ts"
import type { EntityTrigger, Notification, Processor, Reaction, Trigger } from "../kernel/processor.ts"
import type { Projecting, Projection } from "../kernel/projection.ts"
import type { Snapshot } from "../kernel/snapshot.ts"
import type {
  CommandsFor,
  CommandsOf,
  DataOf,
  EntitiesOf,
  EventDataOf,
  EventsFor,
  EventsOf,
  RejectionsOf,
  StateOf,
} from "../schema/infer.ts"

/** An event whose data is that of its type. */
export type Typed<S, Type extends EventsOf<S>> = Omit<RecordedEvent, "type" | "data"> & {
  readonly type: Type
  readonly data: EventDataOf<S, Type>
}

/**
 * What an aggregate says of one entity type: every event but rejections evolves it, and every command of it is decided,
 * unless a handler runs it. That none is missing is checked at the start.
 */
export type Deciding<S, E extends EntitiesOf<S>> = {
  readonly decide: {
    readonly [C in CommandsFor<S, E>]?: (
      data: DataOf<S, C>,
      state: StateOf<S, E>,
      context: DecisionContext,
    ) => Event | readonly Event[]
  }
  readonly evolve: {
    readonly [V in Exclude<EventsFor<S, E>, RejectionsOf<S>>]: (
      state: StateOf<S, E>,
      data: EventDataOf<S, V>,
      event: EvolvedEvent,
    ) => StateOf<S, E> | null
  }
}

/** What every delivery can be asked for, besides the adapters. */
export type DeliveryNeeds<Data> = {
  readonly event: Omit<RecordedEvent, "data"> & { readonly data: Data }
  readonly notification: Notification | null
  readonly entity: Document | null
  readonly snapshot: Snapshot
  readonly key: string
  readonly attempt: number
}

type Options = {
  readonly from?: "beginning" | "now"
  readonly attemptsMax?: number
  readonly inject?: readonly string[]
  readonly produces?: readonly string[]
}

/** A processor as it is written: `pure` only reads what it is handed, `effect` may talk to the outside. */
export type Processing<S, A, On> = Options & { readonly on: On | readonly On[] } & (
    | { readonly pure: (needs: DeliveryNeeds<DataOn<S, On>>) => Reaction }
    | { readonly effect: (needs: DeliveryNeeds<DataOn<S, On>> & A) => Reaction }
  )

/** The data of the events that a processor hears: that of its type, or whatever the cause of a notification has. */
export type DataOn<S, On> = On extends EventsOf<S> ? EventDataOf<S, On> : JsonObject

/** What a command handler can be asked for, besides the adapters. */
export type HandlerNeeds<S, C extends CommandsOf<S>> = {
  readonly command: Command
  readonly data: DataOf<S, C>
  readonly uow: UnitOfWork
  readonly now: string
  readonly key: string
}

/** The parts of an application, with the types that follow from its schema `S` and its adapters `A`. */
export type PartsOf<S, A = unknown> = {
  readonly aggregate: <E extends EntitiesOf<S>>(type: E, definition: Deciding<S, E>) => Aggregate
  readonly handler: <C extends CommandsOf<S>>(
    type: C,
    run: (needs: HandlerNeeds<S, C> & A) => Maybe<Json | void>,
    inject?: readonly string[],
  ) => CommandHandler
  readonly processor: <const On extends EventsOf<S> | EntityTrigger>(
    name: string,
    definition: Processing<S, A, On>,
  ) => Processor
  readonly projection: (
    name: string,
    definition: {
      version: number
      derive?: Projection["derive"]
      on: { readonly [V in EventsOf<S>]?: Projecting | readonly Projecting[] }
    },
  ) => Projection
  /** One effect of an event on a read model: the key or keys of the rows it touches, and what each is afterwards. */
  readonly into: <V extends EventsOf<S>, Row extends Document>(
    type: V,
    keys: (event: Typed<S, V>) => string | readonly string[],
    fold: (row: Row | null, event: Typed<S, V>, key: string) => Row | null,
  ) => Projecting
  readonly event: <V extends EventsOf<S>>(type: V, data: EventDataOf<S, V>) => Event
  readonly reject: <V extends RejectionsOf<S>>(type: V, data: EventDataOf<S, V>) => Event
  readonly command: <C extends CommandsOf<S>>(type: C, id: string, data: DataOf<S, C>) => Request
  readonly upcaster: <V extends EventsOf<S>>(event: V, from: number, up: (data: JsonObject) => JsonObject) => Upcaster
  /** The same parts, knowing what adapters the app has. */
  readonly adapters: <Adapters>() => PartsOf<S, Adapters>
}

/** Gives the parts of an application their types. At run time a part is what was written; this only joins the two. */
export function partsOf<const S extends object>(schema: S): PartsOf<S> {
  const targets = commandTargets(schema)
  const parts = {
    aggregate: (type: string, { decide, evolve }: Pick<Aggregate, "decide" | "evolve">): Aggregate => ({
      kind: "aggregate",
      type,
      decide,
      evolve,
    }),
    handler: (type: string, run: CommandHandler["run"], inject?: readonly string[]): CommandHandler => ({
      kind: "handler",
      type,
      run,
      ...(inject === undefined ? {} : { inject }),
    }),
    processor: processorOf,
    projection: projectionOf,
    into: (_type: string, keys: Projecting["keys"], fold: Projecting["fold"]): Projecting => ({ keys, fold }),
    event,
    reject,
    command: (type: string, id: string, data: JsonObject): Request => ({
      type,
      target: { type: targets[type] ?? "", id },
      data,
    }),
    upcaster: (name: string, from: number, up: Upcaster["up"]): Upcaster => ({
      kind: "upcaster",
      event: name,
      from,
      up,
    }),
    adapters: () => parts,
  }
  // The schema's types exist for the compiler only: nothing above could check them, and nothing needs to.
  return parts as unknown as PartsOf<S>
}

type Written = Options & { on: Trigger | readonly Trigger[]; pure?: Processor["run"]; effect?: Processor["run"] }

function processorOf(name: string, { on, pure, effect, from = "beginning", ...rest }: Written): Processor {
  const run = pure ?? effect
  if (run === undefined) throw new Error(`The processor ${name} has neither pure nor effect`)
  return {
    kind: "processor",
    name,
    on: Array.isArray(on) ? (on as readonly Trigger[]) : [on as Trigger],
    mode: pure === undefined ? "effect" : "pure",
    run,
    from,
    ...rest,
  }
}

type WrittenProjection = {
  version: number
  derive?: Projection["derive"]
  on: Readonly<Record<string, Projecting | readonly Projecting[]>>
}

function projectionOf(name: string, { version, on, derive }: WrittenProjection): Projection {
  const lists = Object.entries(on).map(([type, into]): [string, readonly Projecting[]] => [
    type,
    Array.isArray(into) ? (into as readonly Projecting[]) : [into as Projecting],
  ])
  return {
    kind: "projection",
    name,
    version,
    on: Object.fromEntries(lists),
    ...(derive === undefined ? {} : { derive }),
  }
}

function commandTargets(schema: object): Readonly<Record<string, string>> {
  const { commands } = schema as { commands?: JsonObject }
  const entries = Object.entries(commands ?? {}).map(([name, command]): [string, string] => {
    const target = isObject(command) ? command["target"] : undefined
    return [name, typeof target === "string" ? target : ""]
  })
  return Object.fromEntries(entries)
}
