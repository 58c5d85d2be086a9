import { hash } from "node:crypto"
import { instant } from "../../kernel/clock.ts"
import { erasedEvent } from "../../kernel/erased.ts"
import type { JsonObject } from "../../kernel/json.ts"
import { Emptied } from "../../ports/erasure.ts"
import { commandText, hashedText, noHash, schemasText } from "../../ports/hash.ts"
import type { Finding } from "../../ports/maintenance.ts"
import { commandColumns, hashedCommand, type CommandRow } from "../sql/command-rows.ts"
import { namesIn } from "./command-rows.ts"
import type { Ask } from "./driver.ts"
import type { Names } from "./names.ts"
import { places } from "../sql/places.ts"
import type { LeftTexts } from "../sql/left-texts.ts"
import { inSlices, rowsPerSlice, type Check } from "./slices.ts"
import { bigints } from "./wire.ts"

type TransactionRow = [
  t: number,
  at: number,
  actor: number,
  schemaVersion: number,
  hash: string,
  commandId: string,
  commandType: number,
  correlation: string | null,
  n: number,
  ...command: CommandRow | null[],
]

type EventRow = [
  pos: number,
  id: string,
  type: number,
  typeVersion: number,
  rejection: number,
  streamType: number | null,
  streamId: string | null,
  version: number,
  occurredAt: string | null,
  data: string,
]

type SchemaRow = [fromT: number, version: number, hash: string, text: string]

/** What a transaction is hashed with, besides itself. */
type Around = {
  readonly before: string
  readonly schemas: string
  readonly command: CommandRow | null
  readonly events: readonly EventRow[]
}

/**
 * Whether t has no gap, time does not go back, and each hash follows from the one before and from the rows; or from what
 * these were before something was erased, which a later transaction lists with what it left.
 */
export function checkChain(read: Ask, names: Names, newest: number): Check {
  const emptied = new Emptied()
  let before = { t: 0, at: 0, hash: noHash }

  async function look(rows: readonly TransactionRow[]): Promise<Finding[]> {
    const found: Finding[] = []
    const say = (t: number, sentence: string) => found.push({ check: "chain", t, sentence })
    const [from, to] = [before.t + 1, rows.at(-1)![0]]
    const events = await eventsOf(read, from, to)
    const schemas = Map.groupBy(await schemasOf(read, from, to), ([fromT]) => fromT)
    await names.spell(read, keysOf(rows, events))
    const byT = Map.groupBy(events, row => Math.floor(row[0] / places))
    for (const row of rows) {
      const [t, at] = row
      if (t !== before.t + 1) say(t, `Transaction ${t} comes after ${before.t}: what was between them is gone`)
      if (at < before.at) say(t, `Transaction ${t} is older than the one before it`)
      const command = commandOf(row)
      if (command === null) say(t, `The command of transaction ${t} is gone, or another`)
      const own = byT.get(t) ?? []
      byT.delete(t)
      if (own.some((event, n) => event[0] !== t * places + n)) say(t, `Transaction ${t} lacks one of its events`)
      const kept = (schemas.get(t) ?? []).map(([, version, hashed, text]) => ({ version, hash: hashed, text }))
      const around = { before: before.hash, schemas: schemasText(kept), command, events: own }
      const lefts = textsOf(row, around, names).map(text => hash("sha256", text))
      if (!lefts.includes(row[4])) emptied.differs({ t, hash: row[4], lefts })
      else for (const e of own) if (names.nameOf(e[2]) === erasedEvent) emptied.listed(JSON.parse(e[9]) as JsonObject)
      before = { t, at, hash: row[4] }
    }
    for (const t of byT.keys()) say(t, `There are events of transaction ${t}, but it is not there`)
    return found
  }

  return (async function* () {
    yield* inSlices<TransactionRow>(
      last =>
        read(`${selectTransactions} WHERE x.t > $1 AND x.t <= $2 ORDER BY x.t LIMIT ${rowsPerSlice}`, [
          last?.[0] ?? 0,
          newest,
        ]),
      look,
    )
    yield emptied.findings()
  })()
}

const selectTransactions = `
  SELECT x.t, x.at, x.actor, x.schema_version, encode(x.hash, 'hex'), x.command_id, x.command_type, x.correlation,
         x.command, ${commandColumns.replaceAll(/\w+/g, "c.$&")}
    FROM @.transactions AS x LEFT JOIN LATERAL (
      SELECT n, ${commandColumns} FROM @.commands WHERE n = x.command UNION ALL
      SELECT n, ${commandColumns} FROM @.archived_commands WHERE n = x.command LIMIT 1
    ) AS c ON true`

/** A transaction with its hash, and the text that it would be the hash of if its rows said what is left of them. */
type Left = { readonly t: number; readonly hash: string; readonly text: string }

/** Reads some transactions so. One that is not there, or whose command is not, is not among them. */
export async function transactionsLeft(
  read: Ask,
  names: Names,
  ts: readonly number[],
  left: LeftTexts,
): Promise<readonly Left[]> {
  const rows = await read<TransactionRow>(`${selectTransactions} WHERE x.t = ANY($1) ORDER BY x.t`, [bigints(ts)])
  const before = new Map(
    await read<[number, string]>("SELECT t + 1, encode(hash, 'hex') FROM @.transactions WHERE t + 1 = ANY($1)", [
      bigints(ts),
    ]),
  )
  const events = await read<EventRow>(
    `${selectEvents} JOIN unnest($1::bigint[]) AS u(t) ON e.pos >= u.t * ${places} AND e.pos < (u.t + 1) * ${places} ORDER BY e.pos`,
    [bigints(ts)],
  )
  for (const row of events) row[9] = left.dataAt(row[0], row[9])
  await names.spell(read, keysOf(rows, events))
  const byT = Map.groupBy(events, row => Math.floor(row[0] / places))
  const schemas = Map.groupBy(await schemasOf(read, ts[0]!, ts.at(-1)!), ([fromT]) => fromT)
  return rows.flatMap(row => {
    const command = commandOf(row)
    if (command === null) return []
    const kept = (schemas.get(row[0]) ?? []).map(([, version, hashed, text]) => ({ version, hash: hashed, text }))
    const own = byT.get(row[0]) ?? []
    const around = {
      before: before.get(row[0]) ?? noHash,
      schemas: schemasText(kept),
      command: left.command(command),
      events: own,
    }
    return [{ t: row[0], hash: row[4], text: textsOf(row, around, names).at(-1)! }]
  })
}

const selectEvents = `
  SELECT e.pos, e.id, e.type, e.type_version, e.rejection, s.type, s.id, e.version, e.occurred_at, e.data
    FROM @.events AS e LEFT JOIN @.entities AS s ON s.key = e.entity`

/** The command of a transaction; null: it is gone, or not the one that the transaction says. */
function commandOf([, , , , , id, type, correlation, , ...command]: TransactionRow): CommandRow | null {
  if (command[0] !== id || command[1] !== type || command[8] !== correlation) return null
  // Where there is an id, there is a whole row.
  return command as CommandRow
}

async function eventsOf(read: Ask, from: number, to: number): Promise<EventRow[]> {
  return read<EventRow>(`${selectEvents} WHERE e.pos >= $1 AND e.pos < $2 ORDER BY e.pos`, [
    from * places,
    (to + 1) * places,
  ])
}

async function schemasOf(read: Ask, from: number, to: number): Promise<SchemaRow[]> {
  return read<SchemaRow>(
    "SELECT from_t, version, hash, schema FROM @.schemas WHERE from_t >= $1 AND from_t <= $2 ORDER BY n",
    [from, to],
  )
}

function keysOf(rows: readonly TransactionRow[], events: readonly EventRow[]): Set<number> {
  const keys = new Set<number>()
  for (const row of rows) {
    keys.add(row[2]).add(row[6])
    const command = commandOf(row)
    for (const key of command === null ? [] : namesIn(command)) keys.add(key)
  }
  for (const [, , type, , , streamType] of events) keys.add(type).add(streamType ?? type)
  return keys
}

/** The two texts that a transaction's hash may be of: with its command, and without, where only events were restored. */
function textsOf(row: TransactionRow, around: Around, names: Names): readonly string[] {
  const [t, at, actor, schemaVersion, , commandId, commandType, correlation] = row
  const head = {
    t,
    at: instant(at),
    commandId,
    commandType: names.nameOf(commandType),
    actor: names.nameOf(actor),
    correlationId: correlation ?? commandId,
    schemaVersion,
  }
  const events = around.events.map(
    ([, id, type, typeVersion, rejection, streamType, streamId, version, occurredAt, dataText]) => ({
      id,
      type: names.nameOf(type),
      rejection: rejection === 1,
      typeVersion,
      stream: { type: streamType === null ? "" : names.nameOf(streamType), id: streamId ?? "", version },
      occurredAt,
      dataText,
    }),
  )
  const { before, schemas, command } = around
  return ["", ...wholeText(row, command, names)].map(one => hashedText(before, { schemas, head, command: one, events }))
}

function wholeText(row: TransactionRow, command: CommandRow | null, names: Names): readonly string[] {
  if (command === null) return []
  const { hashed, texts } = hashedCommand(command, names)
  return [commandText(hashed, texts, { first: row[8] === row[0], last: command[16] === row[0] })]
}
