import type { T } from "../kernel/message.ts"
import type { Store } from "../ports/store.ts"
import type { Leaving } from "./budget.ts"

// After a presumption that was wrong, so many are not even tried: somebody else is writing.
const restraint = 16

/**
 * Works at the newest t there is when it is asked to. Where it takes a while to ask for that, the work is begun meanwhile at
 * the t that is presumed to be it, and is done anew if it was not: it must change nothing.
 */
export class Newest {
  readonly #store: Pick<Store, "basis" | "presumed">
  #restrained = 0

  constructor(store: Pick<Store, "basis" | "presumed">) {
    this.#store = store
  }

  /** What work comes to at the newest t. It is told whether anybody still waits for it. */
  async at<Result>(work: (t: T, leaving: Leaving) => Promise<Result>, leaving?: Leaving): Promise<Result> {
    const presumed = this.#presumed()
    const asked = this.#store.basis()
    // What is told at once is worked at in the same turn.
    if (!(asked instanceof Promise)) return work(asked, leaving ?? staying)
    if (presumed === null) return work(await asked, leaving ?? staying)
    const early = { isWrong: false }
    const begun = work(presumed, {
      get aborted() {
        return early.isWrong || leaving?.aborted === true
      },
    })
    // It may fail before it is known whether anybody wants it.
    begun.catch(() => undefined)
    const newest = await asked
    if (newest === presumed) return begun
    early.isWrong = true
    this.#restrained = restraint
    return work(newest, leaving ?? staying)
  }

  #presumed(): T | null {
    if (this.#store.presumed === undefined) return null
    if (this.#restrained === 0) return this.#store.presumed()
    this.#restrained--
    return null
  }
}

const staying: Leaving = { aborted: false }
