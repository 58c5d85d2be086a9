import type { RecordedEvent } from "../kernel/message.ts"

/**
 * The text whose SHA-256 is a transaction's hash, and which every store computes alike: the hash of the transaction
 * before it, a line break, and what `export` shows of this one. Whoever has the export can check the chain.
 *
 * `data` is the JSON text of an event's data exactly as it is stored.
 */
export function hashedText(
  before: string,
  head: {
    t: number
    at: string
    commandId: string
    commandType: string
    actor: string
    correlationId: string
    schemaVersion: number
  },
  events: readonly (Pick<RecordedEvent, "type" | "rejection" | "typeVersion" | "stream"> & {
    occurredAt: string | null
    dataText: string
  })[],
): string {
  let text = `${before}\n${JSON.stringify([head.t, head.at, head.commandId, head.commandType, head.actor, head.correlationId, head.schemaVersion])}`
  for (const e of events) {
    const { stream } = e
    text += `\n${JSON.stringify([e.type, e.typeVersion, e.rejection, stream.type, stream.id, stream.version, e.occurredAt])}${e.dataText}`
  }
  return text
}

/** What the first transaction's hash follows: nothing. */
export const noHash = ""
