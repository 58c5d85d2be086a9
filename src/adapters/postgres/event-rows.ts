import { instant } from "../../kernel/clock.ts"
import type { JsonObject } from "../../kernel/json.ts"
import type { RecordedEvent } from "../../kernel/message.ts"
import type { LoggedEvent } from "../../ports/log.ts"
import type { Ask } from "./driver.ts"
import type { Names } from "./names.ts"
import { kindOfCode } from "./states.ts"
import { places } from "./tables.ts"

/** A row of `eventColumns`. */
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

/** All that is told of an event `e` in a stream `s`, a transaction `x`. */
export const eventColumns = `e.pos, e.id, s.id, s.type, e.version, e.type, e.type_version, e.rejection, e.kind,
  e.occurred_at, e.data, x.at, x.actor, x.schema_version, x.command_id, x.command_type, x.correlation`

/**
 * What leads from an event `e` to the rest. OFFSET 0 keeps the order: events lead, and each of the others is one step
 * down an index, however many events the planner expects.
 */
export const eventJoins = `
  CROSS JOIN LATERAL (SELECT * FROM @.entities WHERE key = e.entity OFFSET 0) AS s
  CROSS JOIN LATERAL (SELECT * FROM @.transactions WHERE t = e.pos / ${places} OFFSET 0) AS x`

/** The transaction that a place in the log belongs to. */
export function tOf(pos: number): number {
  return Math.floor(pos / places)
}

/** Brings in every name that some rows have as a key. */
export async function spellEvents(ask: Ask, rows: readonly EventRow[], names: Names): Promise<void> {
  const keys = new Set<number>()
  for (const row of rows) keys.add(row[3]).add(row[5]).add(row[12]).add(row[15])
  await names.spell(ask, keys)
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
    at: instant(row[11]),
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
  return { event: recorded(row, names), kind: kindOfCode(row[8]) }
}
