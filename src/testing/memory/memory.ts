import type { Document } from "../../kernel/entity.ts"
import type { Instance } from "../../kernel/instance.ts"
import type { Json } from "../../kernel/json.ts"
import { frozen } from "../../kernel/json.ts"
import type { RecordedEvent, T } from "../../kernel/message.ts"
import type { KeptRefusal } from "../../ports/commands.ts"
import type { HashedHead } from "../../ports/hash.ts"
import type { LoggedEvent } from "../../ports/log.ts"
import type { KeptSchema } from "../../ports/maintenance.ts"
import type { Timer } from "../../ports/timers.ts"
import type { ParkedDelivery } from "../../ports/write.ts"

/** A transaction as it is kept. */
export type KeptTransaction = HashedHead & {
  readonly events: readonly LoggedEvent[]
  readonly hash: string
}

/** An entity, or that there is none any more, from one t on. */
export type KeptVersion = {
  readonly id: string
  readonly type: string
  readonly fromT: T
  readonly createdT: T
  readonly document: Document | null
}

/** That an entity had a value from one t on, until another. */
export type KeptValue = { readonly id: string; readonly fromT: T; toT: T }

/** Who holds a lease, and until when; null: it was given back. */
export type KeptLease = { holder: string | null; readonly epoch: number; until: number }

/** One version of a projection. */
export type KeptProjection = { reached: T; live: boolean; readonly rows: Map<string, Document> }

/** Everything that a memory store keeps: what is on disk elsewhere. A store that is opened on it goes on from there. */
export type Memory = {
  /** Transaction t lies at t - 1. */
  readonly transactions: KeptTransaction[]
  readonly streams: Map<string, { type: string; events: RecordedEvent[] }>
  /** Every id that was ever mentioned, in order: its place from 1 on is its key. */
  readonly ids: string[]
  readonly keys: Map<string, number>
  /** The versions of each entity, oldest first; the entities in order of their first creation. */
  readonly versions: Map<string, KeptVersion[]>
  /** Who had a value and when, by `valueKey`. */
  readonly values: Map<string, KeptValue[]>
  /** In order of their creation. */
  readonly instances: Map<string, Instance>
  /** When those in the archive were moved there. */
  readonly archived: Map<string, string>
  readonly refusals: Map<string, KeptRefusal>
  readonly reached: Map<string, T>
  /** By `deliveryKey`. */
  readonly parked: Map<string, ParkedDelivery>
  readonly timers: Map<string, Timer>
  readonly projections: Map<string, Map<number, KeptProjection>>
  readonly leases: Map<string, KeptLease>
  readonly schemas: KeptSchema[]
}

/** A memory with nothing in it. */
export function emptyMemory(): Memory {
  return {
    transactions: [],
    streams: new Map(),
    ids: [],
    keys: new Map(),
    versions: new Map(),
    values: new Map(),
    instances: new Map(),
    archived: new Map(),
    refusals: new Map(),
    reached: new Map(),
    parked: new Map(),
    timers: new Map(),
    projections: new Map(),
    leases: new Map(),
    schemas: [],
  }
}

/** The t of the newest transaction. */
export function basisOf(memory: Memory): T {
  return memory.transactions.length
}

/** One text for one value of one attribute: the number 1, the text "1" and true are three values. */
export function valueKey(attribute: string, value: string | number | boolean): string {
  return JSON.stringify([attribute, value])
}

/** One text for one delivery. */
export function deliveryKey(consumer: string, t: T, n: number): string {
  return JSON.stringify([consumer, t, n])
}

/** Sees to it that an id has a key. */
export function mention(memory: Memory, id: string): void {
  if (!memory.keys.has(id)) memory.keys.set(id, memory.ids.push(id))
}

/** A value as a disk would give it back: a copy that says the same, and that nobody can write to. */
export function kept<Value>(value: Value): Value {
  // JSON.parse says nothing about its type; what went in is what comes out.
  return value === undefined ? value : (frozen(JSON.parse(JSON.stringify(value)) as Json) as Value)
}
