import type { DatabaseSync } from "node:sqlite"
import type { EntityStore, LookedUp } from "../../ports/entities.ts"
import { exact, prepare } from "./driver.ts"
import type { Names } from "./names.ts"
import { still } from "./tables.ts"

/** Reads who has the values that are looked up: now and then are one question. */
export function holderReader(
  db: DatabaseSync,
  names: Names,
): Pick<EntityStore, "holders" | "holdersOf" | "holdersAt" | "wasHeld"> {
  // A ref's value is the key of its target, so an id is looked for as one where the attribute is known to hold refs.
  const select = prepare<[string]>(
    db,
    `SELECT e.id FROM vals v JOIN entities e ON e.key = v.entity
      WHERE v.attribute = ?1 AND v.to_t > ?3 AND v.from_t <= ?3
        AND v.value IN (?2, (SELECT key FROM entities WHERE id = ?4 AND EXISTS (SELECT 1 FROM refs WHERE attribute = ?1)))
      ORDER BY e.created_t, e.key`,
  )
  const holdersAt = (attribute: string, value: LookedUp[1], t: number): string[] => {
    const key = names.known(attribute)
    if (key === null) return []
    return select.all(key, exact(value), t, typeof value === "string" ? value : null).map(([id]) => id)
  }
  const ever = prepare<[number]>(
    db,
    `SELECT 1 FROM vals WHERE attribute = ?1
        AND value IN (?2, (SELECT key FROM entities WHERE id = ?3 AND EXISTS (SELECT 1 FROM refs WHERE attribute = ?1)))
      LIMIT 1`,
  )
  return {
    holdersAt,
    holders: (attribute, value) => holdersAt(attribute, value, still - 1),
    holdersOf: values => values.map(([attribute, value]) => holdersAt(attribute, value, still - 1)),
    wasHeld(attribute, value) {
      const key = names.known(attribute)
      return key !== null && ever.get(key, exact(value), typeof value === "string" ? value : null) !== undefined
    },
  }
}
