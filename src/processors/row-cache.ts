import type { Document } from "../kernel/entity.ts"
import { assert } from "../kernel/refusal.ts"
import type { Rows } from "./fold.ts"

/**
 * The rows that a projection has touched lately, so that hot ones are not read again. Bounded by two generations: what
 * was not touched during a whole one is forgotten. Nothing is forgotten within a page, so a page finds all it has loaded,
 * and one whose write is still under way is found by the next.
 */
export class RowCache implements Rows {
  readonly #generationMax: number
  #young = new Map<string, Document | null>()
  #old = new Map<string, Document | null>()

  constructor(generationMax: number) {
    this.#generationMax = generationMax
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  /** Whether a row, or that there is none, is known. */
  has(key: string): boolean {
    if (this.#young.has(key)) return true
    const row = this.#old.get(key)
    if (row === undefined) return false
    this.#young.set(key, row)
    return true
  }

  get(key: string): Document | null {
    const row = this.#young.get(key)
    assert(row !== undefined, `the row ${key} is folded, but was not loaded`)
    return row
  }

  set(key: string, row: Document | null): void {
    this.#young.set(key, row)
  }

  /** A page is through: the time to forget. */
  turnPage(): void {
    if (this.#young.size < this.#generationMax) return
    this.#old = this.#young
    this.#young = new Map()
  }
}
