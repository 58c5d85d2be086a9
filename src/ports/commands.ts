import type { Maybe } from "../kernel/handler.ts"
import type { Instance } from "../kernel/instance.ts"
import type { CommandState } from "../kernel/message.ts"
import type { RefusalWrite } from "./write.ts"

/** What may be asked of commands. Newest first; `after` is the id of the last one already seen. */
export type CommandFilter = {
  readonly owner?: string
  readonly state?: CommandState
  readonly type?: string
  readonly parent?: string
  readonly after?: string
  readonly limit: number
}

/** A command that some process must take up again, and who asked for it: not always its owner. */
export type UnfinishedCommand = Instance & { readonly actor: string }

/** A refused command as it was kept. */
export type KeptRefusal = Omit<RefusalWrite, "kind"> & { readonly at: string }

/** The records of commands: what was asked for, when, by whom, and how far it got. */
export interface CommandStore {
  /** The instances with these ids, in the order asked; null where there is none. */
  find(ids: readonly string[]): Maybe<readonly (Instance | null)[]>

  /** Instances that match, newest first. */
  list(filter: CommandFilter): Maybe<readonly Instance[]>

  /**
   * Instances that a process has or had in hand, oldest first: what a restart takes up again. Neither those at an end nor
   * those that rest, of which there may be a million: that costs nothing here.
   */
  unfinished(): Maybe<readonly UnfinishedCommand[]>

  /** The last refusal of a command with this id; null if there was none. */
  refusal(id: string): Maybe<KeptRefusal | null>
}
