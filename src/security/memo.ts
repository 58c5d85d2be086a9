import { limits } from "../kernel/limits.ts"
import type { EntityKey } from "../ports/facts.ts"
import type { Ground } from "./resolve.ts"
import type { Standing } from "./standing.ts"
import type { WayStep } from "./way.ts"

/** What is known of somebody's rights: everything in it is final, as long as nothing that rules read changes. */
export type Memo = {
  readonly ground: Ground
  /** The entity that stands for them; null: there is none. */
  readonly security: EntityKey | null
  /** The standings on entities that exist. */
  readonly standings: Map<EntityKey, Standing>
  /** Of entities that do not exist: on what they were last. Null: they never were. */
  readonly gone: Map<EntityKey, Standing | null>
  readonly leading: Map<readonly WayStep[], ReadonlySet<EntityKey>>
  /** All entities that are permitted, by what was asked: nobody begins or ceases to be one but with a generation. */
  readonly members: Map<string, readonly EntityKey[]>
  /** Whether all entities with groups were found: on what is not known, and not new since, there are none. */
  isComplete: boolean
  /** Entities that began to exist since all were found, and were not gone into yet. */
  readonly fresh: Set<EntityKey>
  /** There are too many to be found at once. */
  isLarge: boolean
  /** Counts up when entities began or ceased to exist. */
  generation: number
  /** How many of the turns of entities, beginnings and ends, were taken in. */
  turns: number
}

/** A memo that knows nothing. */
export function emptyMemo(ground: Ground, security: EntityKey | null, turns: number): Memo {
  return {
    ground,
    security,
    standings: new Map(),
    gone: new Map(),
    leading: new Map(),
    members: new Map(),
    isComplete: false,
    fresh: new Set(),
    isLarge: false,
    generation: 0,
    turns,
  }
}

/** The memos of those who asked last. There are only so many, and they know only so much together. */
export class Memos {
  readonly #kept = new Map<string, Memo>()
  // How much each was found to know when it was last looked at, and all of them together.
  readonly #sizes = new Map<Memo, number>()
  #entries = 0

  find(name: string): Memo | undefined {
    const memo = this.#kept.get(name)
    if (memo === undefined) return undefined
    // The map is in order of last use.
    this.#kept.delete(name)
    this.#kept.set(name, memo)
    return memo
  }

  keep(name: string, memo: Memo): void {
    this.forget(name)
    this.#kept.set(name, memo)
    this.#sizes.set(memo, 0)
    this.grown(memo)
  }

  /** One of them knows more now. Those that were asked for longest ago go, until what is kept is within its bounds. */
  grown(memo: Memo): void {
    const before = this.#sizes.get(memo)
    if (before === undefined) return
    const size = sizeOf(memo)
    this.#sizes.set(memo, size)
    this.#entries += size - before
    for (const name of this.#kept.keys()) {
      if (this.#kept.size <= limits.principalsKeptMax && this.#entries <= limits.standingsKeptMax) return
      this.forget(name)
    }
  }

  forget(name: string): void {
    const memo = this.#kept.get(name)
    if (memo === undefined) return
    this.#kept.delete(name)
    this.#entries -= this.#sizes.get(memo) ?? 0
    this.#sizes.delete(memo)
  }

  clear(): void {
    this.#kept.clear()
    this.#sizes.clear()
    this.#entries = 0
  }
}

function sizeOf({ standings, gone, members }: Memo): number {
  return [...members.values()].reduce((sum, keys) => sum + keys.length, standings.size + gone.size)
}
