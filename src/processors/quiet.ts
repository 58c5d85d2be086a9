/** Tells those who wait when nothing is under way any more. */
export class Quiet {
  readonly #busy: () => boolean
  #waiters: (() => void)[] = []

  constructor(busy: () => boolean) {
    this.#busy = busy
  }

  /** Resolves when nothing is under way. */
  reached(): Promise<void> {
    if (!this.#busy()) return Promise.resolve()
    return new Promise(resolve => {
      this.#waiters.push(resolve)
    })
  }

  /** Something has changed: it may be quiet now. */
  look(): void {
    if (this.#waiters.length === 0 || this.#busy()) return
    const waiters = this.#waiters
    this.#waiters = []
    for (const tell of waiters) tell()
  }
}
