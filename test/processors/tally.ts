import type { RecordedEvent } from "../../src/kernel/message.ts"
import type { Projection } from "../../src/kernel/projection.ts"
import type { Consumers } from "../../src/processors/start.ts"

/** A row that counts. */
export type Tally = { n: number; last?: number }
/** One more. */
export const count = (row: Tally | null, event: RecordedEvent): Tally => ({ n: (row?.n ?? 0) + 1, last: event.t })

/** Counts what happens, per thing and in all; a thing that comes to a multiple of seven is forgotten. */
export function tally(version = 1, said: Partial<Projection> = {}): Projection {
  const all = { keys: () => `all-${version}`, fold: count }
  const perThing = {
    keys: (e: RecordedEvent) => [e.stream.id],
    fold: (row: Tally | null, e: RecordedEvent) => (row?.n === 6 ? null : count(row, e)),
  }
  return { kind: "projection", name: "tally", version, on: { Put: [all, perThing], Paid: [all] }, ...said }
}

/** All rows of a read model. */
export async function rowsOf(consumers: Consumers, name = "tally"): Promise<unknown> {
  const rows = await consumers.list(name, { limit: 1_000 })
  return Object.fromEntries(rows.map(({ key, row }) => [key, row]))
}

/** How far each build is. */
export const statusOf = async (consumers: Consumers) =>
  (await consumers.projections()).map(({ version, t, lag, live }) => ({ version, t, lag, live }))
