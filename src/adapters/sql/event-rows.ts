import type { JsonObject } from "../../kernel/json.ts"
import type { RecordedEvent } from "../../kernel/message.ts"
import type { LoggedEvent } from "../../ports/log.ts"
import { instantOf } from "./instants.ts"
import { places, tOf } from "./places.ts"
import type { Spelling } from "./spelling.ts"
import { kindOfCode } from "./states.ts"

/** A row that tells all of an event. */
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

/** The event that a row tells. */
export function recorded(row: EventRow, names: Spelling): RecordedEvent {
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
export function logged(row: EventRow, names: Spelling): LoggedEvent {
  return { event: recorded(row, names), kind: kindOfCode(row[8]) }
}
