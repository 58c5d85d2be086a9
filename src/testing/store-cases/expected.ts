import { hash } from "node:crypto"
import type { RecordedEvent } from "../../kernel/message.ts"
import type { LoggedEvent } from "../../ports/log.ts"
import type { KeptSchema } from "../../ports/maintenance.ts"
import type { TransactionWrite } from "../../ports/write.ts"
import { hashedText, schemasText, writtenCommandText } from "../../ports/hash.ts"
import type { Store } from "../../ports/store.ts"
import type { Done } from "../store-case.ts"

/** The events that a reader must see of a transaction that was committed. */
export function expectedEvents(write: TransactionWrite, { t, at }: Done): LoggedEvent[] {
  const { command, correlationId } = write.instance
  return write.events.map(({ kind, occurredAt, ...event }, n) => ({
    kind,
    event: {
      ...event,
      ...(occurredAt === null ? {} : { occurredAt }),
      t,
      n,
      at,
      causedBy: { type: command.type, id: command.id },
      correlationId,
      actor: write.actor,
      schemaVersion: write.schemaVersion,
    } satisfies RecordedEvent,
  }))
}

/** The hash of a transaction, from what was said and answered, and from the hash of the one before it. */
export function expectedHash(
  before: string,
  write: TransactionWrite,
  done: Done,
  schemas: readonly KeptSchema[] = [],
): string {
  const { command, correlationId } = write.instance
  const { actor, schemaVersion } = write
  const head = { ...done, commandId: command.id, commandType: command.type, actor, correlationId, schemaVersion }
  const events = write.events.map(event => ({ ...event, dataText: JSON.stringify(event.data) }))
  const { instance } = write
  const texts = {
    data: JSON.stringify(command.data),
    result: instance.result === null ? null : JSON.stringify(instance.result),
    error: instance.error === null ? null : JSON.stringify(instance.error),
  }
  const said = schemasText(schemas.map(kept => ({ ...kept, text: JSON.stringify(kept.schema) })))
  return hash("sha256", hashedText(before, { schemas: said, head, command: writtenCommandText(write, texts), events }))
}

/** The whole log, page by page. */
export async function wholeLog(store: Store, limit = 1_000, types?: readonly string[]): Promise<LoggedEvent[]> {
  const events: LoggedEvent[] = []
  for (let after = 0; ;) {
    const page = await store.log.read(after, limit, types)
    events.push(...page.events)
    if (page.isEnd) return events
    if (page.reached <= after) throw new Error(`The page after ${after} is not the end, and leads nowhere`)
    after = page.reached
  }
}
