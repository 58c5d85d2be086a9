import { hash } from "node:crypto"
import type { DatabaseSync } from "node:sqlite"
import type { ChangeKind } from "../../kernel/entity.ts"
import type { JsonObject } from "../../kernel/json.ts"
import { limits } from "../../kernel/limits.ts"
import { assert } from "../../kernel/refusal.ts"
import { hashedText } from "../../ports/hash.ts"
import type { NewEvent, TransactionWrite, WriteOutcome } from "../../ports/write.ts"
import { changeWriter } from "./changes.ts"
import { commandWriter } from "./command-writer.ts"
import { prepare } from "./driver.ts"
import { instantOf, msOf } from "./instants.ts"
import type { Key, Keys } from "./keys.ts"
import type { Names } from "./names.ts"
import { places } from "./tables.ts"
import { timerWriter } from "./timers.ts"
import type { Tip } from "./tip.ts"

type Conflict = Extract<WriteOutcome, { kind: "conflict" }>

/** What a write has already put into the tables when it turns out that it drops out. */
type Traces = { readonly counted: Key[]; readonly made: string[] }

const kinds: Readonly<Record<ChangeKind, number>> = { created: 1, changed: 2, retracted: 3 }

/** Prepares the writing of transactions. The function writes one behind the tip and moves the tip on. */
export function transactionWriter(db: DatabaseSync, names: Names, keys: Keys) {
  const commands = commandWriter(db, names)
  const changes = changeWriter(db, names, keys)
  const entry = prepare(
    db,
    "INSERT INTO transactions(t, at, command, actor, schema_version, hash) VALUES(?, ?, ?, ?, ?, unhex(?))",
  )
  const event = prepare(
    db,
    `INSERT INTO events(pos, id, entity, version, type, type_version, rejection, kind, occurred_at, data)
     VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const retype = prepare(db, "UPDATE entities SET type = ? WHERE key = ?")
  const writeTimer = timerWriter(db)

  /** Gives every entity of the write its key, those that are created first and in their order. */
  function mention(write: TransactionWrite, t: number, traces: Traces): Conflict | null {
    for (const { id, type, document, replaces } of write.changes) {
      if (replaces) continue
      const { key, isNew } = keys.make(id, names.keyOf(type), document === null ? null : t)
      if (isNew) traces.made.push(id)
      else if (!isOfType(key, type)) return wrongType(id, type, names.nameOf(key.type))
    }
    return null
  }

  // An id that others have only pointed at has no type yet: the first who has one gives it.
  function isOfType(key: Key, type: string): boolean {
    const wanted = names.keyOf(type)
    if (key.type !== wanted && names.nameOf(key.type) === "") {
      retype.run(wanted, key.key)
      key.type = wanted
    }
    return key.type === wanted
  }

  /** Counts the events into their streams; a stream that does not stand where the event says is a conflict. */
  function count(events: readonly NewEvent[], traces: Traces): Conflict | null {
    for (const { stream } of events) {
      const found = stream.version === 1 ? keys.make(stream.id, names.keyOf(stream.type), null) : null
      if (found?.isNew) traces.made.push(stream.id)
      const key = found === null ? keys.find(stream.id) : found.key
      const actual = key?.version ?? 0
      if (key === null || actual + 1 !== stream.version) return overtaken(stream.id, stream.version - 1, actual)
      if (!isOfType(key, stream.type)) return wrongType(stream.id, stream.type, names.nameOf(key.type))
      key.version++
      traces.counted.push(key)
    }
    return null
  }

  function check(write: TransactionWrite, t: number, traces: Traces): Conflict | null {
    for (const { id, version } of write.reads) {
      const actual = keys.find(id)?.version ?? 0
      if (actual !== version) return overtaken(id, version, actual)
    }
    const conflict = mention(write, t, traces) ?? count(write.events, traces)
    if (conflict !== null) return conflict
    const attribute = changes.taken(write.changes)
    return attribute === null ? null : taken(attribute)
  }

  function takeBack(traces: Traces, n: number | null): void {
    for (const key of traces.counted) key.version--
    for (const id of traces.made) keys.drop(id)
    if (n !== null) commands.drop(n)
  }

  function writeEvents(write: TransactionWrite, t: number, texts: readonly string[]): void {
    write.events.forEach((e, n) => {
      event.run(
        t * places + n,
        e.id,
        keys.find(e.stream.id)!.key,
        e.stream.version,
        names.keyOf(e.type),
        e.typeVersion,
        e.rejection ? 1 : 0,
        e.kind === null ? 0 : kinds[e.kind],
        e.occurredAt,
        texts[n]!,
      )
    })
  }

  return function writeTransaction(write: TransactionWrite, tip: Tip, now: number): WriteOutcome {
    const { instance, recorded } = write
    const { command } = instance
    const t = tip.t + 1
    assert(recorded === null || recorded.t === t, `Transaction ${recorded?.t} is taken over, but ${t} is the next`)
    assert(write.events.length <= limits.eventsPerTransactionMax, `The command ${command.id} records too many events`)
    const ms = recorded === null ? Math.max(now, tip.at) : msOf(recorded.at)

    const dataText = JSON.stringify(command.data)
    const n = write.first ? commands.add(instance, dataText, t, ms) : null
    if (write.first && n === null) return { kind: "duplicate" }
    const traces: Traces = { counted: [], made: [] }
    const conflict = check(write, t, traces)
    if (conflict !== null) {
      takeBack(traces, n)
      return conflict
    }

    const at = instantOf(ms)
    // Most often the command's data is the event's data, the very same object.
    const texts = write.events.map(e => (e.data === command.data ? dataText : JSON.stringify(e.data)))
    const digest = hash("sha256", textToHash(write, tip.hash, t, at, texts), "hex")
    const key = n ?? commands.advance(instance, t, ms)
    entry.run(t, ms, key, names.keyOf(write.actor), write.schemaVersion, digest)
    writeEvents(write, t, texts)
    for (const change of write.changes) changes.write(change, keys.find(change.id)!, t)
    for (const change of write.timers) writeTimer(change)
    tip.t = t
    tip.at = ms
    tip.hash = digest
    return { kind: "done", t, at }
  }
}

function textToHash(write: TransactionWrite, before: string, t: number, at: string, texts: readonly string[]): string {
  const { command, correlationId } = write.instance
  const { actor, schemaVersion } = write
  const head = { t, at, commandId: command.id, commandType: command.type, actor, correlationId, schemaVersion }
  return hashedText(
    before,
    head,
    write.events.map(({ type, rejection, typeVersion, stream, occurredAt }, n) => {
      return { type, rejection, typeVersion, stream, occurredAt, dataText: texts[n]! }
    }),
  )
}

function overtaken(id: string, expected: number, actual: number): Conflict {
  const sentence = `Expected the stream of ${id} at version ${expected}, found ${actual}`
  return conflictOf(sentence, { stream: id, expected, actual }, false)
}

function wrongType(id: string, wanted: string, actual: string): Conflict {
  return conflictOf(`${id} is ${actual}, so it cannot be ${wanted}`, { id, wanted, actual }, false)
}

// Who holds the value is nobody's business here: whoever asked may not be allowed to know that they exist.
function taken(attribute: string): Conflict {
  return conflictOf(`A value of ${attribute} is taken, and no two may have the same`, { attribute }, true)
}

function conflictOf(sentence: string, facts: JsonObject, unique: boolean): Conflict {
  return { kind: "conflict", sentence, facts, unique }
}
