import { hash } from "node:crypto"

/**
 * The numbers of the two locks of a schema. The database keeps locks by number only, for all programs on it together:
 * these follow from the schema's name, so that two daybooks in one database do not wait for each other.
 */
export type Locks = {
  /** Whoever adds to the log has it, from reading where the log ends until the commit. */
  readonly log: string
  /** Whoever changes tables has it. */
  readonly tables: string
}

/** The locks of a schema. */
export function locksOf(schema: string): Locks {
  return { log: numberOf(`daybook log ${schema}`), tables: numberOf(`daybook tables ${schema}`) }
}

function numberOf(text: string): string {
  return hash("sha256", text, "buffer").readBigInt64BE(0).toString()
}
