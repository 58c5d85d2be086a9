import { mkdir, open, readFile, rename, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"

/**
 * Writes a file, whole or not at all: whoever looks sees either nothing or everything. Written again under the same
 * name it is the same file, so twice is once.
 */
export async function writeWhole(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const beside = `${path}.part`
  await writeFile(beside, content, { flush: true })
  await rename(beside, path)
  await flushFolder(dirname(path))
}

// Without this the file is on the disk, but its name may not survive a power cut.
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A file's text; null: there is no such file. */
export async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8")
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null
    throw error
  }
}

/** The path of a key's file in a folder. A key that is no plain name stays within the folder all the same. */
export function pathOf(folder: string, key: string, ending: string): string {
  return join(folder, `${encodeURIComponent(key).replaceAll(".", "%2E")}${ending}`)
}
