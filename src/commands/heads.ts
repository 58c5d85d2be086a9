import type { Head } from "../kernel/entity.ts"

/** A head as the batch that is being decided sees it: its `t` is filled in when its transaction has one. */
export type LiveHead = { -readonly [K in keyof Head]: Head[K] }

/**
 * The newest state of the entities used lately. It is never trusted: a commit whose versions are not the store's drops
 * out, and what it rested on is forgotten here. Two generations instead of a list of uses: what is asked for moves to
 * the young one; when that is full, the old one is dropped.
 */
export class Heads {
  #young = new Map<string, LiveHead>()
  #old = new Map<string, LiveHead>()
  readonly #countMax: number

  constructor(countMax: number) {
    this.#countMax = countMax
  }

  get(id: string): LiveHead | undefined {
    const young = this.#young.get(id)
    if (young !== undefined) return young
    const old = this.#old.get(id)
    if (old !== undefined) this.set(old)
    return old
  }

  set(head: LiveHead): void {
    if (this.#young.size >= this.#countMax / 2) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(head.id, head)
  }

  forget(id: string): void {
    this.#young.delete(id)
    this.#old.delete(id)
  }

  clear(): void {
    this.#young.clear()
    this.#old.clear()
  }
}
