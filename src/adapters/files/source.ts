import { closeSync, fstatSync, openSync, readSync } from "node:fs"
import { constants, gunzipSync } from "node:zlib"
import { bounds } from "./bounds.ts"
import { fileChunks, unreadable } from "./chunks.ts"
import { BadPlace } from "./log-error.ts"
import { encodingOf, recoded, wholeCharacters } from "./text.ts"
import { unzipped } from "./unzip.ts"

/** A file whose content is text, zipped or not, whatever its name says. */
export type Source = {
  readonly head: string
  readonly bytesTotal: number
  bytesRead(): number
  /** The content as UTF-8, never cut within a character. Reads the file anew each time. */
  pieces(): AsyncGenerator<Buffer, void, undefined>
}

/** Looks at how a file begins. */
export function openSource(path: string, askedEncoding?: string): Source {
  const { start, bytesTotal } = beginningOf(path)
  const isZipped = start[0] === 0x1f && start[1] === 0x8b
  const content = isZipped ? unzippedStart(start) : start
  const encoding = encodingOf(content, askedEncoding)
  let bytesRead = 0

  return {
    head: new TextDecoder(encoding).decode(content, { stream: true }),
    bytesTotal,
    bytesRead: () => bytesRead,
    pieces() {
      bytesRead = 0
      const chunkBytes = isZipped ? bounds.zippedChunkBytesMax : bounds.chunkBytesMax
      const chunks = fileChunks(path, chunkBytes, bytes => (bytesRead += bytes))
      const plain = isZipped ? unzipped(chunks) : chunks
      return wholeCharacters(encoding === "utf-8" ? plain : recoded(plain, encoding))
    },
  }
}

function beginningOf(path: string): { start: Buffer; bytesTotal: number } {
  try {
    const file = openSync(path, "r")
    try {
      const start = Buffer.alloc(bounds.headBytesMax)
      return { start: start.subarray(0, readSync(file, start)), bytesTotal: fstatSync(file).size }
    } finally {
      closeSync(file)
    }
  } catch (error) {
    throw unreadable(error)
  }
}

// The head ends wherever it ends, so that unzipping must not ask for more.
function unzippedStart(start: Buffer): Buffer {
  try {
    return gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH })
  } catch (error) {
    throw new BadPlace(`the gzip is damaged (${(error as Error).message})`)
  }
}
