import { mkdirSync, statSync } from "node:fs"
import { dirname, resolve } from "node:path"

/**
 * Makes a folder, with those above it. Node's own way to make them all tries for ever in a file system that says of a folder
 * whose parent is there that something is missing, as /proc does.
 */
export function makeFolder(path: string): void {
  const full = resolve(path)
  if (statSync(full, { throwIfNoEntry: false })?.isDirectory() === true) return
  const above = dirname(full)
  if (above !== full) makeFolder(above)
  mkdirSync(full)
}
