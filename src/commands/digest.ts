import type { Ids } from "../kernel/ids.ts"
import { canonicalJson } from "../kernel/json.ts"
import type { Command } from "../kernel/message.ts"
import { sameAsked, type Keep } from "./keep.ts"

/**
 * Tells commands apart that differ in what is sensitive only, and so is not kept. What is kept instead says nothing to
 * anybody without the key, which this process makes up and never writes down: a plain hash would be as good as the
 * password it is of to whoever can try many. After a restart, and in another process, what was sensitive counts as same.
 */
export class Digests {
  readonly #keep: Keep
  readonly #ids: Ids
  #key: { readonly name: string; readonly secret: string } | null = null

  constructor(keep: Keep, ids: Ids) {
    this.#keep = keep
    this.#ids = ids
  }

  /** What is kept of a command instead of what is sensitive in it; null: nothing in it is. */
  of(command: Command): string | null {
    if (this.#keep(command) === command.data) return null
    const { name, secret } = (this.#key ??= this.#newKey())
    return `${name}:${this.#ids.of(secret, canonicalJson([command.id, command.data]))}`
  }

  /** Whether a command that was kept, with its digest, asked for the same as one that is sent. */
  isSame(kept: Command, digest: string | null, sent: Command): boolean {
    if (!sameAsked(kept, sent, this.#keep)) return false
    return digest === null || !this.#isOurs(digest) || digest === this.of(sent)
  }

  #isOurs(digest: string): boolean {
    return this.#key !== null && digest.startsWith(`${this.#key.name}:`)
  }

  #newKey() {
    return { name: this.#ids.next(), secret: `${this.#ids.next()} ${this.#ids.next()} ${this.#ids.next()}` }
  }
}
