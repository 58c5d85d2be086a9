import type { Maybe } from "../kernel/handler.ts"
import { assert, Refusal } from "../kernel/refusal.ts"
import type { FileStore, KnownFile } from "../ports/files.ts"

/** What one batch of decisions knows of files. Where there is no file store, asking for one is refused. */
export class Uploads {
  readonly #files: FileStore | null
  #known = new Map<string, KnownFile | null>()

  constructor(files: FileStore | null) {
    this.#files = files
  }

  begin(): void {
    if (this.#known.size > 0) this.#known = new Map()
  }

  /** Brings in what is known of files; keeps them, for good once a transaction that holds them is committed. */
  load({ files, keep }: { readonly files?: readonly string[]; readonly keep?: readonly string[] }): Maybe<void> {
    if (this.#files === null) throw new Refusal("unavailable", "This daybook was opened without a place for files")
    if (keep !== undefined) return this.#files.keep(keep)
    const missing = (files ?? []).filter(id => !this.#known.has(id))
    const found = missing.length === 0 ? [] : this.#files.find(missing)
    const note = (all: readonly (KnownFile | null)[]) => missing.forEach((id, i) => this.#known.set(id, all[i] ?? null))
    return found instanceof Promise ? found.then(note) : note(found)
  }

  get(id: string): KnownFile | null {
    const known = this.#known.get(id)
    assert(known !== undefined, `the file ${id} was asked for before it was looked for`)
    return known
  }
}
