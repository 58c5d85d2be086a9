import { open } from "node:fs/promises"
import { BadPlace } from "./log-error.ts"

/** The bytes of a file as they lie on the disk, in order. */
export async function* fileChunks(
  path: string,
  chunkBytes: number,
  onRead: (bytes: number) => void,
): AsyncGenerator<Buffer, void, undefined> {
  const file = await open(path).catch(refuse)
  try {
    for (;;) {
      // A new buffer each time: a reader may keep what it has not finished with.
      const empty = Buffer.allocUnsafeSlow(chunkBytes)
      const { bytesRead, buffer } = await file.read(empty, 0, chunkBytes).catch(refuse)
      if (bytesRead === 0) return
      onRead(bytesRead)
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

function refuse(error: unknown): never {
  throw unreadable(error)
}

/** The sentence for a file that the system does not let us read. */
export function unreadable(error: unknown): BadPlace {
  const code = error instanceof Error && "code" in error ? error.code : undefined
  switch (code) {
    case "ENOENT":
      return new BadPlace("there is no such file")
    case "EISDIR":
      return new BadPlace("it is a folder")
    case "EACCES":
    case "EPERM":
      return new BadPlace("this process may not read it")
    default:
      return new BadPlace(String(error))
  }
}
