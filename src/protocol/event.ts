import type { JsonObject } from "../kernel/json.ts"
import type { RecordedEvent } from "../kernel/message.ts"

/** A recorded event as it is said on the wire and in an export: always these members in this order. */
export function eventJson(event: RecordedEvent): JsonObject {
  const { stream, causedBy } = event
  return {
    id: event.id,
    type: event.type,
    stream: { type: stream.type, id: stream.id, version: stream.version },
    t: event.t,
    n: event.n,
    at: event.at,
    // Undefined is absent in JSON, and costs no second object.
    occurredAt: event.occurredAt,
    data: event.data,
    rejection: event.rejection,
    causedBy: { type: causedBy.type, id: causedBy.id },
    correlationId: event.correlationId,
    actor: event.actor,
    schemaVersion: event.schemaVersion,
    typeVersion: event.typeVersion,
  }
}
