import { createHash } from "node:crypto"
import type { Clock } from "../kernel/clock.ts"
import type { Ids } from "../kernel/ids.ts"
import { limits } from "../kernel/limits.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { FileStore, KnownFile, UploadedFile } from "../ports/files.ts"
import { simulatedClock } from "./clock.ts"
import { seededIds } from "./ids.ts"

type Held = { readonly about: UploadedFile; readonly bytes: Uint8Array; state: KnownFile["state"]; at: number }

/** What a memory file store holds, by id. A store that is opened on it goes on from there. */
export type HeldFiles = Map<string, Held>

/** What a memory file store is made of; all of it has a usual one. */
export type MemoryFilesParts = {
  readonly clock?: Clock
  readonly ids?: Ids
  readonly bytesMax?: number
  readonly held?: HeldFiles
}

/** Files in a map, for tests. Keeps every promise of the port but two: it forgets, and holds an upload in memory. */
export function memoryFiles(parts: MemoryFilesParts = {}): FileStore {
  const { clock = simulatedClock(), ids = seededIds("files"), bytesMax = limits.uploadBytesMax } = parts
  const held: HeldFiles = parts.held ?? new Map()
  return {
    async take(bytes, mediaType) {
      const taken: Uint8Array[] = []
      let size = 0
      for await (const chunk of bytes) {
        size += chunk.length
        if (size > bytesMax) throw new Refusal("too-large", `A file has at most ${bytesMax} bytes`, { bytesMax })
        taken.push(chunk)
      }
      const whole = Buffer.concat(taken)
      const about = { file: ids.next(), size, sha256: createHash("sha256").update(whole).digest("hex"), mediaType }
      held.set(about.file, { about, bytes: whole, state: "pending", at: clock.now() })
      return about
    },
    find: asked =>
      asked.map(id => {
        const found = held.get(id)
        return found === undefined ? null : { ...found.about, state: found.state }
      }),
    keep(asked) {
      for (const id of asked) {
        const found = held.get(id)
        if (found === undefined) throw new Refusal("unavailable", `The file ${id} is not there any more`, { file: id })
        found.state = "kept"
        found.at = clock.now()
      }
    },
    read(id) {
      const found = held.get(id)
      return found === undefined ? null : { about: found.about, bytes: once(found.bytes) }
    },
    async sweep(olderThanMs, isReferenced) {
      const ms = clock.now() - olderThanMs
      let removed = 0
      for (const [id, file] of held) {
        const isNeeded = async () => file.state === "kept" && (await isReferenced(id))
        // Asked again at the end: meanwhile it may have been kept anew.
        if (file.at <= ms && !(await isNeeded()) && file.at <= ms && held.delete(id)) removed += 1
      }
      return removed
    },
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes
}
