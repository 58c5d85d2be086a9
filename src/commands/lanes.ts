/**
 * Keeps commands about one entity in the order they came in while one of them takes longer than a turn. A lane exists
 * only while somebody holds it.
 */
export class Lanes<Waiting> {
  readonly #lanes = new Map<string, Waiting[]>()

  /** Whether somebody holds the lane. If so, the one that asks is put behind. */
  waits(key: string, who: Waiting): boolean {
    const lane = this.#lanes.get(key)
    lane?.push(who)
    return lane !== undefined
  }

  /** Takes a lane that nobody holds. */
  take(key: string): void {
    this.#lanes.set(key, [])
  }

  /** Gives a lane back. Returns those that waited, in order. */
  release(key: string): readonly Waiting[] {
    const waiting = this.#lanes.get(key) ?? []
    this.#lanes.delete(key)
    return waiting
  }

  get countHeld(): number {
    return this.#lanes.size
  }
}
