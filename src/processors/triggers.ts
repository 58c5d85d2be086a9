import type { ChangeKind } from "../kernel/entity.ts"
import type { RecordedEvent } from "../kernel/message.ts"
import type { Processor, Trigger } from "../kernel/processor.ts"
import type { SchemaFacts } from "./parts.ts"

/** What a processor listens to, as tables. */
export type Triggers = {
  /** The event types to read of the log; undefined: all of them, as any may change an entity. */
  readonly types: readonly string[] | undefined
  readonly events: ReadonlySet<string>
  /** Per kind and entity type: the attributes one of which must differ; null: whatever differs. */
  readonly kinds: ReadonlyMap<ChangeKind, ReadonlyMap<string, readonly string[] | null>>
}

/** Compiles what a processor listens to. A variant is heard under its own name and under that of its abstract. */
export function compileTriggers({ name, on }: Pick<Processor, "name" | "on">, schema: SchemaFacts): Triggers {
  if (on.length === 0) throw new Error(`The processor ${name} listens to nothing`)
  const events = new Set<string>()
  const kinds = new Map<ChangeKind, Map<string, readonly string[] | null>>()
  for (const trigger of on) {
    if (typeof trigger === "string") {
      if (!schema.events.has(trigger)) throw new Error(`The processor ${name} listens to ${trigger}, which is no event`)
      events.add(trigger)
    } else addKind(kinds, trigger, typesOf(trigger, name, schema))
  }
  return { types: kinds.size === 0 ? [...events] : undefined, events, kinds }
}

function typesOf(trigger: Exclude<Trigger, string>, name: string, schema: SchemaFacts): readonly string[] {
  const heard = [...schema.entities].filter(([type, e]) => type === trigger.type || e.abstract === trigger.type)
  const place = `The processor ${name} listens to ${trigger.kind} ${trigger.type}`
  if (heard.length === 0) throw new Error(`${place}, which is no entity`)
  const { attribute } = trigger
  if (attribute !== undefined && !heard.some(([, { attributes }]) => attributes.has(shortName(attribute))))
    throw new Error(`${place}, but it has no attribute ${attribute}`)
  return heard.map(([type]) => type)
}

function shortName(attribute: string): string {
  return attribute.slice(attribute.lastIndexOf("/") + 1)
}

function addKind(
  kinds: Map<ChangeKind, Map<string, readonly string[] | null>>,
  { kind, attribute }: Exclude<Trigger, string>,
  types: readonly string[],
): void {
  const table = kinds.get(kind) ?? new Map<string, readonly string[] | null>()
  kinds.set(kind, table)
  for (const type of types) {
    const known = table.get(type)
    const isAny = attribute === undefined || known === null
    table.set(type, isAny ? null : [...(known ?? []), shortName(attribute)])
  }
}

/** Whether an event may concern the processor. Needs no read; an attribute is looked at only when it is delivered. */
export function hears(triggers: Triggers, event: RecordedEvent, kind: ChangeKind | null): boolean {
  if (triggers.events.has(event.type)) return true
  return kind !== null && triggers.kinds.get(kind)?.has(event.stream.type) === true
}

/** What must differ for an event to concern the processor as a notification; undefined: it does not, whatever differs. */
export function watched(
  triggers: Triggers,
  event: RecordedEvent,
  kind: ChangeKind | null,
): readonly string[] | null | undefined {
  return kind === null ? undefined : triggers.kinds.get(kind)?.get(event.stream.type)
}
