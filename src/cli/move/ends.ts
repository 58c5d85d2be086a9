import { existsSync } from "node:fs"
import { join } from "node:path"
import { Refusal } from "../../kernel/refusal.ts"
import type { MovableStore } from "../../ports/transfer.ts"
import { BadInput } from "../bad-input.ts"
import { inMemory, isDatabase, openAnyStore } from "../open-store.ts"

/** Opens one end of a move: a folder, or a database by its address. */
export async function openEnd(end: string, mode: "own" | "read"): Promise<MovableStore> {
  if (end === inMemory) throw new BadInput("What is in memory ends with its process: it cannot be moved")
  return openAnyStore(isDatabase(end) ? { data: "", store: end } : { data: end }, mode)
}

/** A source that nobody else writes any more: for good where it is a database, while it is open where it is a file. */
export async function takeSource(end: string, wait: boolean): Promise<MovableStore | null> {
  if (isDatabase(end)) return takeDatabase(end, wait)
  // A folder without a daybook is not to get one by this.
  if (!existsSync(join(end, "daybook.sqlite"))) return openEnd(end, "read")
  try {
    return await openEnd(end, "own")
  } catch (error) {
    if (wait && error instanceof Refusal && "pid" in error.facts) return null
    throw error
  }
}

async function takeDatabase(end: string, wait: boolean): Promise<MovableStore | null> {
  const store = await openEnd(end, "own")
  try {
    if (wait && (await store.leases.held()).length > 0) {
      await store.close()
      return null
    }
    await store.transfer.setCondition("left")
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}
