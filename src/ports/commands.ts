import type { Maybe } from "../kernel/handler.ts"
import type { Instance } from "../kernel/instance.ts"
import type { CommandState, T } from "../kernel/message.ts"
import type { RefusalWrite } from "./write.ts"

/** What may be asked of commands. Newest first; `after` is the id of the last one already seen. */
export type CommandFilter = {
  readonly owner?: string
  readonly state?: CommandState
  readonly type?: string
  readonly parent?: string
  /** Those in the archive, those that are not (the usual), or both. */
  readonly archived?: boolean | "both"
  readonly after?: string
  readonly limit: number
}

/** A command that some process must take up again, and who asked for it: not always its owner. */
export type UnfinishedCommand = Instance & { readonly actor: string }

/**
 * What may be moved to the archive: ids of trees of commands, of which every member ended before an instant, children
 * before their parents. All up to and including `reached` was looked at, and what of it may be moved is named.
 */
export type Archivable = { readonly ids: readonly string[]; readonly reached: T; readonly isEnd: boolean }

/** A refused command as it was kept. */
export type KeptRefusal = Omit<RefusalWrite, "kind"> & { readonly at: string }

/** The records of commands: what was asked for, when, by whom, and how far it got. */
export interface CommandStore {
  /** The instances with these ids, archived ones as well, in the order asked; null where there is none. */
  find(ids: readonly string[]): Maybe<readonly (Instance | null)[]>

  /** Instances that match, newest first. */
  list(filter: CommandFilter): Maybe<readonly Instance[]>

  /**
   * Instances that a process has or had in hand, oldest first: what a restart takes up again. Neither those at an end nor
   * those that rest, of which there may be a million: that costs nothing here.
   */
  unfinished(): Maybe<readonly UnfinishedCommand[]>

  /**
   * What may be archived of the trees whose root was first written after a t, oldest first: all of a tree, or where one
   * is larger than the limit, the deepest of it. A root has no parent, or one that is not there or archived already. It
   * looks at a bounded number of commands, so that a page may hold nothing though it is not the last.
   */
  archivable(asked: { readonly before: number; readonly after: T; readonly limit: number }): Maybe<Archivable>

  /** The last refusal of a command with this id; null if there was none. */
  refusal(id: string): Maybe<KeptRefusal | null>
}
