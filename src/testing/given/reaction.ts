import type { ChangeKind, Document, EntityAt } from "../../kernel/entity.ts"
import { injector, parametersOf } from "../../kernel/inject.ts"
import { isObject, sameJson, type Json } from "../../kernel/json.ts"
import type { Request } from "../../kernel/handler.ts"
import type { RecordedEvent } from "../../kernel/message.ts"
import { effectNeeds, processorNeeds, type Notification, type Processor } from "../../kernel/processor.ts"
import type { Snapshot } from "../../kernel/snapshot.ts"
import { seededIds } from "../ids.ts"
import { spy, type Spy } from "../spy.ts"
import type { Rules } from "./rules.ts"

/** An entity that is there when the event arrives. */
export type Known = { readonly type: string; readonly id: string; readonly document: Document }

/** What became of an entity, where that is what the processor hears. */
export type Became = { readonly kind: ChangeKind; readonly before: Document | null; readonly after: Document | null }

/** One delivery to one processor. */
export type Delivering = {
  readonly processor: Processor
  readonly event: RecordedEvent
  readonly became: Became | null
  readonly entities: readonly Known[]
  readonly adapters: Readonly<Record<string, unknown>>
  readonly attempt: number
  readonly rules: Rules
}

/** What came of a delivery. */
export type Delivered = {
  readonly requests: readonly Request[]
  readonly error: unknown
  readonly spies: ReadonlyMap<string, Spy<unknown>>
}

const pureNames: readonly string[] = processorNeeds
const needNames: readonly string[] = [...processorNeeds, ...effectNeeds]
const ids = seededIds("given")

/** Whether a processor hears an event, or what became of its entity. */
export function hears(processor: Processor, event: RecordedEvent, became: Became | null): boolean {
  const notification = became === null ? null : notificationOf(event, became)
  return processor.on.some(trigger => {
    if (typeof trigger === "string") return trigger === event.type
    if (notification === null || trigger.kind !== notification.kind || trigger.type !== event.stream.type) return false
    const attribute = trigger.attribute?.slice(trigger.attribute.lastIndexOf("/") + 1)
    return attribute === undefined || notification.attributes.includes(attribute)
  })
}

/** Hands a processor what it asks for, and nothing else. What nobody hands in is a fake. */
export async function deliver(delivering: Delivering): Promise<Delivered> {
  const { processor, event, became, entities, attempt, rules } = delivering
  const asked = processor.inject ?? parametersOf(processor.run).names
  const outside = asked.filter(name => !needNames.includes(name))
  const notPure = asked.filter(name => !pureNames.includes(name))
  if (processor.mode === "pure" && notPure.length > 0) {
    throw new Error(`The processor ${processor.name} is pure, and asks for ${notPure.join(", ")}`)
  }
  const spies = new Map(outside.map(name => [name, spy(name, delivering.adapters[name])]))
  const run = injector(processor.run, `the processor ${processor.name}`, [...needNames, ...outside], processor.inject)
  const document = became?.after ?? entities.find(known => known.id === event.stream.id)?.document ?? null
  const needs = {
    event,
    notification: became === null ? null : notificationOf(event, became),
    entity: document === null ? null : rules.stateOf(event.stream.type, document),
    snapshot: snapshotOf(entities, event.t),
    latest: latestOf(entities, event, became),
    key: ids.of(event.id, processor.name),
    attempt,
    signal: new AbortController().signal,
    ...Object.fromEntries([...spies].map(([name, { adapter }]) => [name, adapter])),
  }
  try {
    return { requests: requestsOf(await run(needs), processor.name), error: null, spies }
  } catch (error) {
    return { requests: [], error, spies }
  }
}

function requestsOf(reaction: unknown, processor: string): readonly Request[] {
  if (reaction === null || reaction === undefined) return []
  const requests: readonly unknown[] = Array.isArray(reaction) ? reaction : [reaction]
  const wrong = requests.find(request => typeof request !== "object" || request === null || !("target" in request))
  if (wrong !== undefined)
    throw new TypeError(`The processor ${processor} returned something that is no command: ${typeof wrong}`)
  return requests as readonly Request[]
}

function notificationOf(event: RecordedEvent, { kind, before, after }: Became): Notification {
  const { t, causedBy, stream } = event
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])
  const attributes = [...names].filter(name => !sameJson(before?.[name], after?.[name]))
  return { id: ids.of(`${t}:${stream.id}`, kind), kind, entity: stream.id, type: stream.type, t, attributes, causedBy }
}

// What is known is what there is now; an entity of which nothing more is known is as the event left it.
function latestOf(entities: readonly Known[], event: RecordedEvent, became: Became | null) {
  const { id, type } = event.stream
  const left: readonly Known[] = became?.after ? [{ id, type, document: became.after }] : []
  return (asked: string) => snapshotOf([...entities, ...left], event.t).entity(asked)
}

/** What is known, as a snapshot. */
export function snapshotOf(entities: readonly Known[], t: number): Snapshot {
  const at = (known: Known): EntityAt => ({ ...known, fromT: 1, createdT: 1 })
  return {
    t,
    async entity(id) {
      const found = entities.find(known => known.id === id)
      return found === undefined ? null : at(found)
    },
    async idsBy(attribute, value) {
      const [type, name = ""] = attribute.split("/")
      return entities.filter(known => known.type === type && holds(known.document[name], value)).map(known => known.id)
    },
    async idsOf(type, { after, limit = Infinity } = {}) {
      const all = entities.filter(known => known.type === type).map(known => known.id)
      const from = after === undefined ? 0 : all.indexOf(after) + 1
      return all.slice(from, from + limit)
    },
  }
}

function holds(held: Json | undefined, value: Json): boolean {
  if (held === undefined) return false
  return Array.isArray(held) && !isObject(held) ? held.some(item => sameJson(item, value)) : sameJson(held, value)
}
