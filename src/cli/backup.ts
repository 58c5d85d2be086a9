import { existsSync, statSync } from "node:fs"
import { dirname } from "node:path"
import { BadInput } from "./bad-input.ts"
import { openStore } from "./open-store.ts"
import type { Place } from "./options.ts"
import { count, say } from "./print.ts"

/** Writes a consistent copy to a new file, also while a server runs. */
export async function backup(file: string, options: Place & { json?: boolean }): Promise<void> {
  if (existsSync(file)) throw new BadInput(`The file ${file} is there already: a backup overwrites nothing`)
  const folder = dirname(file)
  if (!existsSync(folder)) throw new BadInput(`There is no folder ${folder} to write ${file} to`)
  const store = await openStore(options, "read")
  try {
    await store.maintenance.backup(file)
  } finally {
    await store.close()
  }
  const bytes = statSync(file).size
  await say(options.json === true ? JSON.stringify({ file, bytes }) : `${file}: ${count(bytes)} bytes`)
}
