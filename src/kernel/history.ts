import { limits } from "./limits.ts"
import type { RecordedEvent } from "./message.ts"

// What follows from a log of the past has one conversation: by its name it is known for what it is, in every process and
// after every restart, and so is whatever follows from it in turn.
const prefix = "import:"

/** The conversation of everything that is taken in from a log of this name. */
export function historyOf(log: string): string {
  return `${prefix}${log}`.slice(0, limits.idCharsMax).toWellFormed()
}

/** Whether an event is told of the past, and follows from nothing that happens now. No effect is made of it. */
export function isHistory({ correlationId }: Pick<RecordedEvent, "correlationId">): boolean {
  return correlationId.startsWith(prefix)
}

/** The conversation that a command begins: named as the command is, but never as if it were told of the past. */
export function conversationOf(commandId: string): string {
  return commandId.startsWith(prefix) ? `command:${commandId}` : commandId
}
