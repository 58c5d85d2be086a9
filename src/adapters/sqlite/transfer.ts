import type { DatabaseSync } from "node:sqlite"
import type { Document } from "../../kernel/entity.ts"
import type { T } from "../../kernel/message.ts"
import type { LoggedEvent } from "../../ports/log.ts"
import type { Holdings, StoredTransaction, TransferStore } from "../../ports/transfer.ts"
import { asideOf } from "./aside.ts"
import { conditionName, type Conditions } from "./condition.ts"
import { prepare, together } from "./driver.ts"
import { logged, type EventRow } from "../sql/event-rows.ts"
import { selectEvents } from "./event-rows.ts"
import { instantOf } from "../sql/instants.ts"
import type { Names } from "./names.ts"
import { places } from "../sql/places.ts"

type HeadRow = [t: T, at: number, commandId: string, actor: number, schemaVersion: number, hash: string]
type VersionRow = [pos: number, entity: number, id: string, type: number, document: string | null]

/** Carries a file's daybook out and in as it is. */
export function transferStore(db: DatabaseSync, names: Names, conditions: Conditions): TransferStore {
  const heads = prepare<HeadRow>(
    db,
    `SELECT x.t, x.at, coalesce(c.id, (SELECT id FROM archived_commands WHERE n = x.command)), x.actor,
            x.schema_version, lower(hex(x.hash))
       FROM transactions x LEFT JOIN commands c ON c.n = x.command WHERE x.t > ?1 AND x.t <= ?1 + ?2 ORDER BY x.t`,
  )
  const events = prepare<EventRow>(db, `${selectEvents} WHERE e.pos >= ? AND e.pos < ? ORDER BY e.pos LIMIT ?`)
  const versions = prepare<VersionRow>(
    db,
    `SELECT v.pos, v.entity, s.id, s.type, v.document FROM versions v CROSS JOIN entities s ON s.key = v.entity
      WHERE v.pos >= ? AND v.pos < ? ORDER BY v.pos`,
  )

  function transactions(after: T, limit: number): readonly StoredTransaction[] {
    const found = heads.all(after, limit)
    const last = found.at(-1)?.[0]
    if (last === undefined) return []
    // One transaction fits with certainty; where many are large, the last of them come with the next page.
    const eventsMax = limit + places
    const rows = events.all((after + 1) * places, (last + 1) * places, eventsMax).map(row => logged(row, names))
    const end = rows.length < eventsMax ? last : rows.at(-1)!.event.t - 1
    const said = Map.groupBy(rows, ({ event }) => event.t)
    const changed = Map.groupBy(versions.all((after + 1) * places, (end + 1) * places), ([pos]) =>
      Math.floor(pos / places),
    )
    return found
      .filter(([t]) => t <= end)
      .map(row => transactionOf(row, said.get(row[0]) ?? [], changed.get(row[0]) ?? [], names))
  }

  return {
    condition: () => conditions.read(),
    setCondition: condition => conditions.write(condition),
    transactions: (after, limit) => together(db, () => transactions(after, limit)),
    ...asideOf(db),
    holdings: () => together(db, () => holdingsOf(db)),
  }
}

function transactionOf(
  [t, at, commandId, actor, schemaVersion, hash]: HeadRow,
  events: readonly LoggedEvent[],
  versions: readonly VersionRow[],
  names: Names,
): StoredTransaction {
  // Those that were created have their keys in the order of their creation.
  const inOrder = versions.toSorted(([, a], [, b]) => a - b)
  const changes = inOrder.map(([, , id, type, document]) => {
    // What was written as a document is read as one.
    return { id, type: names.nameOf(type), document: document === null ? null : (JSON.parse(document) as Document) }
  })
  return { t, at: instantOf(at), commandId, actor: names.nameOf(actor), schemaVersion, hash, events, changes }
}

function holdingsOf(db: DatabaseSync): Holdings {
  const count = (table: string) => prepare<[number]>(db, `SELECT count(*) FROM ${table}`).get()![0]
  return {
    transactions: count("transactions"),
    events: count("events"),
    commands: count("commands") + count("archived_commands"),
    archived: count("archived_commands"),
    versions: count("versions"),
    values: count("vals"),
    refusals: count("refusals"),
    timers: count("timers"),
    parked: count("deliveries"),
    checkpoints: count(`checkpoints WHERE consumer <> '${conditionName}'`),
  }
}
