import type { Instance } from "../kernel/instance.ts"
import { isEnd, type Command, type RecordedEvent } from "../kernel/message.ts"
import type { TransactionWrite } from "./write.ts"

/** What is hashed of a transaction itself. */
export type HashedHead = {
  readonly t: number
  readonly at: string
  readonly commandId: string
  readonly commandType: string
  readonly actor: string
  readonly correlationId: string
  readonly schemaVersion: number
}

/** What is hashed of an event; `dataText` is the JSON text of its data exactly as it is stored. */
export type HashedEvent = Pick<RecordedEvent, "id" | "type" | "rejection" | "typeVersion" | "stream"> & {
  readonly occurredAt: string | null
  readonly dataText: string
}

/** What is hashed of a command, besides texts of JSON. */
export type HashedCommand = Omit<Instance, "command" | "correlationId" | "result" | "error" | "updatedAt" | "t"> & {
  readonly command: Pick<Command, "target" | "expectedVersion" | "basisT" | "occurredAt">
}

/** JSON of a command exactly as it is stored; null where a row has none. */
export type CommandTexts = { readonly data: string; readonly result: string | null; readonly error: string | null }

/**
 * The text whose SHA-256 is a transaction's hash, and which every store computes alike: the hash of the transaction
 * before it, the schemas that come into force with it, what was done when and for whom, what it says of its command, and
 * its events. A line each; a text of JSON has no line break in it.
 */
export function hashedText(
  before: string,
  said: {
    readonly schemas: string
    readonly head: HashedHead
    readonly command: string
    readonly events: readonly HashedEvent[]
  },
): string {
  const { head } = said
  let text = `${before}${said.schemas}\n${JSON.stringify([head.t, head.at, head.commandId, head.commandType, head.actor, head.correlationId, head.schemaVersion])}${said.command}`
  for (const e of said.events) {
    const { stream } = e
    text += `\n${JSON.stringify([e.id, e.type, e.typeVersion, e.rejection, stream.type, stream.id, stream.version, e.occurredAt])}${e.dataText}`
  }
  return text
}

/** What is hashed of the schemas that come into force with a transaction, in order; none: nothing. */
export function schemasText(
  schemas: readonly { readonly version: number; readonly hash: string; readonly text: string }[],
): string {
  return schemas.map(({ version, hash, text }) => `\n${version} ${hash} ${text}`).join("")
}

/**
 * What a transaction's hash covers of its command: with its first step all that never changes, with its last one all that
 * came of it. What the steps in between write, each next one overwrites: nobody could check it later.
 */
export function commandText(
  instance: HashedCommand,
  texts: CommandTexts,
  step: { readonly first: boolean; readonly last: boolean },
): string {
  const { owner, parent, createdAt, digest, state, attempts, due, history } = instance
  let text = ""
  if (step.first) {
    const { target, expectedVersion = null, basisT = null, occurredAt } = instance.command
    text = `\nasked [${said(target?.type)},${said(target?.id)},${expectedVersion},${basisT},${said(occurredAt)},${said(owner)},${said(parent)},"${createdAt}",${said(digest)}]${texts.data}`
  }
  if (!step.last || !isEnd(state)) return text
  // Numbers and words of our own need no escaping. When the last step was taken stands elsewhere in the text.
  const earlier = history.length < 2 ? "[]" : JSON.stringify(history.slice(0, -1))
  return `${text}\nended ["${state}",${attempts},${due}]${earlier}${texts.result ?? "null"} ${texts.error ?? "null"}`
}

function said(text: string | null | undefined): string {
  return text === null || text === undefined ? "null" : JSON.stringify(text)
}

/** The same for a step that is about to be written: as far as anybody knows, it is the last. */
export function writtenCommandText({ instance, first, recorded }: TransactionWrite, texts: CommandTexts): string {
  return recorded?.ofEvents === true ? "" : commandText(instance, texts, { first, last: true })
}

/** What the first transaction's hash follows: nothing. */
export const noHash = ""
