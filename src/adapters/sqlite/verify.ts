import type { DatabaseSync } from "node:sqlite"
import type { Finding } from "../../ports/maintenance.ts"
import { scalar } from "./driver.ts"

/** Walks a file and says everything that is not as promised. */
export async function* verify(db: DatabaseSync): AsyncIterable<Finding> {
  const said = scalar(db, "PRAGMA quick_check(1)")
  if (said !== "ok") yield { check: "file", t: null, sentence: String(said) }
}
