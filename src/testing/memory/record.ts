import type { Instance } from "../../kernel/instance.ts"
import type { RecordedEvent, T } from "../../kernel/message.ts"
import type { EntityChange, NewEvent, TimerChange, TransactionWrite } from "../../ports/write.ts"
import { nextHash } from "./chain.ts"
import { empty } from "./erase.ts"
import { basisOf, kept, mention, valueKey, type Memory } from "./memory.ts"

/** Writes a transaction to which nothing objects. */
export function record(memory: Memory, write: TransactionWrite, at: string): T {
  const t = basisOf(memory) + 1
  const events = write.events.map((event, n) => recorded(event, write, t, at, n))
  for (const event of events) addToStream(memory, event)
  for (const change of write.changes) addVersion(memory, change, t)
  for (const timer of write.timers) setTimer(memory, timer)
  setInstance(memory, write.instance, t, at)
  for (const id of write.archive?.ids ?? []) memory.archived.set(id, at)
  for (const id of write.restore?.ids ?? []) memory.archived.delete(id)

  const { command, correlationId } = write.instance
  const transaction = {
    t,
    at,
    commandId: command.id,
    commandType: command.type,
    actor: write.actor,
    correlationId,
    schemaVersion: write.schemaVersion,
    events: events.map((event, n) => ({ event, kind: write.events[n]!.kind })),
  }
  const hash = write.recorded?.hash ?? nextHash(memory, transaction, write)
  memory.transactions.push({ ...transaction, hash })
  if (write.erase !== undefined) empty(memory, write.erase)
  return t
}

function recorded(event: NewEvent, write: TransactionWrite, t: T, at: string, n: number): RecordedEvent {
  const { kind: _kind, occurredAt, ...said } = event
  const { command, correlationId } = write.instance
  return kept({
    ...said,
    ...(occurredAt === null ? {} : { occurredAt }),
    t,
    n,
    at,
    causedBy: { type: command.type, id: command.id },
    correlationId,
    actor: write.actor,
    schemaVersion: write.schemaVersion,
  })
}

function addToStream(memory: Memory, event: RecordedEvent): void {
  const { type, id } = event.stream
  mention(memory, id)
  const stream = memory.streams.get(id) ?? { type, events: [] }
  stream.events.push(event)
  memory.streams.set(id, stream)
}

function addVersion(memory: Memory, change: EntityChange, t: T): void {
  const { id, type, document, values } = change
  mention(memory, id)
  const versions = memory.versions.get(id) ?? []
  const createdT = versions[0]?.fromT ?? t
  versions.push({ id, type, fromT: t, createdT, document: kept(document) })
  memory.versions.set(id, versions)

  for (const { attribute, value, ref, added } of values) {
    if (ref && typeof value === "string") mention(memory, value)
    const key = valueKey(attribute, value)
    const rows = memory.values.get(key) ?? []
    const open = rows.find(row => row.id === id && row.toT === Infinity)
    if (added && open === undefined) rows.push({ id, fromT: t, toT: Infinity })
    if (!added && open !== undefined) open.toT = t
    memory.values.set(key, rows)
  }
}

function setTimer(memory: Memory, { id, due, payload }: TimerChange): void {
  if (due === null) memory.timers.delete(id)
  else memory.timers.set(id, { id, due, payload: kept(payload) })
}

function setInstance(memory: Memory, instance: Instance, t: T, at: string): void {
  const last = instance.history.length - 1
  const history = instance.history.map((passage, i) => (i === last ? { ...passage, t, at } : passage))
  memory.instances.set(instance.command.id, kept({ ...instance, t, updatedAt: at, history }))
}
