import { hash } from "node:crypto"
import type { DatabaseSync } from "node:sqlite"
import { assert } from "../../kernel/refusal.ts"
import { hashedText, writtenCommandText, type CommandTexts } from "../../ports/hash.ts"
import type { EntityChange, TransactionWrite, WriteOutcome } from "../../ports/write.ts"
import { archiver } from "./archive.ts"
import { checker } from "./checks.ts"
import type { Eraser } from "./erase.ts"
import { textOrNull } from "../sql/command-rows.ts"
import { commandWriter } from "./command-writer.ts"
import { prepare } from "./driver.ts"
import { codeOfKind } from "../sql/states.ts"
import { instantOf, msOf } from "../sql/instants.ts"
import type { Keys } from "./keys.ts"
import type { Names } from "./names.ts"
import { places } from "../sql/places.ts"
import type { Stretches } from "./stretches.ts"
import { timerWriter } from "./timers.ts"
import type { Tip } from "./tip.ts"
import { holderChecker } from "./uniques.ts"
import { valueWriter, type ValueWriter } from "./values.ts"

/** Writes one transaction behind the tip, and moves the tip on. */
export type WriteTransaction = (write: TransactionWrite, tip: Tip, now: number) => WriteOutcome

/** What writing transactions takes. */
export type WriterParts = {
  readonly db: DatabaseSync
  readonly names: Names
  readonly keys: Keys
  readonly eraser: Eraser
  readonly stretches: Stretches
}

/** Prepares the writing of transactions. */
export function transactionWriter({ db, names, keys, eraser, stretches }: WriterParts): WriteTransaction {
  const commands = commandWriter(db, names, stretches)
  const values = valueWriter(db, names, keys)
  const check = checker(db, names, keys, { ...holderChecker(db, names, values), erase: eraser.erase })
  const writeEvents = eventWriter(db, names, keys)
  const writeChange = changeWriter(db, keys, values)
  const writeTimer = timerWriter(db)
  const archive = archiver(db)
  const apart = prepare(
    db,
    "INSERT INTO transactions_apart(t, at, command, actor, schema_version, hash) VALUES(?, ?, ?, ?, ?, unhex(?))",
  )

  return (write, tip, now) => {
    const t = tip.t + 1
    const { command } = write.instance
    const ms = write.recorded === null ? Math.max(now, tip.at) : msOf(write.recorded.at)
    const texts = textsOf(write)
    const at = instantOf(ms)
    // Most often the command's data is the event's data, the very same object.
    const dataTexts = write.events.map(e => (e.data === command.data ? texts.data : JSON.stringify(e.data)))
    const hex = write.recorded?.hash ?? hash("sha256", textOf(write, { ...tip, t, at }, texts, dataTexts), "hex")
    const entry = { t, at: ms, actor: names.keyOf(write.actor), schemaVersion: write.schemaVersion, hash: hex }
    const n = write.first ? commands.add(write.instance, texts, entry) : null
    if (write.first ? n === null : write.follows !== undefined && commands.lastT(command.id) !== write.follows) {
      return { kind: "duplicate" }
    }
    const conflict = archive.objection(write) ?? check(write, t)
    if (conflict !== null) {
      if (n !== null) commands.drop(n)
      return conflict
    }

    if (n === null) {
      apart.run(t, ms, commands.advance(write.instance, texts, t, ms), entry.actor, entry.schemaVersion, hex)
    }
    const lasts = lastEvents(write)
    writeEvents(write, t, dataTexts, lasts)
    for (const change of write.changes) writeChange(change, t, lasts.get(change.id)!)
    for (const change of write.timers) writeTimer(change)
    archive.move(write, ms)
    tip.t = t
    tip.at = ms
    tip.hash = hex
    tip.schemas = ""
    return { kind: "done", t, at }
  }
}

function eventWriter(db: DatabaseSync, names: Names, keys: Keys) {
  const insert = prepare(
    db,
    `INSERT INTO events(pos, id, entity, version, type, type_version, rejection, kind, has_version, occurred_at, data)
     VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  return ({ events }: TransactionWrite, t: number, texts: readonly string[], lasts: LastEvents): void => {
    events.forEach((e, n) => {
      insert.run(
        t * places + n,
        e.id,
        keys.find(e.stream.id)!.key,
        e.stream.version,
        names.keyOf(e.type),
        e.typeVersion,
        e.rejection ? 1 : 0,
        codeOfKind(e.kind),
        lasts.get(e.stream.id)?.n === n ? 1 : 0,
        e.occurredAt,
        texts[n]!,
      )
    })
  }
}

/** Of each entity that is changed, the last event about it: where it stands, and the version that its stream has by it. */
type LastEvents = ReadonlyMap<string, LastEvent>
type LastEvent = { readonly n: number; readonly version: number }

function lastEvents({ events, changes }: TransactionWrite): LastEvents {
  const lasts = new Map<string, LastEvent>()
  for (const { id } of changes) lasts.set(id, { n: -1, version: 0 })
  events.forEach(({ stream: { id, version } }, n) => {
    if (lasts.has(id)) lasts.set(id, { n, version })
  })
  return lasts
}

function changeWriter(db: DatabaseSync, keys: Keys, values: ValueWriter) {
  const create = prepare(db, "UPDATE entities SET created_t = ? WHERE key = ?")
  const insert = prepare(db, "INSERT INTO versions(pos, entity, version, document) VALUES(?, ?, ?, ?)")
  return (change: EntityChange, t: number, { n, version }: LastEvent): void => {
    const { id, document } = change
    const key = keys.find(id)
    assert(key !== null && n >= 0, `${id} is another than before, but no event says so`)
    if (document !== null && key.createdT === null) {
      create.run(t, key.key)
      key.createdT = t
    }
    insert.run(t * places + n, key.key, version, document === null ? null : JSON.stringify(document))
    values.write(change.values, key.key, t)
  }
}

function textsOf({ instance }: TransactionWrite): CommandTexts {
  const { command, result, error } = instance
  return { data: JSON.stringify(command.data), result: textOrNull(result), error: textOrNull(error) }
}

type Place = { readonly hash: string; readonly schemas: string; readonly t: number; readonly at: string }

function textOf(write: TransactionWrite, place: Place, texts: CommandTexts, dataTexts: readonly string[]): string {
  const { command, correlationId } = write.instance
  const { actor, schemaVersion } = write
  const { t, at, schemas } = place
  const head = { t, at, commandId: command.id, commandType: command.type, actor, correlationId, schemaVersion }
  const events = write.events.map(({ id, type, rejection, typeVersion, stream, occurredAt }, n) => {
    return { id, type, rejection, typeVersion, stream, occurredAt, dataText: dataTexts[n]! }
  })
  return hashedText(place.hash, { schemas, head, command: writtenCommandText(write, texts), events })
}
