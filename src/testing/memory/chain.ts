import { hash } from "node:crypto"
import { hashedText, noHash } from "../../ports/hash.ts"
import type { Finding } from "../../ports/maintenance.ts"
import type { KeptTransaction, Memory } from "./memory.ts"

/** The hash of a transaction that follows one with the hash `before`. */
export function hashOf(before: string, transaction: Omit<KeptTransaction, "hash">): string {
  const events = transaction.events.map(({ event }) => ({
    ...event,
    occurredAt: event.occurredAt ?? null,
    dataText: JSON.stringify(event.data),
  }))
  return hash("sha256", hashedText(before, transaction, events))
}

/** What is not as the store promises: in the chain of hashes, in the streams, in the intervals of entities. */
export function* findings(memory: Memory): Generator<Finding> {
  let before = noHash
  for (const [i, transaction] of memory.transactions.entries()) {
    const { t, hash: kept } = transaction
    if (t !== i + 1) yield { check: "chain", t, sentence: `Transaction ${t} is where ${i + 1} should be` }
    if (kept !== hashOf(before, transaction)) yield { check: "chain", t, sentence: `Transaction ${t} has another hash` }
    before = kept
  }
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
