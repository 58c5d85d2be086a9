import { hash } from "node:crypto"
import type { DatabaseSync } from "node:sqlite"
import { erasedEvent } from "../../kernel/erased.ts"
import type { JsonObject } from "../../kernel/json.ts"
import { Emptied } from "../../ports/erasure.ts"
import { commandText, hashedText, noHash } from "../../ports/hash.ts"
import type { Finding } from "../../ports/maintenance.ts"
import { commandColumns, hashedCommand, type CommandRow } from "../sql/command-rows.ts"
import { prepare } from "./driver.ts"
import { tOf } from "../sql/places.ts"
import type { EventRow } from "../sql/event-rows.ts"
import type { LeftTexts } from "../sql/left-texts.ts"
import { selectEvents } from "./event-rows.ts"
import { instantOf } from "../sql/instants.ts"
import type { Names } from "./names.ts"
import { inSlices, rowsPerSlice, type Check } from "./slices.ts"
import { places } from "../sql/places.ts"
import { schemasFrom } from "./tip.ts"

type TransactionRow = [
  t: number,
  at: number,
  actor: number,
  schemaVersion: number,
  hash: string,
  command: number,
  ...CommandRow,
]

type CommandTable = "commands" | "archived_commands"

/**
 * Whether t has no gap, time does not go back, and each hash follows from the one before and from the rows; or from what
 * these were before something was erased, which a later transaction lists with what it left.
 */
export function checkChain(db: DatabaseSync, names: Names, newest: number): Check {
  const transactions = prepare<TransactionRow>(
    db,
    `${withCommandsOf("commands")} UNION ALL ${withCommandsOf("archived_commands")} ORDER BY 1`,
  )
  const beyond = prepare<[number | null]>(
    db,
    `SELECT min(t) FROM (SELECT min(t) AS t FROM transactions_apart WHERE t > ?1
                         UNION ALL SELECT min(n) FROM commands WHERE n > ?1)`,
  )
  const events = prepare<EventRow>(db, `${selectEvents} WHERE e.pos >= ? AND e.pos < ? ORDER BY e.pos`)
  const textsOf = hashedTexts(db, names)
  const emptied = new Emptied()
  let before = { t: 0, at: 0, hash: noHash }

  function look(rows: readonly TransactionRow[]): Finding[] {
    const found: Finding[] = []
    const say = (t: number, sentence: string) => found.push({ check: "chain", t, sentence })
    const until = rows.at(-1)![0] + 1
    const byT = Map.groupBy(events.all((before.t + 1) * places, until * places), row => tOf(row[0]))
    for (const row of rows) {
      const [t, at] = row
      if (t !== before.t + 1) say(t, `Transaction ${t} comes after ${before.t}: what was between them is gone`)
      if (at < before.at) say(t, `Transaction ${t} is older than the one before it`)
      const own = byT.get(t) ?? []
      byT.delete(t)
      if (own.some((event, n) => event[0] !== t * places + n)) say(t, `Transaction ${t} lacks one of its events`)
      const lefts = textsOf(row, own, before.hash).map(text => hash("sha256", text))
      if (!lefts.includes(row[4])) emptied.differs({ t, hash: row[4], lefts })
      else for (const e of own) if (names.nameOf(e[5]) === erasedEvent) emptied.listed(JSON.parse(e[10]) as JsonObject)
      before = { t, at, hash: row[4] }
    }
    for (const t of byT.keys()) say(t, `There are events of transaction ${t}, but it is not there`)
    return found
  }

  /** Some of the transactions after one. Where many are gone, what comes after those. */
  function page(after: number): readonly TransactionRow[] {
    for (let from = after; from < newest;) {
      const until = Math.min(from + rowsPerSlice, newest)
      const rows = transactions.all(from, until)
      if (rows.length > 0) return rows
      const [next] = beyond.get(until)!
      from = Math.max(until, (next ?? newest) - 1)
    }
    return []
  }

  return (function* () {
    yield* inSlices<TransactionRow>(last => page(last?.[0] ?? 0), look)
    yield emptied.findings()
  })()
}

/**
 * Prepares the reading of one transaction: its hash, and the text that it would be the hash of if its rows said what is left
 * of them; null: it is not there.
 */
export function transactionReader(
  db: DatabaseSync,
  names: Names,
): (t: number, left: LeftTexts) => { readonly hash: string; readonly text: string } | null {
  const readFrom = (table: CommandTable) => prepare<TransactionRow>(db, `${selectTransactions(table)} WHERE x.t = ?`)
  const [live, archived] = [readFrom("commands"), readFrom("archived_commands")]
  const events = prepare<EventRow>(db, `${selectEvents} WHERE e.pos >= ? AND e.pos < ? ORDER BY e.pos`)
  const hashAt = prepare<[string]>(db, "SELECT lower(hex(hash)) FROM transactions WHERE t = ?")
  const textsOf = hashedTexts(db, names)
  return (t, left) => {
    const row = live.get(t) ?? archived.get(t)
    if (row === undefined) return null
    const [, at, actor, schemaVersion, hashed, n, ...command] = row
    const own = events.all(t * places, (t + 1) * places)
    for (const event of own) event[10] = left.dataAt(event[0], event[10])
    const before = hashAt.get(t - 1)?.[0] ?? noHash
    const after: TransactionRow = [t, at, actor, schemaVersion, hashed, n, ...left.command(command)]
    return { hash: hashed, text: textsOf(after, own, before)[0] }
  }
}

// Each with the one table that its command is in: joined to both, every row would be looked for twice.
function withCommandsOf(table: CommandTable): string {
  return `${selectTransactions(table)} WHERE x.t > ?1 AND x.t <= ?2`
}

function selectTransactions(table: CommandTable): string {
  // What is in the archive does not tell its first transaction.
  const transactions = table === "commands" ? "transactions" : "transactions_apart"
  return `SELECT x.t, x.at, x.actor, x.schema_version, lower(hex(x.hash)), x.command,
            ${commandColumns.replaceAll(/\w+/g, "c.$&")}
       FROM ${transactions} x CROSS JOIN ${table} c ON c.n = x.command`
}

/** The two texts that a transaction's hash may be of: with its command, and without, where only events were restored. */
function hashedTexts(db: DatabaseSync, names: Names) {
  const schemasAt = schemasFrom(db)
  const changes = new Set(
    prepare<[number]>(db, "SELECT from_t FROM schemas")
      .all()
      .map(([t]) => t),
  )
  return (row: TransactionRow, events: readonly EventRow[], before: string): readonly [whole: string, bare: string] => {
    const [t, at, actor, schemaVersion, , n, ...command] = row
    const [commandId, commandType] = command
    const head = {
      t,
      at: instantOf(at),
      commandId,
      commandType: names.nameOf(commandType),
      actor: names.nameOf(actor),
      correlationId: command[8] ?? commandId,
      schemaVersion,
    }
    const lines = events.map(e => ({
      id: e[1],
      type: names.nameOf(e[5]),
      rejection: e[7] === 1,
      typeVersion: e[6],
      stream: { type: names.nameOf(e[3]), id: e[2], version: e[4] },
      occurredAt: e[9],
      dataText: e[10],
    }))
    const { hashed, texts } = hashedCommand(command, names)
    const said = { schemas: changes.has(t) ? schemasAt(t) : "", head, events: lines }
    const whole = commandText(hashed, texts, { first: n === t, last: command[16] === t })
    const textWith = (command: string) => hashedText(before, { ...said, command })
    return [textWith(whole), textWith("")]
  }
}
