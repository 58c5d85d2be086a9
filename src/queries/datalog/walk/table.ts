import type { Json } from "../../../kernel/json.ts"
import { Branch } from "./branch.ts"
import { keyAt, type Key, type Row } from "./relation.ts"
import type { Asked, Asker, TableParts } from "./tabling.ts"

/**
 * What one rule was asked, and what holds of it, with some of its parameters bound.
 *
 * Where a branch ends with a call of the same rule that only hands on what is free, an answer to that call is an answer
 * to the one who made it. Such a table keeps, beside what is asked now, what was asked in the first place, and answers that
 * at once: else a chain of n links would be answered from each link, n * n / 2 times.
 */
export class Table implements Asked {
  readonly parts: TableParts
  readonly originated: boolean
  readonly #branches: readonly Branch[]
  readonly #states = new Set<Key>()
  readonly #answers = new Map<Key, Row[]>()
  readonly #known = new Set<Key>()
  readonly #askers: Asker[] = []
  readonly #all: readonly number[]

  constructor(parts: TableParts) {
    this.parts = parts
    this.#all = Array.from({ length: parts.width }, (_, i) => i)
    this.#branches = parts.branches.map(branch => new Branch(branch, this))
    this.originated = this.#branches.some(branch => branch.tail !== null)
  }

  /** Begins with its branches, which may ask any table, also this one. */
  open(): void {
    for (const branch of this.#branches) branch.open()
  }

  /** Asks what holds where the bound parameters are these. */
  ask(input: Row): void {
    this.begin(this.originated ? [...input, ...input] : input)
  }

  /** Begins with what is asked now and, where it is kept, what was asked in the first place. */
  begin(state: Row): void {
    const key = keyAt(
      state,
      state.map((_, i) => i),
    )
    if (this.#states.has(key)) return
    this.#states.add(key)
    this.parts.spend(1)
    for (const branch of this.#branches) branch.enter(state)
  }

  answer(row: Row): void {
    const key = keyAt(row, this.#all)
    if (this.#known.has(key)) return
    this.#known.add(key)
    this.parts.spend(1)
    const question = keyAt(row, this.parts.bound)
    const there = this.#answers.get(question)
    if (there === undefined) this.#answers.set(question, [row])
    else there.push(row)
    for (const asker of this.#askers) asker(question, row)
  }

  /** Tells an asker of all answers from now on. */
  tell(asker: Asker): void {
    this.#askers.push(asker)
  }

  answersTo(input: Row): readonly Row[] {
    return this.#answers.get(this.questionOf(input)) ?? []
  }

  questionOf(input: readonly Json[]): Key {
    return keyAt(
      input,
      input.map((_, i) => i),
    )
  }
}
