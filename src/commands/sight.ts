import type { Maybe } from "../kernel/handler.ts"
import type { KnownFile } from "../ports/files.ts"
import { runDecision, type Deciding, type Need, type Scalar } from "./deciding.ts"
import type { LiveHead } from "./heads.ts"
import type { Judge, Question } from "./judge.ts"

/**
 * What a decision sees of the entities: where somebody may not see all of them, what is hidden looks as if it had never
 * been, and `judge` says what they may.
 */
export type Sight = {
  load(need: Need): Maybe<void>
  head(id: string): LiveHead
  isHidden(id: string): boolean
  /** The head of an entity, hidden or not: for what must stay whole whoever asks. */
  wholeHead(id: string): LiveHead
  /** Who has a value, hidden or not. */
  holders(attribute: string, value: Scalar): ReadonlySet<string>
  file(id: string): KnownFile | null
  /** Null: who asks may do everything. */
  readonly judge: Judge | null
}

/** The sight of one who may not see everything: what they may not read looks as if it had never been. */
export class Seen implements Sight {
  readonly judge: Judge
  readonly #whole: Sight
  readonly #hidden = new Map<string, boolean>()

  constructor(whole: Sight, judge: Judge) {
    this.#whole = whole
    this.judge = judge
  }

  load(need: Need): Maybe<void> {
    const loading = this.#whole.load(need)
    const unknown = need.heads?.filter(id => !this.#hidden.has(id)) ?? []
    if (unknown.length === 0) return loading
    const look = () => runDecision(this.#look(unknown), this.#whole)
    return loading instanceof Promise ? loading.then(look) : look()
  }

  head(id: string): LiveHead {
    return this.isHidden(id) ? { id, type: "", version: 0, t: 0, document: null } : this.#whole.head(id)
  }

  isHidden(id: string): boolean {
    return this.#hidden.get(id) === true
  }

  wholeHead(id: string): LiveHead {
    return this.#whole.head(id)
  }

  holders(attribute: string, value: Scalar): ReadonlySet<string> {
    return this.#whole.holders(attribute, value)
  }

  file(id: string): KnownFile | null {
    return this.#whole.file(id)
  }

  *#look(ids: readonly string[]): Deciding<void> {
    const heads = ids.map(id => this.#whole.head(id))
    const questions: Question[] = heads
      .filter(({ document }) => document !== null)
      .map(({ id }) => ({ id, permission: "read" }))
    const answers = yield* this.judge.before(questions)
    questions.forEach(({ id }, i) => this.#hidden.set(id, !answers[i]!))
    for (const { id, version, document } of heads) {
      if (document !== null) continue
      // That an id was used, and by what, is as hidden as what used it.
      this.#hidden.set(id, version > 0 && !(yield* this.judge.mightRead(id)))
    }
  }
}
