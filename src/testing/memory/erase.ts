import { emptied } from "../../kernel/erased.ts"
import type { RecordedEvent } from "../../kernel/message.ts"
import { erasedSentence, type ErasedPlace, type Erasure } from "../../ports/erasure.ts"
import { hashNow } from "./chain.ts"
import { kept, type Memory } from "./memory.ts"

/** What an erasure would leave of its transactions. It is tried on a copy. */
export function erasedOf(memory: Memory, erasure: Erasure): readonly ErasedPlace[] {
  const copy = structuredClone(memory)
  empty(copy, erasure)
  return erasure.transactions.map(t => ({ t, hash: copy.transactions[t - 1]!.hash, left: hashNow(copy, t) }))
}

/** Puts what is left in the place of what was. */
export function empty(memory: Memory, erasure: Erasure): void {
  emptyEvents(memory, erasure)
  emptyEntity(memory, erasure)
  for (const { id, data, result, error } of erasure.commands) {
    const instance = memory.instances.get(id)
    if (instance === undefined) continue
    memory.instances.set(id, kept({ ...instance, command: { ...instance.command, data }, result, error }))
  }
  for (const [id, refusal] of memory.refusals) {
    const said = JSON.stringify(refusal)
    if (!erasure.mentions.some(text => said.includes(text))) continue
    memory.refusals.set(id, kept({ ...refusal, sentence: erasedSentence, faults: [], data: emptied }))
  }
}

function emptyEvents(memory: Memory, { id, events }: Erasure): void {
  const changed = new Map<string, RecordedEvent>()
  for (const { t, n, data } of events) {
    const transaction = memory.transactions[t - 1]!
    const told = transaction.events.map(logged =>
      logged.event.n === n ? { ...logged, event: kept({ ...logged.event, data }) } : logged,
    )
    memory.transactions[t - 1] = { ...transaction, events: told }
    const { event } = told.find(logged => logged.event.n === n)!
    changed.set(event.id, event)
    for (const [key, parked] of memory.parked) {
      if (parked.t !== t || parked.n !== n) continue
      const attempts = parked.attempts.map(attempt => ({ ...attempt, error: erasedSentence }))
      memory.parked.set(key, kept({ ...parked, attempts }))
    }
  }
  const stream = memory.streams.get(id)
  if (stream !== undefined) stream.events = stream.events.map(event => changed.get(event.id) ?? event)
}

function emptyEntity(memory: Memory, { id, attributes, versions }: Erasure): void {
  const documents = new Map(versions.map(({ t, document }) => [t, document]))
  const left = memory.versions.get(id)?.map(version => {
    const document = documents.get(version.fromT)
    return document === undefined ? version : { ...version, document: kept(document) }
  })
  if (left !== undefined) memory.versions.set(id, left)
  for (const [key, rows] of memory.values) {
    // Keys are made of a name and a value.
    const [name] = JSON.parse(key) as [string]
    if (attributes !== null && !attributes.includes(name)) continue
    memory.values.set(
      key,
      rows.filter(row => row.id !== id || row.toT === Infinity),
    )
  }
}
