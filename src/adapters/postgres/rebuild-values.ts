import type { Document } from "../../kernel/entity.ts"
import type { FactAttribute } from "../../ports/facts.ts"
import type { MaintenanceStore } from "../../ports/maintenance.ts"
import { Stretches, type Stretch } from "../../ports/stretches.ts"
import type { Ask, Session } from "./driver.ts"
import { tOf } from "../sql/places.ts"
import type { Names } from "./names.ts"
import type { StoreParts } from "./parts.ts"
import { still } from "./tables.ts"
import { valueText } from "./values.ts"
import { bigints, integers, texts } from "./wire.ts"

// An entity may have any number of versions: so many are in memory at once.
const versionsAtOnce = 2_000
const rowsAtOnce = 20_000

type Row = { readonly entity: number } & Stretch

/** Makes looked-up values anew, batch by batch: each is there as a whole or not at all, and nobody writes meanwhile. */
export function valueRebuilder({ connections, names, locks }: StoreParts): MaintenanceStore["rebuildValues"] {
  return async (attributes, after, limit) => {
    if (after === 0) await clear(attributes, connections.lend, names)
    return connections.lend(async ({ ask, run }) => {
      // Not within the transaction: what is remembered must be there whatever becomes of it.
      await names.make(
        ask,
        attributes.map(({ fullName }) => fullName),
      )
      await run("BEGIN")
      try {
        await ask("SELECT pg_advisory_xact_lock($1)", [locks.log])
        const reached = await batch(ask, names, attributes, after, limit)
        await run("COMMIT")
        return reached
      } catch (error) {
        await run("ROLLBACK")
        throw error
      }
    })
  }
}

type Lend = <Answer>(work: (session: Session) => Promise<Answer>) => Promise<Answer>

/** All rows of the attributes, a few at a time: there is no index that leads from an entity to its values. */
async function clear(attributes: readonly FactAttribute[], lend: Lend, names: Names): Promise<void> {
  await lend(async ({ ask }) => {
    const words = attributes.map(({ fullName }) => fullName)
    await names.make(ask, words)
    const keys = integers(words.map(word => names.keyOf(word)))
    const some = `DELETE FROM @.vals WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM @.vals WHERE attribute = ANY($1) LIMIT ${rowsAtOnce})) RETURNING 1`
    while ((await ask(`WITH gone AS (${some}) SELECT 1 FROM gone LIMIT 1`, [keys])).length > 0);
  })
}

async function batch(
  ask: Ask,
  names: Names,
  attributes: readonly FactAttribute[],
  after: number,
  limit: number,
): Promise<number | null> {
  const entities = await ask<[key: number, type: number]>(
    "SELECT key, type FROM @.entities WHERE key > $1 ORDER BY key LIMIT $2",
    [after, limit],
  )
  await names.spell(ask, new Set(entities.map(([, type]) => type)))
  const types = new Map(entities.map(([key, type]) => [key, names.nameOf(type)]))
  const looked = new Set(attributes.flatMap(attribute => (attribute.lookup ? attribute.types : [])))
  const keys = entities.filter(([key]) => looked.has(types.get(key)!)).map(([key]) => key)
  for await (const rows of rowsOf(ask, keys, key => new Stretches(attributes, types.get(key)!))) {
    await put(ask, rows, names)
  }
  return entities.at(-1)?.[0] ?? null
}

/** The stretches of entities, page by page. */
async function* rowsOf(
  ask: Ask,
  keys: readonly number[],
  begin: (key: number) => Stretches,
): AsyncGenerator<readonly Row[]> {
  const page = `SELECT entity, pos, document FROM @.versions WHERE entity = ANY($1) AND (entity, pos) > ($2, $3)
    ORDER BY entity, pos LIMIT ${versionsAtOnce}`
  let [entity, lastPos] = [0, 0]
  let stretches: Stretches | null = null
  const own = (found: readonly Stretch[]) => found.map(stretch => ({ entity, ...stretch }))
  for (;;) {
    const versions = await ask<[number, number, string | null]>(page, [bigints([...keys]), entity, lastPos])
    const rows: Row[] = []
    for (const [key, pos, text] of versions) {
      if (key !== entity) {
        if (stretches !== null) rows.push(...own(stretches.ended()), ...own(stretches.holding()))
        ;[entity, stretches] = [key, begin(key)]
      }
      // What was written as a document is read as one.
      stretches!.take(tOf(pos), text === null ? null : (JSON.parse(text) as Document))
      lastPos = pos
    }
    if (stretches !== null) rows.push(...own(stretches.ended()))
    if (versions.length === 0 && stretches !== null) rows.push(...own(stretches.holding()))
    yield rows
    if (versions.length === 0) return
  }
}

/** Puts rows in the place of those that are there of the same values. */
async function put(ask: Ask, rows: readonly Row[], names: Names): Promise<void> {
  if (rows.length === 0) return
  const values = [
    bigints(rows.map(({ entity }) => entity)),
    integers(rows.map(({ attribute }) => names.keyOf(attribute.fullName))),
    texts(rows.map(({ value }) => valueText(value))),
  ]
  const stretches = [bigints(rows.map(({ fromT }) => fromT)), bigints(rows.map(({ toT }) => toT ?? still))]
  await ask(
    `INSERT INTO @.vals(entity, attribute, value, from_t, to_t)
       SELECT * FROM unnest($1::bigint[], $2::integer[], $3::text[], $4::bigint[], $5::bigint[])
       ON CONFLICT (attribute, value, to_t, entity) DO UPDATE SET from_t = excluded.from_t`,
    [...values, ...stretches],
  )
}
