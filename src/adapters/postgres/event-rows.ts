import type { EventRow } from "../sql/event-rows.ts"
import { places } from "../sql/places.ts"
import type { Ask } from "./driver.ts"
import type { Names } from "./names.ts"

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

/** Brings in every name that some rows have as a key. */
export async function spellEvents(ask: Ask, rows: readonly EventRow[], names: Names): Promise<void> {
  const keys = new Set<number>()
  for (const row of rows) keys.add(row[3]).add(row[5]).add(row[12]).add(row[15])
  await names.spell(ask, keys)
}
