import { sameJson, type JsonObject } from "../../kernel/json.ts"
import { isEnd, type T, type Version } from "../../kernel/message.ts"
import { placesOf } from "../../ports/erasure.ts"
import type { TransactionWrite, WriteOutcome } from "../../ports/write.ts"
import { erasedOf } from "./erase.ts"
import { basisOf, valueKey, type Memory } from "./memory.ts"

type Objection = Extract<WriteOutcome, { kind: "conflict" | "duplicate" }>

/**
 * Why a transaction may not be committed; null: it may. It is looked at before anything of it is written. `begun`: where
 * the log ended before its batch.
 */
export function objection(memory: Memory, write: TransactionWrite, begun: T): Objection | null {
  // First of all: a command that comes a second time has stale versions too, and that is not what is wrong with it.
  const known = memory.instances.get(write.instance.command.id)
  if (!write.first && memory.archived.has(write.instance.command.id)) {
    if (write.follows !== undefined) return { kind: "duplicate" }
    return conflict(`The command ${write.instance.command.id} is in the archive`, { id: write.instance.command.id })
  }
  if (write.first ? known !== undefined : write.follows !== undefined && known?.t !== write.follows) {
    return { kind: "duplicate" }
  }
  return (
    outOfTurn(memory, write) ??
    overtaken(memory, write) ??
    taken(memory, write) ??
    pointedAt(memory, write) ??
    come(memory, write, begun) ??
    unmovable(memory, write) ??
    otherwise(memory, write)
  )
}

function outOfTurn(memory: Memory, { recorded }: TransactionWrite): Objection | null {
  const expected = basisOf(memory) + 1
  if (recorded === null || recorded.t === expected) return null
  return conflict(`The next transaction is ${expected}, not ${recorded.t}`, { expected, actual: recorded.t })
}

function overtaken(memory: Memory, write: TransactionWrite): Objection | null {
  const versions = new Map<string, Version>()
  const versionOf = (id: string) => versions.get(id) ?? memory.streams.get(id)?.events.length ?? 0

  for (const { id, version: expected } of write.reads) {
    if (versionOf(id) !== expected) return stale(id, expected, versionOf(id))
  }
  for (const { stream } of write.events) {
    const actual = versionOf(stream.id)
    if (stream.version !== actual + 1) return stale(stream.id, stream.version - 1, actual)
    versions.set(stream.id, stream.version)
  }
  return null
}

function stale(entity: string, expected: Version, actual: Version): Objection {
  return conflict(`Expected ${entity} at version ${expected}, found ${actual}`, { entity, expected, actual })
}

function taken(memory: Memory, write: TransactionWrite): Objection | null {
  const values = write.changes.flatMap(({ id, values }) => values.map(value => ({ ...value, id })))
  const key = (value: (typeof values)[number]) => valueKey(value.attribute, value.value)
  const given = new Set(values.filter(value => !value.added).map(value => `${value.id} ${key(value)}`))
  const claimed = new Map<string, string>()

  for (const value of values.filter(v => v.unique && v.added)) {
    const holder = memory.values
      .get(key(value))
      ?.find(row => row.toT === Infinity && !given.has(`${row.id} ${key(value)}`))
    const rival = holder?.id ?? claimed.get(key(value)) ?? value.id
    if (rival !== value.id) {
      const { attribute } = value
      return { ...conflict(`A unique value of ${attribute} is taken`, { attribute, value: value.value }), unique: true }
    }
    claimed.set(key(value), value.id)
  }
  return null
}

function pointedAt(memory: Memory, { changes, unreferenced = [] }: TransactionWrite): Objection | null {
  for (const { attribute, id } of unreferenced) {
    const isTaken = (holder: string) =>
      changes.some(
        change =>
          change.id === holder && change.values.some(v => !v.added && v.attribute === attribute && v.value === id),
      )
    const rows = memory.values.get(valueKey(attribute, id)) ?? []
    if (rows.every(row => row.toT !== Infinity || isTaken(row.id))) continue
    return conflict(`Somebody has come to point at ${id} by ${attribute}`, { id, attribute })
  }
  return null
}

function come(memory: Memory, { sought }: TransactionWrite, begun: T): Objection | null {
  for (const { attribute, value } of sought?.values ?? []) {
    const rows = memory.values.get(valueKey(attribute, value)) ?? []
    if (rows.every(({ fromT, toT }) => toT !== Infinity || fromT <= sought!.t || fromT > begun)) continue
    return conflict(`Somebody has come to have a value of ${attribute} that was looked for`, { attribute })
  }
  return null
}

function unmovable({ instances, archived }: Memory, { archive, restore }: TransactionWrite): Objection | null {
  const isLoose = (id: string) => !archived.has(id) && isEnd(instances.get(id)?.state ?? "queued")
  const stuck = archive?.ids.find(id => !isLoose(id))
  if (stuck !== undefined) return conflict(`The command ${stuck} cannot go to the archive`, { id: stuck })
  const absent = restore?.ids.find(id => !archived.has(id))
  return absent === undefined ? null : conflict(`The command ${absent} is not in the archive`, { id: absent })
}

function otherwise(memory: Memory, { erase, events }: TransactionWrite): Objection | null {
  if (erase === undefined || sameJson(erasedOf(memory, erase), placesOf(events.at(-1)?.data ?? {}))) return null
  return conflict(`What is to be erased of ${erase.id} is another by now`, { id: erase.id })
}

function conflict(sentence: string, facts: JsonObject) {
  return { kind: "conflict", sentence, facts, unique: false } as const
}
