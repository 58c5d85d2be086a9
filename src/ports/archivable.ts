import type { T } from "../kernel/message.ts"
import type { Archivable } from "./commands.ts"

/** A command of a tree: how far below its root it is, and whether it has ended long enough ago. */
export type Member = { readonly id: string; readonly depth: number; readonly isOld: boolean }

/** Roots that were looked at, in order, with all that is below each, itself included. */
export type Looked = {
  readonly trees: readonly { readonly root: T; readonly members: readonly Member[] }[]
  /** Up to where all roots were looked at. */
  readonly reached: T
  readonly isEnd: boolean
}

/** Chooses what is archived at once: whole trees as long as they fit, and of one that never would, the deepest. */
export function archivableOf({ trees, reached, isEnd }: Looked, limit: number): Archivable {
  const ids: string[] = []
  for (const { root, members } of trees) {
    if (!members.every(({ isOld }) => isOld)) continue
    const deepestFirst = members.toSorted((a, b) => b.depth - a.depth).map(({ id }) => id)
    if (ids.length + deepestFirst.length <= limit) ids.push(...deepestFirst)
    else if (ids.length > 0) return { ids, reached: root - 1, isEnd: false }
    else return { ids: deepestFirst.slice(0, limit), reached: root - 1, isEnd: false }
  }
  return { ids, reached, isEnd }
}
