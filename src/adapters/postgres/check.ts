import type { JsonObject } from "../../kernel/json.ts"
import { limits } from "../../kernel/limits.ts"
import { assert } from "../../kernel/refusal.ts"
import type { Fence } from "../../ports/leases.ts"
import type { EntityChange, NewEvent, TransactionWrite, WriteOutcome } from "../../ports/write.ts"
import type { Seen } from "./look.ts"
import type { Names } from "./names.ts"
import { claimOf, valueText } from "./values.ts"

/** That a write was overtaken. */
export type Conflict = Extract<WriteOutcome, { kind: "conflict" }>

/** An entity as it is after the writes of a batch so far. */
export type Entity = {
  readonly key: number
  readonly type: number
  version: number
  /** The place in the batch of the transaction that created it; 0: an earlier one; null: it never was. */
  created: number | null
  /** The version that was seen; null: the id is new. */
  readonly before: number | null
  /** Whether it must be written. */
  changed: boolean
}

/** What is known while the writes of a batch are decided one after the other. */
export type Known = {
  readonly seen: Seen
  readonly names: Names
  readonly newKey: () => number
  readonly entities: Map<string, Entity>
  readonly holders: Map<string, Set<number>>
}

/** What is known before the first write. */
export function knownFrom(seen: Seen, names: Names, newKey: () => number): Known {
  const holders = new Map([...seen.holders].map(([claim, keys]) => [claim, new Set(keys)]))
  return { seen, names, newKey, entities: new Map(), holders }
}

/** The entity of an id by now; null: the id has no key. */
export function entityOf({ seen, entities }: Known, id: string): Entity | null {
  const found = entities.get(id)
  if (found !== undefined) return found
  const before = seen.entities.get(id)
  if (before === undefined) return null
  const { key, type, version, createdT } = before
  const entity = { key, type, version, created: createdT === null ? null : 0, before: version, changed: false }
  entities.set(id, entity)
  return entity
}

/**
 * Looks whether a transaction may be the next one, `place`th of its batch. What it makes of its entities is noted with
 * them; if it may not, that never was.
 */
export function checkTransaction(write: TransactionWrite, place: number, known: Known): Conflict | null {
  const undo: (() => void)[] = []
  const found =
    shape(write, known.seen.t + place) ??
    reads(write, known) ??
    entities(write.changes, known, undo) ??
    count(write.events, known, undo) ??
    uniques(write.changes, known) ??
    references(write, known) ??
    come(write, known)
  if (found !== null) for (const step of undo.reverse()) step()
  return found
}

/** The conflict of a write whose lease is another's by now; null: it may be made. */
export function checkFence(fence: Fence | undefined, { leases }: Pick<Seen, "leases">): Conflict | null {
  if (fence === undefined || leases.get(fence.name) === fence.epoch) return null
  const { name, epoch } = fence
  return conflict(`The lease ${name} of epoch ${epoch} is another's by now, or was given back`, { name, epoch }, false)
}

/** What has nothing to do with what is stored but how far the log has got. */
function shape({ recorded, events, changes, instance }: TransactionWrite, t: number): Conflict | null {
  const most = Math.max(events.length, changes.length)
  const max = limits.eventsPerTransactionMax
  assert(most <= max, `the command ${instance.command.id} records ${most} events or changes, ${max} are the most`)
  if (recorded === null || recorded.t === t) return null
  return conflict(`The next transaction is ${t}, not ${recorded.t}`, { expected: t, actual: recorded.t }, false)
}

function reads(write: TransactionWrite, known: Known): Conflict | null {
  for (const { id, version } of write.reads) {
    const actual = entityOf(known, id)?.version ?? 0
    if (actual !== version) return overtaken(id, version, actual)
  }
  return null
}

// Those that are created come first and in their order, which is then the order of their keys.
function entities(changes: readonly EntityChange[], known: Known, undo: (() => void)[]): Conflict | null {
  for (const change of changes) {
    const conflict = change.replaces ? null : mention(change, known, undo)
    if (conflict !== null) return conflict
  }
  return null
}

function count(events: readonly NewEvent[], known: Known, undo: (() => void)[]): Conflict | null {
  for (const { stream } of events) {
    // Only the first event of a stream may find that there is none.
    const isFirst = stream.version === 1
    const conflict = isFirst ? mention(stream, known, undo) : null
    if (conflict !== null) return conflict
    const entity = entityOf(known, stream.id)
    const actual = entity?.version ?? 0
    if (entity === null || actual + 1 !== stream.version) return overtaken(stream.id, stream.version - 1, actual)
    const type = known.names.nameOf(entity.type)
    if (!isFirst && type !== stream.type) return otherType(stream, type)
    entity.version++
    undo.push(() => entity.version--)
  }
  return null
}

/** Gives an id its key and its type. One that is of another type is a conflict. */
function mention(said: { id: string; type: string }, known: Known, undo: (() => void)[]): Conflict | null {
  const { names, entities: all, newKey } = known
  const wanted = names.keyOf(said.type)
  const entity = entityOf(known, said.id)
  if (entity === null) {
    all.set(said.id, { key: newKey(), type: wanted, version: 0, created: null, before: null, changed: true })
    undo.push(() => all.delete(said.id))
    return null
  }
  return entity.type === wanted ? null : otherType(said, names.nameOf(entity.type))
}

/** A value that somebody else holds, and does not give up in the same transaction. */
function uniques(changes: readonly EntityChange[], known: Known): Conflict | null {
  const claimed = new Map<string, string>()
  const released = new Set<string>()
  const claimBy = ({ attribute, value }: EntityChange["values"][number]) =>
    claimOf(known.names.keyOf(attribute), valueText(value))
  for (const { id, values } of changes) {
    const key = values.length === 0 ? undefined : entityOf(known, id)?.key
    for (const value of values) if (value.unique && !value.added) released.add(`${key} ${claimBy(value)}`)
  }
  for (const { id, values } of changes) {
    for (const value of values) {
      if (!value.unique || !value.added) continue
      const claim = claimBy(value)
      const rival = claimed.get(claim)
      if (rival !== undefined && rival !== id) return taken(value.attribute)
      claimed.set(claim, id)
      const own = entityOf(known, id)?.key
      for (const holder of known.holders.get(claim) ?? []) {
        if (holder !== own && !released.has(`${holder} ${claim}`)) return taken(value.attribute)
      }
    }
  }
  return null
}

/** What is retracted, though somebody points there from whom the same transaction does not take the ref. */
function references({ changes, unreferenced = [] }: TransactionWrite, known: Known): Conflict | null {
  for (const { attribute, id } of unreferenced) {
    const holders = known.holders.get(claimOf(known.names.keyOf(attribute), valueText(id))) ?? []
    const given = new Set<number | undefined>()
    for (const { id: holder, values } of changes) {
      const isGiven = values.some(v => !v.added && v.attribute === attribute && v.value === id)
      if (isGiven) given.add(entityOf(known, holder)?.key)
    }
    for (const holder of holders) if (!given.has(holder)) return pointedAt(id, attribute)
  }
  return null
}

/** Somebody has come to have a value since it was looked for. */
function come({ sought }: TransactionWrite, { seen, names }: Known): Conflict | null {
  for (const { attribute, value } of sought?.values ?? []) {
    const t = seen.come.get(claimOf(names.keyOf(attribute), valueText(value))) ?? 0
    if (t <= sought!.t) continue
    return conflict(`Somebody has come to have a value of ${attribute} that was looked for`, { attribute }, false)
  }
  return null
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
