import type { Json } from "../../kernel/json.ts"
import type { T } from "../../kernel/message.ts"
import type { EntityKey, FactAttribute } from "../../ports/facts.ts"
import { places } from "../sql/places.ts"
import { inBoth, valuesIn } from "../sql/spelled.ts"
import type { Ask } from "./driver.ts"
import { bigints } from "./wire.ts"

// How many versions of each entity are looked at in one step.
const versionsSize = 100

/** What the document of an entity says of an attribute at both ends of a stretch. */
type Ends = readonly [entity: EntityKey, now: string | null, before: string | null, ...unknown[]]

type Said = [entity: number, pos: number, said: string | null]

/** Prepares the finding of values that were there all along: of those at both ends, the ones never away in between. */
export function stayReader(
  read: Ask,
): (
  attribute: FactAttribute,
  rows: readonly Ends[],
  t: T,
  since: T,
) => Promise<ReadonlyMap<EntityKey, readonly Json[]>> {
  return async (attribute, rows, t, since) => {
    const left = new Map<EntityKey, readonly Json[]>()
    for (const [entity, now, before] of rows) {
      const both = inBoth(attribute, valuesIn(attribute, now), before)
      if (both.length > 0) left.set(entity, both)
    }
    let asking = new Map([...left.keys()].map(entity => [entity, (t + 1) * places]))
    while (asking.size > 0) {
      const given = [attribute.name, (since + 1) * places, bigints([...asking.keys()]), bigints([...asking.values()])]
      const said = await read<Said>(between, given)
      const counts = new Map<EntityKey, number>()
      const next = new Map<EntityKey, number>()
      for (const [entity, pos, text] of said) {
        left.set(entity, inBoth(attribute, left.get(entity)!, text))
        const count = (counts.get(entity) ?? 0) + 1
        counts.set(entity, count)
        if (count === versionsSize && left.get(entity)!.length > 0) next.set(entity, pos)
      }
      asking = next
    }
    return left
  }
}

const between = `SELECT w.key, v.pos, v.said FROM unnest($3::bigint[], $4::bigint[]) AS w(key, until)
  CROSS JOIN LATERAL (
    SELECT pos, (document::json -> $1::text)::text AS said FROM @.versions
     WHERE entity = w.key AND pos >= $2::bigint AND pos < w.until ORDER BY pos DESC LIMIT ${versionsSize}
  ) AS v ORDER BY w.key, v.pos DESC`
