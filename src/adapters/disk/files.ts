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
import type { FileStore, KnownFile, UploadedFile } from "../../ports/files.ts"
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
export async function diskFiles(options: DiskOptions): Promise<FileStore> {
  const { folder, clock, ids, bytesMax = limits.uploadBytesMax } = options
  const place = (state: State | "incoming", id = "") => join(folder, state, id)
  rmSync(place("incoming"), { recursive: true, force: true })
  for (const state of ["incoming", ...states] as const) mkdirSync(place(state), { recursive: true })
  for (const made of [folder, dirname(folder)]) await synced(made)

  const stateOf = (id: string) => (uuid.test(id) ? states.find(state => existsSync(place(state, id))) : undefined)
  const stamp = (path: string) => utimesSync(path, clock.now() / 1_000, clock.now() / 1_000)

  function known(id: string): KnownFile | null {
    const state = stateOf(id)
    if (state === undefined) return null
    // What was written here is read here.
    const about = JSON.parse(readFileSync(join(place(state, id), "about.json"), "utf8")) as UploadedFile
    return { ...about, state }
  }

  // All of it in one turn: a sweep sees the file as it was, or with its new time.
  function keepOne(id: string): void {
    const state = stateOf(id)
    if (state === undefined) throw new Refusal("unavailable", `The file ${id} is not there any more`, { file: id })
    if (state === "pending") renameSync(place("pending", id), place("kept", id))
    stamp(place("kept", id))
  }

  async function removeOld(state: State, ms: number, isNeeded: (id: string) => Maybe<boolean>): Promise<number> {
    let removed = 0
    for (const id of await readdir(place(state))) {
      const path = place(state, id)
      // Asked again at the end: meanwhile it may have been kept, or kept anew.
      if (!isOld(path, ms) || (await isNeeded(id)) || !isOld(path, ms)) continue
      renameSync(path, place("incoming", id))
      await rm(place("incoming", id), { recursive: true })
      removed += 1
    }
    return removed
  }

  return {
    async take(bytes, mediaType) {
      const id = ids.next()
      try {
        const about = await written(place("incoming", id), { file: id, mediaType }, bytes, bytesMax)
        renameSync(place("incoming", id), place("pending", id))
        stamp(place("pending", id))
        await synced(place("pending"))
        return about
      } catch (error) {
        await rm(place("incoming", id), { recursive: true, force: true })
        throw refusalOf(error)
      }
    },
    find: asked => asked.map(known),
    async keep(asked) {
      try {
        for (const id of asked) keepOne(id)
        await synced(place("kept"))
      } catch (error) {
        throw refusalOf(error)
      }
    },
    read(id) {
      const found = known(id)
      if (found === null) return null
      const { state: _state, ...about } = found
      return { about, bytes: contentOf(() => join(place(stateOf(id) ?? "kept", id), "content")) }
    },
    async sweep(olderThanMs, isReferenced) {
      const ms = clock.now() - olderThanMs
      const unused = await removeOld("pending", ms, () => false)
      return unused + (await removeOld("kept", ms, isReferenced))
    },
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
