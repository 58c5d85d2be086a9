import type { Json } from "../../kernel/json.ts"
import type { EntityKey, Fact, FactAttribute, FactStore, Moment } from "../../ports/facts.ts"
import { possible } from "../sql/spelled.ts"
import type { Ask } from "./driver.ts"
import type { PieceReader } from "./fact-pieces.ts"
import type { Names } from "./names.ts"
import { valueText } from "./values.ts"
import { bigints, texts } from "./wire.ts"

type Parts = {
  readonly pieces: PieceReader
  readonly ids: (keys: readonly EntityKey[]) => Promise<readonly (string | null)[]>
}

type Row = [entity: number, value: string, target: number | null]

/** Reads the facts of attributes: `sought` by their values, which are rows, `held` by who has them. */
export function valueReader(
  read: Ask,
  names: Names,
  { pieces, ids }: Parts,
): { readonly sought: FactStore["facts"]; readonly held: FactStore["facts"] } {
  /** Values by the texts that rows have for them. */
  async function textsOf(attribute: FactAttribute, values: readonly Json[]): Promise<ReadonlyMap<string, Json>> {
    const may = [...new Set(possible(attribute, values))]
    if (attribute.type !== "ref") return new Map(may.map(value => [valueText(value), value]))
    // Where an attribute may be any, a number that is sought need not be a key.
    const keys = may.filter(value => Number.isSafeInteger(value)) as readonly EntityKey[]
    const said = await ids(keys)
    return new Map(keys.flatMap((key, i) => (said[i] == null ? [] : [[valueText(said[i]), key] as const])))
  }

  /** Values that are too long for a row stand in the documents of those who have them. */
  async function whole(attribute: FactAttribute, rows: readonly Row[], { t }: Moment): Promise<readonly Fact[]> {
    const long = rows.filter(([, text]) => isLong(text))
    const facts = rows.filter(([, text]) => !isLong(text)).map(row => factOf(attribute, row))
    if (long.length === 0) return facts
    const entities = long.map(([entity]) => entity)
    const held = await pieces(attribute, { entities }, { t, since: null }, Number.MAX_SAFE_INTEGER)
    const wanted = new Set(long.map(([entity, text]) => `${entity} ${text}`))
    // A value that is a row is a scalar.
    return [...facts, ...held.filter(([entity, value]) => wanted.has(`${entity} ${valueText(value as string)}`))]
  }

  const sought: FactStore["facts"] = async (attribute, { entities, values }, moment, limit) => {
    await names.find(read, [attribute.fullName])
    const key = names.known(attribute.fullName)
    if (key === null || entities?.length === 0 || values?.length === 0) return []
    const meant = values === undefined ? null : await textsOf(attribute, values)
    const spelled = meant === null ? null : texts([...meant.keys()])
    const some = entities === undefined ? null : bigints(entities)
    const given = [key, moment.t, moment.since ?? -1, limit, ...[spelled, some].filter(array => array !== null)]
    const statement = statementFor(attribute.type === "ref" && meant === null, meant !== null, some !== null)
    const rows = await read<Row>(statement, given)
    return meant === null ? whole(attribute, rows, moment) : rows.map(([entity, text]) => [entity, meant.get(text)!])
  }

  const held: FactStore["facts"] = async (attribute, filter, { t, since = null }, limit) => {
    if (!attribute.lookup || since === null) return pieces(attribute, filter, { t, since }, limit)
    // When a value began, only its row says.
    const all = await pieces(attribute, filter, { t, since: null }, Number.MAX_SAFE_INTEGER)
    if (all.length === 0) return []
    const values = [...new Set(all.map(([, value]) => value))]
    const begun = await sought(attribute, { ...filter, values }, { t, since }, Number.MAX_SAFE_INTEGER)
    return begun.slice(0, limit)
  }

  return { sought, held }
}

function statementFor(ref: boolean, values: boolean, entities: boolean): string {
  const target = "CROSS JOIN LATERAL (SELECT key FROM @.entities WHERE id = (v.value::json #>> '{}') OFFSET 0) AS e"
  return `SELECT v.entity, v.value, ${ref ? "e.key" : "NULL::bigint"} FROM (
      SELECT entity, value FROM @.vals WHERE attribute = $1 AND to_t > $2 AND from_t <= $2 AND from_t > $3
         ${values ? "AND value = ANY($5)" : ""} ${entities ? `AND entity = ANY($${values ? 6 : 5})` : ""} LIMIT $4
    ) AS v ${ref ? target : ""}`
}

function isLong(text: string): boolean {
  return text.startsWith("sha256:")
}

function factOf({ type }: FactAttribute, [entity, text, target]: Row): Fact {
  // What was written as JSON is read as such.
  return [entity, type === "ref" ? target : (JSON.parse(text) as Json)]
}
