import { noHash } from "../../ports/hash.ts"
import type { Ask } from "./driver.ts"

/** Where the log ends: what the next transaction follows. */
export type Tip = { readonly t: number; readonly at: number; readonly hash: string }

/** Reads where the log ends. */
export async function tipOf(ask: Ask): Promise<Tip> {
  const newest = "SELECT t, at, encode(hash, 'hex') FROM @.transactions ORDER BY t DESC LIMIT 1"
  const [row] = await ask<[number, number, string]>(newest)
  return row === undefined ? { t: 0, at: 0, hash: noHash } : { t: row[0], at: row[1], hash: row[2] }
}
