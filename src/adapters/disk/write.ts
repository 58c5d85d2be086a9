import { createHash } from "node:crypto"
import { mkdir, open, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Refusal } from "../../kernel/refusal.ts"
import type { UploadedFile } from "../../ports/files.ts"

/** Writes an upload into a folder of its own, which is made, and waits for the disk. */
export async function written(
  path: string,
  named: Pick<UploadedFile, "file" | "mediaType">,
  bytes: AsyncIterable<Uint8Array>,
  bytesMax: number,
): Promise<UploadedFile> {
  await mkdir(path)
  const digest = createHash("sha256")
  let size = 0
  const handle = await open(join(path, "content"), "wx")
  try {
    for await (const chunk of bytes) {
      size += chunk.length
      if (size > bytesMax) throw new Refusal("too-large", `A file has at most ${bytesMax} bytes`, { bytesMax })
      digest.update(chunk)
      await handle.writeFile(chunk)
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  const { file, mediaType } = named
  const about = { file, size, sha256: digest.digest("hex"), mediaType }
  await writeFile(join(path, "about.json"), JSON.stringify(about), { flush: true })
  await synced(path)
  return about
}

/** Resolves when the names in a folder are on the disk, and not only on their way there. */
export async function synced(folder: string): Promise<void> {
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
