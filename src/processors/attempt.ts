import type { Document } from "../kernel/entity.ts"
import { isEmptied } from "../kernel/erased.ts"
import type { Notification } from "../kernel/processor.ts"
import { assert } from "../kernel/refusal.ts"
import { stateOf } from "../schema/state.ts"
import type { Compiled } from "./compiled.ts"
import type { Delivery, Occurrence } from "./delivery.ts"
import { notificationOf } from "./notification.ts"
import type { ProcessorParts } from "./parts.ts"
import { askAll, commandsOf, requestsOf } from "./requests.ts"
import { withinTime } from "./time-limit.ts"
import { watched } from "./triggers.ts"

/**
 * Runs a processor once for one event, and sees the commands it asks for to their ends. Throws what goes wrong. What
 * the processor does not ask for is not read.
 */
export async function attempt(delivery: Delivery, processor: Compiled, parts: ProcessorParts): Promise<void> {
  const occurrence = delivery.occurrence ?? (await occurrenceOf(delivery, parts))
  const event = parts.upcast(occurrence.event)
  // Nobody can be told any more what happened.
  if (isEmptied(event.data)) return
  const heard = await heardAs(occurrence, processor, parts)
  if (heard === "nothing") return
  const { name, run, asks, timeoutMs } = processor
  const entity = asks.has("entity") ? await stateAt(occurrence, parts) : null
  const react = async (signal?: unknown) =>
    run({
      ...parts.adapters,
      event,
      notification: heard,
      entity,
      attempt: delivery.attempts.length + 1,
      signal,
      latest: async (id: string) => parts.store.entities.at(id, await parts.store.basis()),
      get key() {
        return parts.ids.of(event.id, name)
      },
      get snapshot() {
        return parts.snapshot(event.t)
      },
    })
  const reaction = await (timeoutMs === null ? react() : withinTime(react, timeoutMs, `The effect ${name}`, parts))
  const requests = requestsOf(reaction, name)
  if (requests.length > 0) await askAll(commandsOf(requests, event, name, parts.ids), event, parts.request)
}

/** The event of a delivery, read again. */
async function occurrenceOf({ t, n }: Delivery, { store }: ProcessorParts): Promise<Occurrence> {
  const logged = (await store.log.transaction(t)).find(({ event }) => event.n === n)
  assert(logged !== undefined, `a delivery has a row, but there is no event ${t}:${n}`)
  return { ...logged, changes: null }
}

/** What became of the entity, where the processor listens to that; null: it listens to the event itself. */
async function heardAs(
  { event, kind }: Occurrence,
  { triggers, asks }: Compiled,
  { ids, store }: ProcessorParts,
): Promise<Notification | "nothing" | null> {
  const attributes = watched(triggers, event, kind)
  const listens = triggers.events.has(event.type)
  if (kind === null || attributes === undefined) return listens ? null : "nothing"
  if (attributes === null && !asks.has("notification")) return null
  const notification = await notificationOf(event, kind, { ids, entities: store.entities })
  if (attributes === null || attributes.some(name => notification.attributes.includes(name))) return notification
  return listens ? null : "nothing"
}

async function stateAt({ event, changes }: Occurrence, { store, schema }: ProcessorParts): Promise<Document | null> {
  const { id, type } = event.stream
  const change = changes?.find(one => one.id === id)
  const document = change === undefined ? (await store.entities.at(id, event.t))?.document : change.document
  return document ? stateOf(schema.entities.get(type), document) : null
}
