import type { Steps } from "../kernel/steps.ts"
import type { EntityKey } from "../ports/facts.ts"
import type { Edge } from "./edges.ts"
import type { GroupSet } from "./group-sets.ts"
import type { Look } from "./look.ts"
import type { Standings } from "./standing.ts"

// So many let their groups flow on in about a millisecond.
const movesUsual = 4_000

/**
 * Groups flowing along open edges until nothing moves any more: the least fixed point of the rules. Groups are only ever
 * added, so the order in which they flow makes no difference, and circles end.
 */
export class Flow {
  readonly #standings: Standings
  readonly #look: Look
  readonly #sets = new Map<EntityKey, GroupSet>()
  readonly #order: EntityKey[] = []
  readonly #out = new Map<EntityKey, Edge[]>()
  // Those whose groups have grown since they last flowed on.
  #moving: EntityKey[] = []
  readonly #isMoving = new Set<EntityKey>()

  constructor(standings: Standings, look: Look) {
    this.#standings = standings
    this.#look = look
  }

  /** How many entities have groups. */
  get size(): number {
    return this.#sets.size
  }

  of(key: EntityKey): GroupSet {
    return this.#sets.get(key) ?? 0
  }

  /** Those that have groups, in the order in which they came to have any, after the first so many. */
  keys(after = 0): readonly EntityKey[] {
    return this.#order.slice(after)
  }

  /** Gives groups to an entity, with those that they imply there. */
  give(key: EntityKey, groups: GroupSet): void {
    if (groups === 0) return
    const { sets, rules } = this.#standings
    const had = this.of(key)
    const implies = rules.types.get(this.#look.types.of(key) ?? "")?.implies ?? null
    const has = sets.through(implies, sets.union(had, groups))
    if (has === had) return
    if (had === 0) this.#order.push(key)
    this.#sets.set(key, has)
    if (this.#isMoving.has(key)) return
    this.#isMoving.add(key)
    this.#moving.push(key)
  }

  /** Adds an open edge, along which what its parent has flows at once. */
  connect(edge: Edge): void {
    const others = this.#out.get(edge.parent)
    if (others === undefined) this.#out.set(edge.parent, [edge])
    else others.push(edge)
    this.#pass(edge)
  }

  /** Lets everything flow until it rests, with turns for others in between. */
  *rest(): Steps<void> {
    const { breathe } = this.#look
    for (let moved = 0; this.#moving.length > 0;) {
      moved += this.#flowOnce()
      if (moved < movesUsual || breathe === undefined) continue
      moved = 0
      yield* breathe()
    }
  }

  /** Lets everything flow until it rests. */
  settle(): void {
    while (this.#moving.length > 0) this.#flowOnce()
  }

  #flowOnce(): number {
    const moving = this.#moving
    this.#moving = []
    for (const key of moving) {
      this.#isMoving.delete(key)
      for (const edge of this.#out.get(key) ?? []) this.#pass(edge)
    }
    return moving.length
  }

  #pass({ parent, child, rule }: Edge): void {
    this.give(child, this.#standings.sets.through(rule.passes, this.of(parent)))
  }
}
