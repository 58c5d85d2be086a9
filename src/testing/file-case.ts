import { deepStrictEqual, rejects } from "node:assert/strict"
import type { Clock } from "../kernel/clock.ts"
import type { Ids } from "../kernel/ids.ts"
import type { RefusalCode } from "../kernel/refusal.ts"
import type { FileStore, UploadedFile } from "../ports/files.ts"
import { simulatedClock, type SimulatedClock } from "./clock.ts"
import { seededIds } from "./ids.ts"

/** A file store that was opened for one case, with nothing in it. */
export type OpenedFiles = {
  readonly files: FileStore
  /** Gives it up, as the end of its process would, and opens what it kept. */
  reopen(): Promise<FileStore>
  close(): Promise<void>
}

/** Opens an empty file store that takes its time and its ids from these, and files of at most so many bytes. */
export type OpenFiles = (parts: {
  readonly clock: Clock
  readonly ids: Ids
  readonly bytesMax: number
}) => Promise<OpenedFiles>

/** One promise of the port, and how it is tried. It throws when the promise is not kept. */
export type FileCase = { readonly name: string; readonly run: (open: OpenFiles) => Promise<void> }

/** What a case works with. */
export type FileStage = {
  readonly files: FileStore
  readonly clock: SimulatedClock
  readonly bytesMax: number
  take(...chunks: readonly string[]): Promise<UploadedFile>
  /** `pending`, `kept`, or null for what is not there. */
  states(...files: readonly UploadedFile[]): Promise<readonly (string | null)[]>
  textOf(id: string): Promise<string | null>
  reopen(): Promise<void>
}

/** A case by its sentence. Its store is opened before, and closed whatever happens. */
export function fileCase(name: string, body: (stage: FileStage) => Promise<void>): FileCase {
  return {
    name,
    async run(open) {
      const [clock, bytesMax] = [simulatedClock(), 100_000]
      const opened = await open({ clock, ids: seededIds(1), bytesMax })
      let { files } = opened
      try {
        await body({
          get files() {
            return files
          },
          clock,
          bytesMax,
          take: (...texts) => files.take(chunks(...texts), "text/plain"),
          states: async (...asked) => (await files.find(asked.map(f => f.file))).map(found => found?.state ?? null),
          async textOf(id) {
            const found = await files.read(id)
            if (found === null) return null
            const read: Uint8Array[] = []
            for await (const chunk of found.bytes) read.push(chunk)
            return Buffer.concat(read).toString()
          },
          async reopen() {
            files = await opened.reopen()
          },
        })
      } finally {
        await opened.close()
      }
    },
  }
}

/** Bytes as they come in: text by text. An Error is what they break off with. */
export async function* chunks(...texts: readonly (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    if (text instanceof Error) throw text
    yield Buffer.from(text)
  }
}

/** That something is refused with a code. */
export async function refusedWith(code: RefusalCode, work: () => unknown): Promise<void> {
  await rejects(async () => work(), { code })
}

/** That two values are the same. */
export const equal: (actual: unknown, expected: unknown) => void = deepStrictEqual
