import type { Aggregate, Decide, Upcaster } from "../kernel/aggregate.ts"
import type { Document } from "../kernel/entity.ts"
import type { Derived } from "../kernel/derived.ts"
import type { CommandHandler, Maybe, Request } from "../kernel/handler.ts"
import { isObject, type Json, type JsonObject } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import { event, reject, type Target } from "../kernel/message.ts"
import type { NamedQuery } from "../kernel/named-query.ts"
import { changed, created, retracted, type EntityTrigger, type Processor, type Trigger } from "../kernel/processor.ts"
import type { Projecting, Projection } from "../kernel/projection.ts"
import type { PromptRule } from "../kernel/prompt.ts"
import type { OpOf } from "../schema/infer-ops.ts"
import type {
  AttributesOf,
  CommandsOf,
  DataOf,
  EntityNamesOf,
  EventDataOf,
  EventsOf,
  RejectionsOf,
} from "../schema/infer.ts"
import type {
  AddresseeOf,
  Answering,
  AttributeOf,
  Deciding,
  Deriving,
  Handling,
  Processing,
  Projected,
  PromptWord,
  Said,
  TriggerOf,
} from "./typed.ts"
import type { WhenWord, WorkflowWord } from "./typed-workflow.ts"
import { when, workflowOf } from "./workflow-words.ts"

/** The parts of an application, with the types that follow from its schema `S` and its adapters `A`. */
export type PartsOf<S, A = unknown> = {
  readonly aggregate: <E extends EntityNamesOf<S>>(type: E, definition: Deciding<S, E>) => Aggregate
  readonly handler: <C extends CommandsOf<S>>(
    type: C,
    run: (needs: Handling<DataOf<S, C>> & A) => Maybe<Json | void>,
    inject?: readonly string[],
  ) => CommandHandler
  /** A command that lasts: how it starts, and how it reacts to what comes, until it says that it is done. */
  readonly workflow: WorkflowWord<S>
  /** A timer that an event sets off: `timer("clicked", when("SpecialClicked", { special }))`. */
  readonly when: WhenWord<S>
  readonly processor: <const On extends TriggerOf<S>>(name: string, definition: Processing<S, A, On>) => Processor
  readonly projection: <Row extends Document>(name: string, definition: Projected<S, Row>) => Projection

  /** An attribute that is computed when it is asked for, or fetched from elsewhere: `Entity/name`. */
  readonly derived: <const N extends AttributesOf<S, E>, const E extends EntityNamesOf<S> = EntityNamesOf<S>>(
    name: `${E}/${string}`,
    definition: Deriving<A, { readonly [K in N]?: AttributeOf<S, E, K> }>,
  ) => Derived
  /** A query with a name. It reads with the eyes of whoever asks. */
  readonly query: <Data extends Json = JsonObject>(name: string, definition: Answering<A, Data>) => NamedQuery

  /** A rule by which something is put before people: out of what they asked for, and of what waits for them. */
  readonly prompt: PromptWord<S>

  /** What happened: one of the schema's events, with its data. */
  readonly event: <V extends Exclude<EventsOf<S>, RejectionsOf<S>>>(type: V, data: EventDataOf<S, V>) => Said<V>
  /** A no: one of the schema's rejections, with its data. */
  readonly reject: <V extends RejectionsOf<S>>(type: V, data: EventDataOf<S, V>) => Said<V>

  /** Asks for a command on one entity. */
  readonly command: <C extends CommandsOf<S>>(type: C, to: AddresseeOf<S, C>, data: DataOf<S, C>) => Request
  /** Asks for changes of entities, all of them or none, without any code that decides. */
  readonly transact: (ops: readonly OpOf<S>[]) => Request

  /** Entities of this type that come into being. */
  readonly created: <E extends EntityNamesOf<S>>(type: E) => EntityTrigger<E>
  /** Entities of this type that change; with an attribute, only where that differs. */
  readonly changed: <E extends EntityNamesOf<S>>(type: E, attribute?: AttributesOf<S, E>) => EntityTrigger<E>
  /** Entities of this type that cease to be. */
  readonly retracted: <E extends EntityNamesOf<S>>(type: E) => EntityTrigger<E>

  readonly upcaster: (event: EventsOf<S>, from: number, up: (data: JsonObject) => JsonObject) => Upcaster
  /** The same parts, knowing what adapters the app has. */
  readonly adapters: <Adapters>() => PartsOf<S, Adapters>
}

/** Gives the parts of an application their types. At run time a part is what was written; this only joins the two. */
export function partsOf<const S extends object>(schema: S): PartsOf<S> {
  const targets = commandTargets(schema)
  const addressed = (type: string, to: string | Target | null) =>
    typeof to === "string" ? { type: targets[type] ?? "", id: to } : to
  const parts = {
    aggregate: aggregateOf,
    handler: (type: string, run: CommandHandler["run"], inject?: readonly string[]): CommandHandler => ({
      kind: "handler",
      type,
      run,
      ...(inject === undefined ? {} : { inject }),
    }),
    workflow: (type: string, written: Parameters<typeof workflowOf>[1]) => workflowOf(type, written, addressed),
    when,
    processor: processorOf,
    projection: projectionOf,
    derived: derivedOf,
    prompt: (
      name: string,
      { of = null, ...rest }: Pick<PromptRule, "order" | "when"> & Partial<PromptRule>,
    ): PromptRule => ({
      kind: "prompt",
      name,
      of,
      ...rest,
    }),
    query: (name: string, { data = true, ...rest }: Answering<unknown, Json>): NamedQuery => ({
      kind: "query",
      name,
      data,
      ...rest,
    }),
    event,
    reject,
    command: (type: string, to: string | Target | null, data: JsonObject): Request => ({
      type,
      target: addressed(type, to),
      data,
    }),
    transact: (ops: readonly JsonObject[]): Request => ({ type: "Transact", target: null, data: { ops } }),
    created,
    changed,
    retracted,
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

function derivedOf(
  name: string,
  { resolve, ...written }: Deriving<unknown, { readonly [name: string]: Json }>,
): Derived {
  const { needs = [], timeoutMs = limits.derivedMsUsual, onError = "null", inject } = written
  const asked = inject === undefined ? {} : { inject }
  return { kind: "derived", name, needs, run: resolve, timeoutMs, onError, ...asked }
}

type Elsewhere = "by handler" | "by workflow"

type WrittenAggregate = {
  decide: Readonly<Record<string, Decide | Elsewhere>>
  evolve: Aggregate["evolve"]
}

function aggregateOf(type: string, { decide, evolve }: WrittenAggregate): Aggregate {
  const isDecided = (entry: [string, Decide | Elsewhere]): entry is [string, Decide] => typeof entry[1] === "function"
  return { kind: "aggregate", type, decide: Object.fromEntries(Object.entries(decide).filter(isDecided)), evolve }
}

type WrittenProcessor = Pick<Processor, "attemptsMax" | "timeoutMs" | "inject" | "produces"> & {
  on: Trigger | readonly Trigger[]
  from?: Processor["from"]
  pure?: Processor["run"]
  effect?: Processor["run"]
}

function processorOf(name: string, written: WrittenProcessor): Processor {
  const { on, pure, effect, from = "beginning", ...rest } = written
  const run = pure ?? effect
  if (run === undefined) throw new Error(`The processor ${name} has neither pure nor effect`)
  return { kind: "processor", name, on: listed(on), mode: pure === undefined ? "effect" : "pure", run, from, ...rest }
}

type WrittenProjection = Pick<Projection, "version" | "derive"> & {
  on: Readonly<Record<string, Projecting | readonly Projecting[]>>
}

function projectionOf(name: string, { on, ...rest }: WrittenProjection): Projection {
  const lists = Object.entries(on).map(([type, projecting]) => [type, listed(projecting)] as const)
  return { kind: "projection", name, ...rest, on: Object.fromEntries(lists) }
}

function listed<One extends object | string>(one: One | readonly One[]): readonly One[] {
  return Array.isArray(one) ? (one as readonly One[]) : [one as One]
}

function commandTargets(schema: object): Readonly<Record<string, string>> {
  const { commands } = schema as { commands?: JsonObject }
  const entries = Object.entries(commands ?? {}).map(([name, command]): [string, string] => {
    const target = isObject(command) ? command["target"] : undefined
    return [name, typeof target === "string" ? target : ""]
  })
  return Object.fromEntries(entries)
}
