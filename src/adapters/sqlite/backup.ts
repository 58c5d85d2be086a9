import { existsSync } from "node:fs"
import { open, rename, rm } from "node:fs/promises"
import { dirname } from "node:path"
import { backup, type DatabaseSync } from "node:sqlite"
import { Refusal } from "../../kernel/refusal.ts"

// How many pages are copied between two commits: 16 MB, some milliseconds.
const pagesAtOnce = 4_000

/**
 * Copies a database to a new file while it is written. The copy has its name only once it is whole and on the disk, so
 * whoever finds a file of that name may trust it.
 */
export async function backupTo(db: DatabaseSync, target: string): Promise<void> {
  if (existsSync(target)) {
    throw new Refusal("conflict", `The file ${target} is there already: a backup overwrites nothing`, { path: target })
  }
  const unfinished = `${target}.unfinished`
  try {
    await rm(unfinished, { force: true })
    await backup(db, unfinished, { rate: pagesAtOnce })
    await sync(unfinished)
    await rename(unfinished, target)
    await sync(dirname(target))
  } catch (error) {
    await rm(unfinished, { force: true })
    const why = error instanceof Error ? error.message : String(error)
    const refusal = new Refusal("unavailable", `No backup could be written to ${target}: ${why}`, { path: target })
    refusal.cause = error
    throw refusal
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r")
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
