import type { Json, JsonObject } from "./json.ts"
import type { Command, CommandState, T } from "./message.ts"

/**
 * One step of a command's way: the state it came into, when, and in which transaction; and which process has it in hand
 * from there, where several share a store and it is not at its end.
 */
export type Passage = { readonly state: CommandState; readonly at: string; readonly t: T; readonly process?: string }

/**
 * The record of how far a command has got. The command in it never changes; the rest does, each time in the
 * transaction that effects the change.
 */
export type Instance = {
  readonly command: Command
  readonly state: CommandState
  /** Whose command it is. */
  readonly owner: string
  readonly parent: string | null
  readonly correlationId: string
  readonly result: Json
  readonly error: JsonObject | null
  readonly createdAt: string
  readonly updatedAt: string
  /** The transaction of its last step. */
  readonly t: T
  readonly attempts: number
  /** When it is tried again, in milliseconds since 1970; null: not planned. */
  readonly due: number | null
  readonly history: readonly Passage[]
  /** When it was moved to the archive; missing: it was not. */
  readonly archivedAt?: string
  /** Tells the content from other content, kept instead of what is sensitive in it; null: the content itself is kept. */
  readonly digest: string | null
}
