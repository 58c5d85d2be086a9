import type { FileStore } from "../ports/files.ts"
import type { OpenFiles } from "./file-case.ts"

type FileFault = { readonly noticedBy: string; readonly breaks: (files: FileStore) => Partial<FileStore> }

const kept = "what is kept is kept, once or again, one or several"

const faults: Readonly<Record<string, FileFault>> = {
  "keep does nothing": { noticedBy: kept, breaks: () => ({ keep() {} }) },
  "only the first of several is kept": {
    noticedBy: kept,
    breaks: files => ({ keep: ids => files.keep(ids.slice(0, 1)) }),
  },
  "keep does not mind what is not there": {
    noticedBy: "what is not there cannot be kept, and its id leads nowhere",
    breaks: files => ({
      async keep(ids) {
        const found = await files.find(ids)
        await files.keep(ids.filter((_, i) => found[i] !== null))
      },
    }),
  },
  "what came before a break is a file": {
    noticedBy: "an upload that is broken off leaves nothing",
    breaks: files => ({ take: (bytes, mediaType) => files.take(untilBroken(bytes), mediaType) }),
  },
  "what is too large is cut off": {
    noticedBy: "as much as the store takes is taken, and of more nothing is left",
    breaks: files => ({ take: (bytes, mediaType) => files.take(upTo(100_000, bytes), mediaType) }),
  },
  "a file is read once": {
    noticedBy: "what is read is what came, as often as it is read, also when it is nothing",
    breaks(files) {
      const read = new Set<string>()
      return { read: id => (read.has(id) ? null : (read.add(id), files.read(id))) }
    },
  },
  "a sweep does not ask": {
    noticedBy: "a sweep removes what was kept long ago and is not referenced, and nothing else that was kept",
    breaks: files => ({ sweep: ms => files.sweep(ms, () => false) }),
  },
  "a sweep removes what is young": {
    noticedBy: "a sweep removes what has been pending for so long, and nothing younger",
    breaks: files => ({ sweep: (_ms, isReferenced) => files.sweep(0, isReferenced) }),
  },
  "what is kept is not kept anew": {
    noticedBy: "what is kept again is safe anew, even while a sweep asks whether it is referenced",
    breaks: files => ({
      async keep(ids) {
        const found = await files.find(ids)
        await files.keep(ids.filter((_, i) => found[i]?.state !== "kept"))
      },
    }),
  },
}

/** What can be wrong with a file store on purpose, by its sentence, and which case of the suite must notice it. */
export const fileFaults: Readonly<Record<string, string>> = {
  "everything is forgotten when it is opened again": "everything is there after the store was opened again",
  ...Object.fromEntries(Object.entries(faults).map(([name, { noticedBy }]) => [name, noticedBy])),
}

/** Opens a file store in which one promise is broken. The suite must notice: else it holds nobody to that promise. */
export function brokenFiles(open: OpenFiles, fault: string): OpenFiles {
  return async parts => {
    const opened = await open(parts)
    const found = faults[fault]
    if (found !== undefined) return { ...opened, files: { ...opened.files, ...found.breaks(opened.files) } }
    if (fileFaults[fault] === undefined) throw new Error(`There is no fault "${fault}"`)
    return { ...opened, reopen: async () => (await open(parts)).files }
  }
}

async function* untilBroken(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes
  } catch {
    // It ends here as if it were whole.
  }
}

async function* upTo(bytesMax: number, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let left = bytesMax
  for await (const chunk of bytes) {
    yield chunk.subarray(0, left)
    left -= Math.min(left, chunk.length)
  }
}
