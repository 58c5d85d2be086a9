import { DatabaseSync } from "node:sqlite"
import { Refusal } from "../../kernel/refusal.ts"
import { prepare } from "./driver.ts"
import { busy, codeOf } from "./errors.ts"

/**
 * Takes the right to write a daybook's file, for this process alone, until the function that is returned is called or
 * the process ends, however it ends.
 *
 * The right is an open write transaction on a second, tiny file beside the first: the operating system takes such a
 * lock away from the dead. Locking the daybook's own file would keep readers out as well (export, verify, backup).
 * The small file is never removed: whoever removes a lock file may remove the next owner's.
 */
export function takeOwnership(path: string): () => void {
  const lock = new DatabaseSync(`${path}-owner`)
  try {
    lock.exec("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF")
    takeLock(lock)
  } catch (error) {
    const holder = codeOf(error) === busy ? holderOf(lock) : null
    lock.close()
    if (codeOf(error) !== busy) throw error
    const who = holder === process.pid ? "this very process" : holder === null ? "another process" : `process ${holder}`
    throw new Refusal("unavailable", `The file ${path} is in use by ${who}: only one may write it at a time`, {
      path,
      pid: holder,
    })
  }
  return () => lock.close()
}

// Readers see only what is committed, so the owner's number is committed first and the lock then taken again. Whoever
// is quicker in between has written another number, and is told from it.
function takeLock(lock: DatabaseSync): void {
  for (;;) {
    lock.exec("BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS owner(one INTEGER PRIMARY KEY, pid INTEGER NOT NULL) STRICT")
    if (holderOf(lock) === process.pid) return
    prepare(lock, "INSERT OR REPLACE INTO owner(one, pid) VALUES(1, ?)").run(process.pid)
    lock.exec("COMMIT")
  }
}

function holderOf(lock: DatabaseSync): number | null {
  try {
    return prepare<[number]>(lock, "SELECT pid FROM owner").get()?.[0] ?? null
  } catch {
    // The other one has only just made the file.
    return null
  }
}
