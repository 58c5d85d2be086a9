import { instant } from "../../kernel/clock.ts"
import type { Document } from "../../kernel/entity.ts"
import type { T } from "../../kernel/message.ts"
import type { LoggedEvent } from "../../ports/log.ts"
import type { Holdings, StoredTransaction, TransferStore } from "../../ports/transfer.ts"
import { asideOf } from "./aside.ts"
import { conditionName, conditionOf, say } from "./condition.ts"
import type { Connections } from "./connections.ts"
import type { Ask } from "./driver.ts"
import { logged, type EventRow } from "../sql/event-rows.ts"
import { eventColumns, eventJoins, spellEvents } from "./event-rows.ts"
import type { Locks } from "./locks.ts"
import type { Names } from "./names.ts"
import { places } from "../sql/places.ts"

type HeadRow = [t: T, at: number, commandId: string, actor: number, schemaVersion: number, hash: string]
type VersionRow = [pos: number, id: string, type: number, document: string | null]

const heads = `SELECT x.t, x.at, x.command_id, x.actor, x.schema_version, encode(x.hash, 'hex')
  FROM @.transactions AS x WHERE x.t > $1 ORDER BY x.t LIMIT $2`

const events = `SELECT ${eventColumns} FROM @.events AS e ${eventJoins}
  WHERE e.pos >= $1 AND e.pos < $2 ORDER BY e.pos LIMIT $3`

// Versions are in order of their entities. Which of these changed, the events say.
const versions = `SELECT v.pos, s.id, s.type, v.document FROM (
    SELECT DISTINCT entity, pos / ${places} AS t FROM @.events WHERE pos >= $1 AND pos < $2 AND kind <> 0
  ) AS c JOIN @.versions AS v ON v.entity = c.entity AND v.pos >= c.t * ${places} AND v.pos < (c.t + 1) * ${places}
  JOIN @.entities AS s ON s.key = v.entity ORDER BY v.pos`

/** Carries the daybook of a schema out and in as it is. */
export function transferStore(connections: Connections, names: Names, locks: Locks): TransferStore {
  const { read } = connections
  return {
    condition: async () => conditionOf(read),
    setCondition: async condition => say(condition, connections, locks),
    transactions: async (after, limit) => transactionsOf(read, names, after, limit),
    ...asideOf(connections),
    holdings: async () => holdingsOf(connections),
  }
}

async function transactionsOf(read: Ask, names: Names, after: T, limit: number): Promise<readonly StoredTransaction[]> {
  const found = await read<HeadRow>(heads, [after, limit])
  const last = found.at(-1)?.[0]
  if (last === undefined) return []
  // One transaction fits with certainty; where many are large, the last of them come with the next page.
  const eventsMax = limit + places
  const rows = await read<EventRow>(events, [(after + 1) * places, (last + 1) * places, eventsMax])
  await spellEvents(read, rows, names)
  const said = rows.map(row => logged(row, names))
  const end = rows.length < eventsMax ? last : said.at(-1)!.event.t - 1
  const changed = await read<VersionRow>(versions, [(after + 1) * places, (end + 1) * places])
  await names.spell(read, new Set([...found.map(row => row[3]), ...changed.map(row => row[2])]))
  const eventsOf = Map.groupBy(said, ({ event }) => event.t)
  const versionsOf = Map.groupBy(changed, ([pos]) => Math.floor(pos / places))
  return found
    .filter(([t]) => t <= end)
    .map(row => transactionOf(row, eventsOf.get(row[0]) ?? [], versionsOf.get(row[0]) ?? [], names))
}

function transactionOf(
  [t, at, commandId, actor, schemaVersion, hash]: HeadRow,
  said: readonly LoggedEvent[],
  changed: readonly VersionRow[],
  names: Names,
): StoredTransaction {
  const changes = changed.map(([, id, type, document]) => {
    // What was written as a document is read as one.
    return { id, type: names.nameOf(type), document: document === null ? null : (JSON.parse(document) as Document) }
  })
  return { t, at: instant(at), commandId, actor: names.nameOf(actor), schemaVersion, hash, events: said, changes }
}

const holdings = `SELECT ${[
  "transactions",
  "events",
  "commands",
  "archived_commands",
  "versions",
  "vals",
  "refusals",
  "timers",
  "deliveries",
  `checkpoints WHERE consumer <> '${conditionName}'`,
]
  .map(what => `(SELECT count(*) FROM @.${what})`)
  .join(", ")}`

type HoldingsRow = [number, number, number, number, number, number, number, number, number, number]

// One statement sees one moment, and takes as long as there is much.
async function holdingsOf({ lend }: Connections): Promise<Holdings> {
  return lend(async ({ ask, run }) => {
    await run("BEGIN READ ONLY; SET LOCAL statement_timeout = 0")
    try {
      const [row] = await ask<HoldingsRow>(holdings)
      const [transactions, counted, live, archived, kept, values, refusals, timers, parked, checkpoints] = row!
      const commands = live + archived
      const logged = { transactions, events: counted, commands, archived, versions: kept, values }
      return { ...logged, refusals, timers, parked, checkpoints }
    } finally {
      await run("ROLLBACK")
    }
  })
}
