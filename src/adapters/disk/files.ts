import {
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs"
import { readdir, rm } from "node:fs/promises"
import { dirname, join } from "node:path"
import type { Clock } from "../../kernel/clock.ts"
import type { Maybe } from "../../kernel/handler.ts"
import type { Ids } from "../../kernel/ids.ts"
import { limits } from "../../kernel/limits.ts"
import { Refusal } from "../../kernel/refusal.ts"
import type { FileContent, FileStore, KnownFile, UploadedFile } from "../../ports/files.ts"
import { synced, written } from "./write.ts"

/** Where files are kept. The folder is made where there is none, and belongs to one process at a time. */
export type DiskOptions = {
  readonly folder: string
  readonly clock: Clock
  readonly ids: Ids
  readonly bytesMax?: number
}

type State = KnownFile["state"]

// From pending a file goes to kept and never back: looked for in this order, it is not missed on its way.
const states: readonly State[] = ["pending", "kept"]

// An id that is none of ours is never made a path of.
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Opens, or makes, a folder of files. What uploads were broken off by the end of another process is gone. */
export async function diskFiles(options: DiskOptions): Promise<FileStore> {
  const { folder } = options
  rmSync(join(folder, "incoming"), { recursive: true, force: true })
  for (const name of ["incoming", ...states]) mkdirSync(join(folder, name), { recursive: true })
  for (const made of [folder, dirname(folder)]) await synced(made)
  return new DiskFiles(options)
}

/**
 * Keeps files in a folder of the disk. Each has a folder of its own, named by its id, with its bytes (`content`) and
 * what is known of it (`about.json`), so that one rename moves all of it at once:
 *
 * incoming   Uploads under way, and what is being removed. Emptied at the start.
 * pending    What was uploaded.
 * kept       What a transaction holds, or was about to hold.
 *
 * The time of that folder is when the file was uploaded, or kept the last time.
 */
class DiskFiles implements FileStore {
  readonly #options: DiskOptions

  constructor(options: DiskOptions) {
    this.#options = options
  }

  async take(bytes: AsyncIterable<Uint8Array>, mediaType: string): Promise<UploadedFile> {
    const { ids, bytesMax = limits.uploadBytesMax } = this.#options
    const id = ids.next()
    const [incoming, pending] = [this.#place("incoming", id), this.#place("pending", id)]
    try {
      const about = await written(incoming, { file: id, mediaType }, bytes, bytesMax)
      renameSync(incoming, pending)
      this.#stamp(pending)
      await synced(this.#place("pending"))
      return about
    } catch (error) {
      await rm(incoming, { recursive: true, force: true })
      throw refusalOf(error)
    }
  }

  find(ids: readonly string[]): readonly (KnownFile | null)[] {
    return ids.map(id => {
      const state = this.#stateOf(id)
      if (state === undefined) return null
      // What was written here is read here.
      const about = JSON.parse(readFileSync(join(this.#place(state, id), "about.json"), "utf8")) as UploadedFile
      return { ...about, state }
    })
  }

  async keep(ids: readonly string[]): Promise<void> {
    try {
      for (const id of ids) this.#keepOne(id)
      await synced(this.#place("kept"))
    } catch (error) {
      throw refusalOf(error)
    }
  }

  read(id: string): FileContent | null {
    const [found] = this.find([id])
    if (found === null || found === undefined) return null
    const { state: _state, ...about } = found
    return { about, bytes: contentOf(() => join(this.#place(this.#stateOf(id) ?? "kept", id), "content")) }
  }

  async sweep(olderThanMs: number, isReferenced: (id: string) => Maybe<boolean>): Promise<number> {
    const ms = this.#options.clock.now() - olderThanMs
    const unused = await this.#removeOld("pending", ms, () => false)
    return unused + (await this.#removeOld("kept", ms, isReferenced))
  }

  async #removeOld(state: State, ms: number, isNeeded: (id: string) => Maybe<boolean>): Promise<number> {
    let removed = 0
    for (const id of await readdir(this.#place(state))) {
      const [path, away] = [this.#place(state, id), this.#place("incoming", id)]
      // Asked again at the end: meanwhile it may have been kept, or kept anew.
      if (!isOld(path, ms) || (await isNeeded(id)) || !isOld(path, ms)) continue
      renameSync(path, away)
      await rm(away, { recursive: true })
      removed += 1
    }
    return removed
  }

  // All of it in one turn: a sweep sees the file as it was, or with its new time.
  #keepOne(id: string): void {
    const state = this.#stateOf(id)
    if (state === undefined) throw new Refusal("unavailable", `The file ${id} is not there any more`, { file: id })
    if (state === "pending") renameSync(this.#place("pending", id), this.#place("kept", id))
    this.#stamp(this.#place("kept", id))
  }

  #place(state: State | "incoming", id = ""): string {
    return join(this.#options.folder, state, id)
  }

  #stateOf(id: string): State | undefined {
    return uuid.test(id) ? states.find(state => existsSync(this.#place(state, id))) : undefined
  }

  #stamp(path: string): void {
    const seconds = this.#options.clock.now() / 1_000
    utimesSync(path, seconds, seconds)
  }
}

function isOld(path: string, ms: number): boolean {
  const found = statSync(path, { throwIfNoEntry: false })
  return found !== undefined && found.mtimeMs <= ms
}

// Opened when the first bytes are asked for: nothing stays open for those who only look at what it is.
async function* contentOf(path: () => string): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path())) yield chunk as Buffer
}

function refusalOf(error: unknown): unknown {
  const { syscall, message } = error as NodeJS.ErrnoException
  return syscall === undefined ? error : new Refusal("unavailable", `The file could not be kept: ${message}`)
}
