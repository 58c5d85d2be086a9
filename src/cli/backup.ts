import { statSync } from "node:fs"
import { openStore } from "./open-store.ts"
import type { Place } from "./options.ts"
import { count, say } from "./print.ts"

/** Writes a consistent copy to a new file, also while a server runs. */
export async function backup(file: string, options: Place & { json?: boolean }): Promise<void> {
  const store = await openStore(options, "read")
  try {
    await store.maintenance.backup(file)
  } finally {
    await store.close()
  }
  const bytes = statSync(file).size
  await say(options.json === true ? JSON.stringify({ file, bytes }) : `${file}: ${count(bytes)} bytes`)
}
