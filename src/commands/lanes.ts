type Lane<Who> = { readonly holder: Who; readonly behind: Who[] }

/**
 * Keeps commands about one entity in the order they came in while one of them takes longer than a turn. A lane exists
 * only while somebody holds it.
 */
export class Lanes<Who> {
  readonly #lanes = new Map<string, Lane<Who>>()

  /** Whether somebody holds the lane. If so, the one that asks is put behind. */
  waits(key: string, who: Who): boolean {
    const lane = this.#lanes.get(key)
    lane?.behind.push(who)
    return lane !== undefined
  }

  /** Takes a lane that nobody holds. */
  take(key: string, holder: Who): void {
    this.#lanes.set(key, { holder, behind: [] })
  }

  isHeldBy(key: string, who: Who): boolean {
    return this.#lanes.get(key)?.holder === who
  }

  behind(key: string): readonly Who[] {
    return this.#lanes.get(key)?.behind ?? []
  }

  /** Gives the lane back, or a place in it. Returns those whose turn it is now, in order. */
  leave(key: string, who: Who): readonly Who[] {
    const lane = this.#lanes.get(key)
    if (lane === undefined) return []
    if (lane.holder === who) {
      this.#lanes.delete(key)
      return lane.behind
    }
    const place = lane.behind.indexOf(who)
    if (place >= 0) lane.behind.splice(place, 1)
    return []
  }

  get countHeld(): number {
    return this.#lanes.size
  }
}
