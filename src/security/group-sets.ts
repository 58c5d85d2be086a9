/** What becomes of each group on its way: nothing, where it is not there; else those. Groups are their places in a list. */
export type Mapping = { readonly index: number; readonly to: ReadonlyMap<number, readonly number[]> }

/** A set of groups, by its number. Equal sets have one number; 0 is the empty one. */
export type GroupSet = number

// Two numbers below this fit into one that is exact.
const place = 2 ** 26

/**
 * Sets of groups, each kept once. There are few of them, whatever the number of entities, and what has been worked out
 * about two is remembered: in the long run, joining sets is looking up a number.
 */
export class GroupSets {
  readonly #members: (readonly number[])[] = [[]]
  readonly #numbers = new Map<string, GroupSet>([["", 0]])
  readonly #unions = new Map<number, GroupSet>()
  readonly #images = new Map<number, GroupSet>()

  /** How many different ones have been seen. */
  get size(): number {
    return this.#members.length
  }

  members(set: GroupSet): readonly number[] {
    return this.#members[set] ?? []
  }

  of(groups: Iterable<number>): GroupSet {
    const members = [...new Set(groups)].sort((a, b) => a - b)
    const key = members.join()
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    this.#members.push(members)
    this.#numbers.set(key, this.#members.length - 1)
    return this.#members.length - 1
  }

  union(a: GroupSet, b: GroupSet): GroupSet {
    if (a === b || b === 0) return a
    if (a === 0) return b
    const key = a < b ? a * place + b : b * place + a
    const known = this.#unions.get(key)
    if (known !== undefined) return known
    const made = this.of([...this.members(a), ...this.members(b)])
    this.#unions.set(key, made)
    return made
  }

  /** What becomes of a set on a way. Null: all of it, as it is. */
  through(mapping: Mapping | null, set: GroupSet): GroupSet {
    if (mapping === null || set === 0) return set
    const key = mapping.index * place + set
    const known = this.#images.get(key)
    if (known !== undefined) return known
    const made = this.of(this.members(set).flatMap(group => mapping.to.get(group) ?? []))
    this.#images.set(key, made)
    return made
  }
}
