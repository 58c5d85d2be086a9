import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openFile } from "../../../src/adapters/sqlite/open.ts"
import { sqliteStore, type SqliteOptions, type SqliteStore } from "../../../src/adapters/sqlite/index.ts"
import { storeOn } from "../../../src/adapters/sqlite/store.ts"
import type { Finding } from "../../../src/ports/maintenance.ts"
import { whenTestEnds } from "../../ending.ts"

/** The path of a file that is not there yet, in a folder that goes when the test ends. */
export function aPlace(): string {
  const folder = mkdtempSync(join(tmpdir(), "daybook-"))
  whenTestEnds(() => rmSync(folder, { recursive: true }))
  return join(folder, "daybook.db")
}

/** A store that is closed when the test ends, at an instant that moves only with `now`. */
export function aStore(options: Partial<SqliteOptions> = {}): SqliteStore {
  const store = sqliteStore({ path: aPlace(), now: () => 0, ...options })
  whenTestEnds(() => store.close())
  return store
}

/** The same with the file in hand, to do to it what nobody should. */
export function aFile(path = aPlace()) {
  const file = openFile({ path, readonly: false })
  const store = storeOn(file, () => 0)
  whenTestEnds(() => store.close())
  return { ...file, store }
}

/** Everything that is wrong with a store. */
export async function findings(store: SqliteStore): Promise<Finding[]> {
  const found: Finding[] = []
  for await (const finding of store.maintenance.verify()) found.push(finding)
  return found
}

/** What something is refused with; null: it is not. */
export function refusalOf(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  return null
}
