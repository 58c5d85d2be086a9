import { hash } from "node:crypto"
import { erasedEvent } from "../../kernel/erased.ts"
import type { Instance } from "../../kernel/instance.ts"
import type { T } from "../../kernel/message.ts"
import { Emptied } from "../../ports/erasure.ts"
import {
  commandText,
  hashedText,
  noHash,
  schemasText,
  writtenCommandText,
  type CommandTexts,
} from "../../ports/hash.ts"
import type { Finding } from "../../ports/maintenance.ts"
import type { TransactionWrite } from "../../ports/write.ts"
import type { KeptTransaction, Memory } from "./memory.ts"

/** The hash of a transaction that is written behind all others. */
export function nextHash(memory: Memory, transaction: Omit<KeptTransaction, "hash">, write: TransactionWrite): string {
  const command = writtenCommandText(write, textsOf(write.instance))
  return hashOf(memory, memory.transactions.at(-1)?.hash ?? noHash, transaction, command)
}

function hashOf(memory: Memory, before: string, transaction: Omit<KeptTransaction, "hash">, command: string): string {
  const inForce = memory.schemas.filter(({ fromT }) => fromT === transaction.t)
  const schemas = schemasText(inForce.map(kept => ({ ...kept, text: JSON.stringify(kept.schema) })))
  const events = transaction.events.map(({ event }) => ({
    ...event,
    occurredAt: event.occurredAt ?? null,
    dataText: JSON.stringify(event.data),
  }))
  return hash("sha256", hashedText(before, { schemas, head: transaction, command, events }))
}

function textsOf({ command, result, error }: Instance): CommandTexts {
  const text = (value: unknown) => (value === null ? null : JSON.stringify(value))
  return { data: JSON.stringify(command.data), result: text(result), error: text(error) }
}

/** What a transaction would be the hash of, by what it says now. */
export function hashNow(memory: Memory, t: T): string {
  const transaction = memory.transactions[t - 1]!
  const { commandId } = transaction
  const instance = memory.instances.get(commandId)!
  const first = memory.transactions.findIndex(other => other.commandId === commandId) === t - 1
  const command = commandText(instance, textsOf(instance), { first, last: instance.t === t })
  return hashOf(memory, memory.transactions[t - 2]?.hash ?? noHash, transaction, command)
}

/** What is not as the store promises: in the chain of hashes, in the streams, in the intervals of entities. */
export function* findings(memory: Memory): Generator<Finding> {
  const begun = new Set<string>()
  const emptied = new Emptied()
  let before = noHash
  for (const [i, transaction] of memory.transactions.entries()) {
    const { t, commandId, hash: kept } = transaction
    const instance = memory.instances.get(commandId)
    const step = { first: !begun.has(commandId), last: instance?.t === t }
    begun.add(commandId)
    const whole = instance === undefined ? "" : commandText(instance, textsOf(instance), step)
    if (t !== i + 1) yield { check: "chain", t, sentence: `Transaction ${t} is where ${i + 1} should be` }
    // Without its command, where only its events were restored.
    const lefts = [whole, ""].map(command => hashOf(memory, before, transaction, command))
    if (!lefts.includes(kept)) emptied.differs({ t, hash: kept, lefts })
    else for (const { event } of transaction.events) if (event.type === erasedEvent) emptied.listed(event.data)
    before = kept
  }
  yield* emptied.findings()
  for (const [id, { events }] of memory.streams) {
    const gap = events.find((event, i) => event.stream.version !== i + 1)
    if (gap)
      yield { check: "streams", t: gap.t, sentence: `The stream of ${id} has a gap before ${gap.stream.version}` }
  }
  for (const [id, versions] of memory.versions) {
    const late = versions.find((version, i) => i > 0 && version.fromT <= versions[i - 1]!.fromT)
    if (late) yield { check: "intervals", t: late.fromT, sentence: `Two versions of ${id} hold at the same t` }
  }
}
