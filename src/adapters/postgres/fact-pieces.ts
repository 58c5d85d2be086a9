import type { Json } from "../../kernel/json.ts"
import type { T } from "../../kernel/message.ts"
import type { EntityKey, Fact, FactAttribute, FactFilter } from "../../ports/facts.ts"
import { factsIn, type Piece } from "../sql/spelled.ts"
import type { KeptEntities } from "../sql/kept-entities.ts"
import type { Ask } from "./driver.ts"
import { stayReader } from "./fact-stays.ts"
import type { Names } from "./names.ts"
import { places } from "../sql/places.ts"
import { bigints, integers } from "./wire.ts"

// How many entities are looked at in one step.
const pageSize = 1_000

type Row = [entity: number, now: string | null, before: string | null, created: number]

type At = { readonly t: T; readonly since: T | null }
type Sought = readonly Json[] | undefined

/** Reads facts out of documents, whether their values are rows as well or not. */
export type PieceReader = (
  attribute: FactAttribute,
  filter: FactFilter,
  moment: At,
  limit: number,
) => Promise<readonly Fact[]>

/** Prepares the reading out of documents, but for those that are `kept`. Refs become keys by `keysOf`. */
export function pieceReader(
  read: Ask,
  names: Names,
  keysOf: (ids: readonly string[]) => Promise<(EntityKey | null)[]>,
  kept: KeptEntities,
): PieceReader {
  const stayed = stayReader(read)

  // What is kept says what was so at one t, and nothing of what was before.
  function keptRow({ name, types }: FactAttribute, key: EntityKey, { t, since }: At): Row | null | undefined {
    const entity = since === null ? kept.at(key, t) : undefined
    if (entity === undefined) return undefined
    const said = types.includes(entity.type) ? entity.document[name] : undefined
    return said === undefined ? null : [key, JSON.stringify(said), null, entity.createdT]
  }

  async function meant(attribute: FactAttribute, rows: readonly Row[], at: At, values: Sought) {
    const left = at.since === null ? nothing : await stayed(attribute, rows, at.t, at.since)
    const pieces = rows.map(([entity, now]): Piece => [entity, now, left.get(entity) ?? []])
    if (attribute.type !== "ref") return factsIn(attribute, pieces, values)
    const facts = factsIn(attribute, pieces, undefined)
    const keys = await keyed(facts, keysOf)
    return values === undefined ? keys : keys.filter(([, key]) => values.includes(key))
  }

  return async (attribute, { entities, values }, { t, since }, limit) => {
    await names.find(read, attribute.types)
    const types = attribute.types.map(type => names.known(type)).filter(type => type !== null)
    if (types.length === 0 || entities?.length === 0) return []
    const about = [attribute.name, (t + 1) * places, since === null ? null : (since + 1) * places] as const
    if (entities !== undefined) {
      const missing: EntityKey[] = []
      const rows: Row[] = []
      for (const key of new Set(entities)) {
        const row = keptRow(attribute, key, { t, since })
        if (row === undefined) missing.push(key)
        else if (row !== null) rows.push(row)
      }
      if (missing.length > 0) {
        for (const row of await read<Row>(some, [...about, bigints(missing), integers(types)])) rows.push(row)
      }
      return (await meant(attribute, rows, { t, since }, values)).slice(0, limit)
    }
    const found: Fact[] = []
    for (const type of types) {
      let last: Row | undefined
      do {
        const page = await read<Row>(all, [...about, type, last?.[3] ?? 0, last?.[0] ?? 0, t])
        found.push(...(await meant(attribute, page, { t, since }, values)))
        last = page.length < pageSize || found.length >= limit ? undefined : page.at(-1)
      } while (last !== undefined)
    }
    return found.slice(0, limit)
  }
}

const nothing: ReadonlyMap<EntityKey, readonly Json[]> = new Map()

/** Facts of refs, with the keys of their targets. A target that never was has none: nothing else can be known of it. */
async function keyed(
  facts: readonly Fact[],
  keysOf: (ids: readonly string[]) => Promise<(EntityKey | null)[]>,
): Promise<readonly Fact[]> {
  // What a ref holds is checked before it is written: an id.
  const ids = [...new Set(facts.map(([, id]) => id as string))]
  const keys = await keysOf(ids)
  const keyOf = new Map(ids.map((id, i) => [id, keys[i] ?? null]))
  return facts.flatMap(([entity, id]): Fact[] => {
    const key = keyOf.get(id as string) ?? null
    return key === null ? [] : [[entity, key]]
  })
}

// A document is text: a member of it is the text that was written, whatever signs are in it.
function at(pos: string): string {
  return `(SELECT (document::json -> $1::text)::text FROM @.versions WHERE entity = e.key AND pos < ${pos}
    ORDER BY pos DESC LIMIT 1)`
}

const columns = `e.key, ${at("$2::bigint")}, CASE WHEN $3::bigint IS NOT NULL THEN ${at("$3::bigint")} END, e.created_t`

const some = `SELECT ${columns} FROM unnest($4::bigint[]) AS w(key)
  CROSS JOIN LATERAL (SELECT * FROM @.entities WHERE key = w.key OFFSET 0) AS e WHERE e.type = ANY($5)`

const all = `SELECT ${columns} FROM (
    SELECT key, created_t FROM @.entities WHERE type = $4 AND created_t IS NOT NULL AND created_t <= $7
       AND (created_t, key) > ($5, $6) ORDER BY created_t, key LIMIT ${pageSize}
  ) AS e ORDER BY e.created_t, e.key`
