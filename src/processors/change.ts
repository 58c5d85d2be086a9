/** That what runs under a lease begins or ends, which takes its time. */
export class Change {
  readonly #changed: () => void
  #isUnderWay = false

  constructor(changed: () => void) {
    this.#changed = changed
  }

  get isUnderWay(): boolean {
    return this.#isUnderWay
  }

  /** Does it, and tells of it, however it went. */
  async of(work: () => Promise<void>): Promise<void> {
    this.#isUnderWay = true
    try {
      await work()
    } finally {
      this.#isUnderWay = false
      this.#changed()
    }
  }
}
