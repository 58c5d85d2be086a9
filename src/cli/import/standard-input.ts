import { createWriteStream, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pipeline } from "node:stream/promises"

/** Keeps what comes from standard input in a file, since a log is looked at before it is read. */
export async function spooled(): Promise<{ path: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), "daybook-"))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  const path = join(folder, "standard-input")
  try {
    await pipeline(process.stdin, createWriteStream(path))
  } catch (error) {
    remove()
    throw error
  }
  return { path, remove }
}
