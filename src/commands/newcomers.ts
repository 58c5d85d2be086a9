// How many targets in a row of one kind of command must have turned out to be new before the next one is taken to be.
const sureAfter = 16

/**
 * Finds out which kinds of commands always make something new. Where the store is not in this process, as much time goes
 * into asking it whether a target is there as into all the rest; the targets of such commands are therefore taken to be
 * new without asking. Where that was wrong the commit says so, which compares versions anyway, or the second look before
 * a no; and from then on they are looked up again.
 */
export class Newcomers {
  readonly #inARow = new Map<string, number>()
  // The kind of command about each target that is being looked up, or was taken to be new and is not committed yet.
  readonly #open = new Map<string, string>()

  /** Whether all of these, that nothing is known of, are taken to be new. `kinds`: of the commands about them. */
  expects(strangers: readonly string[], kinds: ReadonlyMap<string, string>): boolean {
    let isSure = true
    for (const id of strangers) {
      const kind = kinds.get(id)
      if (kind !== undefined) this.#open.set(id, kind)
      if (kind === undefined || (this.#inARow.get(kind) ?? 0) < sureAfter) isSure = false
    }
    return isSure
  }

  /** The store was asked. */
  found(id: string, isNew: boolean): void {
    const kind = this.#open.get(id)
    if (kind === undefined) return
    this.#open.delete(id)
    this.#inARow.set(kind, isNew ? (this.#inARow.get(kind) ?? 0) + 1 : 0)
  }

  /** It is committed: nobody will ask. */
  settled(id: string): void {
    if (this.#open.size > 0) this.#open.delete(id)
  }

  /** What was begun came to nothing. */
  clear(): void {
    this.#open.clear()
  }
}
