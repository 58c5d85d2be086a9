import type { DatabaseSync } from "node:sqlite"
import { noHash } from "../../ports/hash.ts"
import { prepare } from "./driver.ts"

/** Where the log ends: what the next transaction follows. */
export type Tip = { t: number; at: number; hash: string }

/** Reads where the log ends. One step down a tree, however long the log is. */
export function tipOf(db: DatabaseSync): Tip {
  const newest = "SELECT t, at, lower(hex(hash)) FROM transactions ORDER BY t DESC LIMIT 1"
  const row = prepare<[number, number, string]>(db, newest).get()
  return row === undefined ? { t: 0, at: 0, hash: noHash } : { t: row[0], at: row[1], hash: row[2] }
}
