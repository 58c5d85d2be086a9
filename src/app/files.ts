import type { Cancel, Clock } from "../kernel/clock.ts"
import { limits } from "../kernel/limits.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { FileContent, FileStore, UploadedFile } from "../ports/files.ts"
import type { Journal } from "../ports/journal.ts"
import type { Store } from "../ports/store.ts"
import { compileSchema, type CompiledSchema } from "../schema/compile.ts"
import { parseSchema } from "../schema/parse.ts"

/** What files are kept with, for a daybook that keeps any. */
export type FilesParts = {
  readonly files?: FileStore
  readonly store: Store
  readonly schema: CompiledSchema
  readonly clock: Clock
  readonly journal: Journal
}

// It is sent back as a header: nothing else may stand in it (RFC 9110, 8.3.1).
const token = "[\\w!#$%&'*+.^`|~-]+"
const mediaTypePattern = new RegExp(`^${token}/${token}(?:[ \\t]*;[ \\t]*${token}=(?:${token}|"[ !#-\\[\\]-~]*"))*$`)

/** Takes uploads in, hands out the files that an entity holds, and looks daily for those that nobody needs. */
export class Files {
  readonly #parts: FilesParts
  readonly #attributes: readonly string[]
  #next: Cancel = () => {}
  #sweeping: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(parts: FilesParts) {
    this.#parts = parts
    this.#attributes = fileAttributes([parts.schema])
    if (parts.files !== undefined) this.#next = parts.clock.soon(() => this.#sweep())
  }

  async upload(bytes: AsyncIterable<Uint8Array>, mediaType: string): Promise<UploadedFile> {
    const files = this.#files()
    if (mediaType.length > limits.mediaTypeCharsMax || !mediaTypePattern.test(mediaType)) {
      throw new Refusal("unsupported-media", "A file is uploaded with its media type, such as image/png")
    }
    return files.take(bytes, mediaType)
  }

  /** `mayRead`: whether somebody may read an attribute of any of these entities. */
  async download(
    id: string,
    mayRead: (attribute: string, holders: readonly string[]) => Promise<boolean>,
  ): Promise<FileContent> {
    const files = this.#files()
    const { entities } = this.#parts.store
    const isHeld = await anyOf(this.#attributes, async attribute => {
      const holders = await entities.holders(attribute, id)
      return holders.length > 0 && mayRead(attribute, holders)
    })
    const found = isHeld ? await files.read(id) : null
    if (found === null) throw new Refusal("not-found", `There is no file ${id}`, { id })
    return found
  }

  /** No sweep begins any more, and the one that is under way has ended. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#next()
    await this.#sweeping
  }

  #sweep(): void {
    const { files, store, clock, journal } = this.#parts
    const sweep = async () => {
      try {
        // What the past refers to is referred to, under whatever name an earlier schema had for it.
        const schemas = await store.maintenance.schemas()
        const attributes = fileAttributes(schemas.map(kept => compileSchema(parseSchema(kept.schema))))
        const isReferenced = (id: string) => anyOf(attributes, async attribute => store.entities.wasHeld(attribute, id))
        const count = await files!.sweep(limits.fileUnusedMsMax, isReferenced)
        if (count > 0) journal.info("Files that nothing refers to were removed", { count })
      } catch (error) {
        journal.warn("Files that nothing refers to could not be looked for", { error })
      }
      if (!this.#isClosed) this.#next = clock.after(limits.fileSweepEveryMs, () => this.#sweep())
    }
    this.#sweeping = sweep()
  }

  #files(): FileStore {
    if (this.#parts.files !== undefined) return this.#parts.files
    throw new Refusal("unavailable", "This daybook was opened without a place for files")
  }
}

function fileAttributes(schemas: readonly CompiledSchema[]): readonly string[] {
  const entities = schemas.flatMap(schema => [...schema.entities.values()])
  return [...new Set(entities.flatMap(entity => entity.files.map(attribute => attribute.fullName)))]
}

async function anyOf(names: readonly string[], holds: (name: string) => Promise<boolean>): Promise<boolean> {
  for (const name of names) if (await holds(name)) return true
  return false
}
