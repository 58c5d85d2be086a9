import type { DatabaseSync } from "node:sqlite"
import { noHash, schemasText } from "../../ports/hash.ts"
import { prepare } from "./driver.ts"

/** Where the log ends: what the next transaction follows, and what is hashed of the schemas that it brings into force. */
export type Tip = { t: number; at: number; hash: string; schemas: string }

/** Reads where the log ends. A step down two trees, however long the log is. */
export function tipOf(db: DatabaseSync): Tip {
  // Where the newest command does not tell its first transaction, none that is newer does, and that has a row of its own.
  const newest = `
    SELECT t, at, lower(hex(hash)) FROM (
      SELECT * FROM (SELECT n AS t, at, hash FROM commands ORDER BY n DESC LIMIT 1)
       UNION ALL SELECT * FROM (SELECT t, at, hash FROM transactions_apart ORDER BY t DESC LIMIT 1))
     WHERE hash IS NOT NULL ORDER BY t DESC LIMIT 1`
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
