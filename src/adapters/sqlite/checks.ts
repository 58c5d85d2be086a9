import type { DatabaseSync } from "node:sqlite"
import type { JsonObject } from "../../kernel/json.ts"
import { limits } from "../../kernel/limits.ts"
import { assert } from "../../kernel/refusal.ts"
import type { EntityChange, NewEvent, TransactionWrite, WriteOutcome } from "../../ports/write.ts"
import { prepare } from "./driver.ts"
import type { Eraser } from "./erase.ts"
import type { Key, Keys } from "./keys.ts"
import type { Names } from "./names.ts"
import type { holderChecker } from "./uniques.ts"

/** That a write was overtaken. */
export type Conflict = Extract<WriteOutcome, { kind: "conflict" }>

/** What is asked about others; and last of all what it erases is erased: nothing may stand in the way any more. */
type Holders = ReturnType<typeof holderChecker> & Pick<Eraser, "erase">

/** What checking a write has left behind: ids that got a key or a type, and streams that an event was counted into. */
type Traces = { readonly made: string[]; readonly typed: Key[]; readonly counted: Key[] }

/**
 * Prepares the check of transactions: everything that could make one drop out is found before it is written. On the way
 * each of its entities gets its key, and its events are counted into their streams; if it drops out, that never was.
 */
export function checker(db: DatabaseSync, names: Names, keys: Keys, holders: Holders) {
  const mention = mentioner(db, names, keys)

  /** A stream that does not stand where the event says is a conflict. */
  function count(events: readonly NewEvent[], traces: Traces): Conflict | null {
    for (const { stream } of events) {
      // Only the first event of a stream may find that there is none.
      const isFirst = stream.version === 1
      const conflict = isFirst ? mention.give(stream, null, traces) : null
      if (conflict !== null) return conflict
      const key = keys.find(stream.id)
      const actual = key?.version ?? 0
      if (key === null || actual + 1 !== stream.version) return overtaken(stream.id, stream.version - 1, actual)
      if (!isFirst && names.nameOf(key.type) !== stream.type) return otherType(stream, names.nameOf(key.type))
      key.version++
      traces.counted.push(key)
    }
    return null
  }

  // Those that are created come first and in their order, which is then the order of their keys.
  function entities(changes: readonly EntityChange[], t: number, traces: Traces): Conflict | null {
    for (const change of changes) {
      const conflict = change.replaces ? null : mention.give(change, change.document === null ? null : t, traces)
      if (conflict !== null) return conflict
    }
    return null
  }

  function uniques(changes: readonly EntityChange[]): Conflict | null {
    const attribute = holders.findTaken(changes)
    return attribute === null ? null : taken(attribute)
  }

  function refs(write: TransactionWrite): Conflict | null {
    if (write.unreferenced === undefined) return null
    const found = holders.findPointedAt(write)
    return found === null ? null : pointedAt(found.id, found.attribute)
  }

  function takeBack({ made, typed, counted }: Traces): void {
    for (const key of counted) key.version--
    for (const key of typed) mention.untype(key)
    for (const id of made) keys.drop(id)
  }

  return (write: TransactionWrite, t: number): Conflict | null => {
    const traces: Traces = { made: [], typed: [], counted: [] }
    const found =
      shape(write, t) ??
      reads(write, keys) ??
      entities(write.changes, t, traces) ??
      count(write.events, traces) ??
      uniques(write.changes) ??
      refs(write) ??
      holders.erase(write)
    if (found !== null) takeBack(traces)
    return found
  }
}

/** A stream that the decision rests on, and that has gone on, is a conflict. */
function reads(write: TransactionWrite, keys: Keys): Conflict | null {
  for (const { id, version } of write.reads) {
    const actual = keys.find(id)?.version ?? 0
    if (actual !== version) return overtaken(id, version, actual)
  }
  return null
}

/** What has nothing to do with what is stored but how far the log has got. */
function shape({ recorded, events, changes, instance }: TransactionWrite, t: number): Conflict | null {
  const most = Math.max(events.length, changes.length)
  const max = limits.eventsPerTransactionMax
  assert(most <= max, `The command ${instance.command.id} records ${most} events or changes, ${max} are the most`)
  if (recorded === null || recorded.t === t) return null
  return conflict(`The next transaction is ${t}, not ${recorded.t}`, { expected: t, actual: recorded.t }, false)
}

/** Prepares the giving of keys and types. An id that is of another type than is said is a conflict. */
function mentioner(db: DatabaseSync, names: Names, keys: Keys) {
  const retype = prepare(db, "UPDATE entities SET type = ? WHERE key = ?")

  function setType(key: Key, type: number): void {
    retype.run(type, key.key)
    key.type = type
  }

  function give(said: { id: string; type: string }, createdT: number | null, traces: Traces): Conflict | null {
    const wanted = names.keyOf(said.type)
    const { key, isNew } = keys.make(said.id, wanted, createdT)
    if (isNew) traces.made.push(said.id)
    if (key.type === wanted) return null
    const actual = names.nameOf(key.type)
    if (actual !== "") return otherType(said, actual)
    // Others have only pointed at it so far: the first who says what it is settles it.
    setType(key, wanted)
    traces.typed.push(key)
    return null
  }

  return { give, untype: (key: Key) => setType(key, names.keyOf("")) }
}

function overtaken(stream: string, expected: number, actual: number): Conflict {
  return conflict(`Expected ${stream} at version ${expected}, found ${actual}`, { stream, expected, actual }, false)
}

function otherType({ id, type }: { id: string; type: string }, actual: string): Conflict {
  return conflict(`${id} is a ${actual}, so it cannot be a ${type}`, { id, expected: type, actual }, false)
}

// Who holds the value is nobody's business here: whoever asked may not be allowed to know that they exist.
function taken(attribute: string): Conflict {
  return conflict(`A value of ${attribute} is taken, and no two may have the same`, { attribute }, true)
}

// Who points there is nobody's business either.
function pointedAt(id: string, attribute: string): Conflict {
  return conflict(`Somebody has come to point at ${id} by ${attribute}`, { id, attribute }, false)
}

function conflict(sentence: string, facts: JsonObject, unique: boolean): Conflict {
  return { kind: "conflict", sentence, facts, unique }
}
