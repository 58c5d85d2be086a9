import { spawnSync } from "node:child_process"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { afterAll } from "vitest"
import { folder } from "./world.ts"

const mounted: string[] = []
afterAll(() => {
  for (const path of mounted) spawnSync("umount", ["-l", path])
})

/** A small disk of its own; null where this user may not make one. */
export function smallDisk(options: string): string | null {
  const path = join(folder(), "disk")
  mkdirSync(path)
  if (spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path]).status !== 0) return null
  mounted.push(path)
  return path
}
