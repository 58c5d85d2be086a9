import { spawnSync } from "node:child_process"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { whenFileEnds } from "../ending.ts"
import { folder } from "./world.ts"

/** A small disk of its own; null where this user may not make one. */
export function smallDisk(options: string): string | null {
  const path = join(folder(), "disk")
  mkdirSync(path)
  if (spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path]).status !== 0) return null
  whenFileEnds(() => spawnSync("umount", ["-l", path]))
  return path
}
