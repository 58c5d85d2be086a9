import type { ChangeKind } from "../../kernel/entity.ts"
import type { JsonObject } from "../../kernel/json.ts"
import type { RecordedEvent } from "../../kernel/message.ts"
import type { LoggedEvent } from "../../ports/log.ts"
import { instantOf } from "./instants.ts"
import type { Names } from "./names.ts"
import { places } from "./tables.ts"

/** A row of `selectEvents`. */
export type EventRow = [
  pos: number,
  id: string,
  streamId: string,
  streamType: number,
  version: number,
  type: number,
  typeVersion: number,
  rejection: number,
  kind: number,
  occurredAt: string | null,
  data: string,
  at: number,
  actor: number,
  schemaVersion: number,
  commandId: string,
  commandType: number,
  correlation: string | null,
]

/**
 * Events with all that is told of them; what follows says which. CROSS JOIN keeps the order: events lead, and each of
 * the others is one step down a tree by its short key.
 */
export const selectEvents = `
  SELECT e.pos, e.id, s.id, s.type, e.version, e.type, e.type_version, e.rejection, e.kind, e.occurred_at, e.data,
         x.at, x.actor, x.schema_version, c.id, c.type, c.correlation
    FROM events e CROSS JOIN entities s ON s.key = e.entity
   CROSS JOIN transactions x ON x.t = e.pos / ${places} CROSS JOIN commands c ON c.n = x.command`

const kinds: readonly (ChangeKind | null)[] = [null, "created", "changed", "retracted"]

/** The number that stands for what became of an entity; 0: nothing is said. */
export function codeOfKind(kind: ChangeKind | null): number {
  return kinds.indexOf(kind)
}

/** The transaction that a place in the log belongs to. */
export function tOf(pos: number): number {
  return Math.floor(pos / places)
}

/** The event that a row tells. */
export function recorded(row: EventRow, names: Names): RecordedEvent {
  const [pos, id, streamId, streamType, version, type, typeVersion, rejection, , occurredAt, data] = row
  const t = tOf(pos)
  const commandId = row[14]
  const said = {
    id,
    type: names.nameOf(type),
    stream: { type: names.nameOf(streamType), id: streamId, version },
    t,
    n: pos - t * places,
    at: instantOf(row[11]),
    data: JSON.parse(data) as JsonObject,
    rejection: rejection === 1,
    causedBy: { type: names.nameOf(row[15]), id: commandId },
    correlationId: row[16] ?? commandId,
    actor: names.nameOf(row[12]),
    schemaVersion: row[13],
    typeVersion,
  }
  return occurredAt === null ? said : { ...said, occurredAt }
}

/** The same, with what its transaction came to for its entity. */
export function logged(row: EventRow, names: Names): LoggedEvent {
  return { event: recorded(row, names), kind: kinds[row[8]] ?? null }
}
