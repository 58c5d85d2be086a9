import type { DatabaseSync } from "node:sqlite"
import { prepare } from "./driver.ts"
import type { Check } from "./slices.ts"

/** Whether schemas came into force in the order in which they are kept: the last one is the one that is in force now. */
export function* checkSchemas(db: DatabaseSync): Check {
  const wrong = prepare<[number, number]>(
    db,
    `SELECT version, from_t FROM (SELECT version, from_t, lag(from_t) OVER (ORDER BY n) AS before FROM schemas)
      WHERE from_t < before`,
  )
  yield wrong.all().map(([version, t]) => {
    return { check: "chain", t, sentence: `The schema of version ${version} is kept behind one that came after it` }
  })
}
