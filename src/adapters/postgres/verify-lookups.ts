import type { Document } from "../../kernel/entity.ts"
import type { Json, JsonObject } from "../../kernel/json.ts"
import type { Finding } from "../../ports/maintenance.ts"
import { compileSchema } from "../../schema/compile.ts"
import { lookedUpBy } from "../../schema/looked-up.ts"
import { parseSchema } from "../../schema/parse.ts"
import type { EntityType } from "../../schema/types.ts"
import type { Ask } from "./driver.ts"
import { tOf } from "../sql/places.ts"
import type { Names } from "./names.ts"
import { still } from "./tables.ts"
import { valueText } from "./values.ts"
import { inSlices, rowsPerSlice, type Check } from "./slices.ts"
import { bigints, integers, texts } from "./wire.ts"

type EntityRow = [key: number, id: string, type: number, pos: number, document: string | null]
type Scalar = string | number | boolean
type Wanted = { readonly row: EntityRow; readonly attribute: string; readonly value: Scalar }

/**
 * Whether every value that the schema says is looked up stands among those that are. Where it does not, nobody finds
 * the entity by it, and another may have the same although it is unique.
 */
export async function* checkLookups(read: Ask, names: Names): Check {
  const types = await entityTypes(read)

  async function look(rows: readonly EntityRow[]): Promise<Finding[]> {
    await names.spell(read, new Set(rows.map(row => row[2])))
    const found: Finding[] = []
    const wanted: Wanted[] = []
    for (const row of rows) {
      const [, id, type, pos, text] = row
      if (text === null) continue
      const document = parsed(text)
      if (document !== null) wanted.push(...wantedBy(row, types.get(names.nameOf(type)), document))
      else found.push({ check: "intervals", t: tOf(pos), sentence: `The document of ${id} is not JSON` })
    }
    for (const { row, attribute, value } of await missing(read, names, wanted)) {
      const sentence = `${row[1]} has the value ${JSON.stringify(value)} of ${attribute}, but is not found by it`
      found.push({ check: "intervals", t: tOf(row[3]), sentence })
    }
    return found
  }

  yield* inSlices<EntityRow>(
    last =>
      read(
        `SELECT e.key, e.id, e.type, v.pos, v.document
           FROM (SELECT * FROM @.entities WHERE key > $1 ORDER BY key LIMIT ${rowsPerSlice}) AS e CROSS JOIN LATERAL (
             SELECT pos, document FROM @.versions WHERE entity = e.key ORDER BY pos DESC LIMIT 1
           ) AS v ORDER BY e.key`,
        [last?.[0] ?? 0],
      ),
    look,
  )
}

/** Which of the values are not looked up, though the entity is still the same. */
async function missing(read: Ask, names: Names, wanted: readonly Wanted[]): Promise<Wanted[]> {
  await names.find(read, new Set(wanted.map(({ attribute }) => attribute)))
  const rows = await read<[number]>(
    `SELECT w.n FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::text[])
         WITH ORDINALITY AS w(entity, pos, attribute, value, n)
      WHERE NOT EXISTS (SELECT 1 FROM @.vals AS v WHERE v.attribute = w.attribute AND v.value = w.value
                           AND v.to_t = ${still} AND v.entity = w.entity)
        AND NOT EXISTS (SELECT 1 FROM @.versions AS v WHERE v.entity = w.entity AND v.pos > w.pos) ORDER BY w.n`,
    [
      bigints(wanted.map(({ row }) => row[0])),
      bigints(wanted.map(({ row }) => row[3])),
      integers(wanted.map(({ attribute }) => names.known(attribute))),
      texts(wanted.map(({ value }) => valueText(value))),
    ],
  )
  return rows.map(([n]) => wanted[n - 1]!)
}

/** The entity types of the schema that was in force last; none, if there was no schema yet. */
async function entityTypes(read: Ask): Promise<ReadonlyMap<string, EntityType>> {
  const [newest] = await read<[string]>("SELECT schema FROM @.schemas ORDER BY n DESC LIMIT 1")
  return newest === undefined ? new Map() : compileSchema(parseSchema(JSON.parse(newest[0]) as JsonObject)).entities
}

/** The values of a document that are looked up. */
function wantedBy(row: EntityRow, type: EntityType | undefined, document: Document): Wanted[] {
  return (type?.lookups ?? []).flatMap(({ name, fullName, many, type: base }) => {
    const said = document[name]
    const all = many && Array.isArray(said) ? (said as readonly Json[]) : [said]
    return all.flatMap((one): Wanted[] => {
      const value = lookedUpBy(base, one)
      return value === undefined ? [] : [{ row, attribute: fullName, value }]
    })
  })
}

function parsed(text: string): Document | null {
  try {
    // What was written as a document is read as one, if it is still there.
    return JSON.parse(text) as Document
  } catch {
    return null
  }
}
