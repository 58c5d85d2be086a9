import type { DatabaseSync } from "node:sqlite"
import type { Json } from "../../kernel/json.ts"
import type { T } from "../../kernel/message.ts"
import type { EntityKey, FactAttribute } from "../../ports/facts.ts"
import { places } from "../sql/places.ts"
import { inBoth, valuesIn } from "../sql/spelled.ts"
import { prepare } from "./driver.ts"

// How many versions of one entity are looked at in one step.
const versionsSize = 100

/** What the document of an entity says of an attribute at both ends of a stretch. */
type Ends = readonly [entity: EntityKey, now: string | null, before: string | null, ...unknown[]]

/** Prepares the finding of values that were there all along: of those at both ends, the ones never away in between. */
export function stayReader(
  db: DatabaseSync,
): (attribute: FactAttribute, ends: Ends, t: T, since: T) => readonly Json[] {
  const between = prepare<[pos: number, said: string | null]>(
    db,
    `SELECT pos, document -> ?1 FROM versions WHERE entity = ?2 AND pos >= (?3 + 1) * ${places} AND pos < ?4
      ORDER BY pos DESC LIMIT ${versionsSize}`,
  )
  return (attribute, [entity, now, before], t, since) => {
    const path = `$.${JSON.stringify(attribute.name)}`
    let left = inBoth(attribute, valuesIn(attribute, now), before)
    for (let from = (t + 1) * places; left.length > 0;) {
      const page = between.all(path, entity, since, from)
      for (const [, said] of page) left = inBoth(attribute, left, said)
      if (page.length < versionsSize) break
      from = page.at(-1)![0]
    }
    return left
  }
}
