import { valueChanges } from "../../commands/values.ts"
import type { Document } from "../../kernel/entity.ts"
import type { Instance } from "../../kernel/instance.ts"
import type { T } from "../../kernel/message.ts"
import type { LoggedEvent } from "../../ports/log.ts"
import type { StoredTransaction } from "../../ports/transfer.ts"
import type { EntityChange, NewEvent, TransactionWrite } from "../../ports/write.ts"
import type { CompiledSchema } from "../../schema/compile.ts"

/** What the writes of a page are made from. */
export type Grounds = {
  /** The schema that a transaction was recorded under. */
  readonly schemaOf: (transaction: StoredTransaction) => CompiledSchema
  /** Whether something of the transaction with this t was erased, so that its hash is to be taken over. */
  readonly isEmptied: (t: T) => boolean
  /** The commands of the page as the source has them by now. */
  readonly instances: ReadonlyMap<string, Instance>
  /** The commands that the target has already; those of the page join them. */
  readonly known: Set<string>
  /** What the entities of the page are in the target; moves on with each write. */
  readonly documents: Map<string, Document | null>
}

/**
 * The write that makes a transaction again as it was recorded, hash and all. The command's record is the newest there is,
 * with each of its steps: only after its last one is it right, and only then does anybody read it, or is it at an end.
 */
export function transferredWrite(transaction: StoredTransaction, grounds: Grounds): TransactionWrite {
  const { t, at, commandId, actor, schemaVersion, events, hash } = transaction
  const first = !grounds.known.has(commandId)
  const newest = grounds.instances.get(commandId)!
  grounds.known.add(commandId)
  return {
    kind: "transaction",
    instance: newest.t === t ? newest : { ...newest, state: "running" },
    first,
    actor,
    schemaVersion,
    events: events.map(newEvent),
    changes: transaction.changes.map(change => changeOf(change, transaction, grounds)),
    reads: [],
    timers: [],
    recorded: grounds.isEmptied(t) ? { t, at, hash } : { t, at },
  }
}

function newEvent({ event, kind }: LoggedEvent): NewEvent {
  const { id, type, stream, data, rejection, occurredAt = null, typeVersion } = event
  return { id, type, stream, data, rejection, occurredAt, typeVersion, kind }
}

// Which values are looked up was said by the schema of the time: what it makes of the two documents is what was written.
function changeOf(
  { id, type, document }: StoredTransaction["changes"][number],
  transaction: StoredTransaction,
  { schemaOf, documents }: Grounds,
): EntityChange {
  const before = documents.get(id) ?? null
  documents.set(id, document)
  const entity = schemaOf(transaction).entities.get(type)
  const values = entity === undefined ? [] : valueChanges(entity, before, document)
  return { id, type, document, replaces: before !== null, values }
}
