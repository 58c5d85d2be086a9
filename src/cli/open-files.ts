import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Clock } from "../kernel/clock.ts"
import type { Ids } from "../kernel/ids.ts"
import type { FileStore } from "../ports/files.ts"
import { inMemory } from "./open-store.ts"
import type { Place } from "./options.ts"

/** Opens the place of files beside the data, once the data belong to this process; `:memory:` keeps none of them. */
export async function openFiles({ data }: Place, parts: { clock: Clock; ids: Ids }): Promise<FileStore> {
  const folder = data === inMemory ? untilTheEnd() : join(data, "files")
  const { diskFiles } = await import("../adapters/disk/files.ts")
  return diskFiles({ folder, ...parts })
}

function untilTheEnd(): string {
  const folder = mkdtempSync(join(tmpdir(), "daybook-files-"))
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }))
  return folder
}
