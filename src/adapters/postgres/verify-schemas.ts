import type { Ask } from "./driver.ts"
import type { Check } from "./slices.ts"

/** Whether schemas came into force in the order in which they are kept: the last one is the one that is in force now. */
export async function* checkSchemas(read: Ask): Check {
  const wrong = await read<[number, number]>(
    `SELECT version, from_t FROM (SELECT version, from_t, lag(from_t) OVER (ORDER BY n) AS before FROM @.schemas) AS s
      WHERE from_t < before`,
  )
  yield wrong.map(([version, t]) => {
    return { check: "chain", t, sentence: `The schema of version ${version} is kept behind one that came after it` }
  })
}
