import type { DatabaseSync } from "node:sqlite"
import { noHash, schemasText } from "../../ports/hash.ts"
import { prepare } from "./driver.ts"

/** Where the log ends: what the next transaction follows, and what is hashed of the schemas that it brings into force. */
export type Tip = { t: number; at: number; hash: string; schemas: string }

/** Reads where the log ends. One step down a tree, however long the log is. */
export function tipOf(db: DatabaseSync): Tip {
  const newest = "SELECT t, at, lower(hex(hash)) FROM transactions ORDER BY t DESC LIMIT 1"
  const [t, at, hash] = prepare<[number, number, string]>(db, newest).get() ?? [0, 0, noHash]
  return { t, at, hash, schemas: schemasFrom(db)(t + 1) }
}

/** Prepares the search for what is hashed of the schemas that come into force with a transaction. */
export function schemasFrom(db: DatabaseSync): (t: number) => string {
  const select = prepare<[number, string, string]>(
    db,
    "SELECT version, hash, schema FROM schemas WHERE from_t = ? ORDER BY n",
  )
  return t => schemasText(select.all(t).map(([version, hash, text]) => ({ version, hash, text })))
}
