import type { Dialect, FactPlace, FactSource, Statement } from "../sql/statement.ts"
import { classOf, Unsaid, type Class, type Expression } from "../sql/terms.ts"
import { places } from "../sql/places.ts"

/**
 * How PostgreSQL says what a query asks. A value is its JSON text throughout: so it stands in rows, so it can be taken
 * out of a document whatever signs are in it, and so two are the same when their texts are.
 */
export const dialect: Dialect = {
  placeholder: n => `$${n}`,
  arms: false,
  fact: (place, statement) => {
    const { attribute, entity, value } = place
    const isSought = attribute.lookup && (entity === null || value !== null)
    return isSought ? row(place, statement) : member(place, statement)
  },
  rows: (list, alias, classes) => ({
    from: `json_array_elements(${list}::json) AS ${alias}(v)`,
    columns: classes.map((of, i) => (of === "entity" ? `(${alias}.v ->> ${i})::bigint` : `(${alias}.v -> ${i})::text`)),
  }),
  equal: (a, b) => ((a.asId === true) === (b.asId === true) ? `${a.sql} = ${b.sql}` : `${idOf(a)} = ${idOf(b)}`),
  order: (operator, a, b) => `${ordered(a)} ${operator} ${ordered(b)}`,
  contains: (text, part, where) =>
    where === "includes" ? `strpos(${plain(text)}, ${plain(part)}) > 0` : `starts_with(${plain(text)}, ${plain(part)})`,
  // Floating point is written otherwise here than in JSON.
  compute: () => null,
  aggregate,
  keyed: e => (e.asId ? { sql: keyOf(e.sql), class: "entity" } : e),
  typed: (placeholder, of) => `${placeholder}::${of === "entity" ? "bigint" : "text"}`,
  limit: placeholder => `${placeholder}::bigint`,
}

function plain({ sql }: Expression): string {
  return `(${sql}::json #>> '{}') COLLATE "C"`
}

function ordered(e: Expression): string {
  return e.class === "text" ? plain(e) : `${e.sql}::numeric`
}

function idOf(e: Expression): string {
  return e.asId ? e.sql : `(SELECT to_json(id)::text FROM @.entities WHERE key = ${e.sql})`
}

function keyOf(id: string): string {
  return `(SELECT key FROM @.entities WHERE id = (${id}::json #>> '{}'))`
}

function aggregate(name: Parameters<Dialect["aggregate"]>[0], e: Expression): Expression | null {
  const { sql, class: of } = e
  const isNumber = of === "integer" || of === "number"
  switch (name) {
    case "count":
      return { sql: `count(${sql})`, class: "integer" }
    case "countDistinct":
      return { sql: `count(DISTINCT ${sql})`, class: "integer" }
    case "sum":
      // A sum of fractions depends on their order.
      return of === "integer" ? { sql: `sum(${sql}::bigint)::text`, class: "number" } : null
    case "avg":
      return of === "integer" ? { sql: `sum(${sql}::bigint)::float8 / count(${sql})::float8`, class: "number" } : null
    case "min":
    case "max":
      if (isNumber) return { sql: `${name}(${sql}::numeric)::text`, class: of }
      return of === "text" ? { sql: `to_json(${name}(${plain(e)}))::text`, class: of } : null
    default:
      return name satisfies never
  }
}

const hashed = (text: string) => `'sha256:' || encode(sha256(convert_to(${text}, 'UTF8')), 'hex')`

/** That a row has a value. One that is too long for an index is there by its hash. */
function isValue(column: string, value: Expression): string {
  const text = value.class === "entity" ? idOf(value) : value.sql
  if (value.class !== "text" && value.class !== "decimal") return `${column} = ${text}`
  return `${column} = ANY(CASE WHEN octet_length(${text}) <= 300 THEN ARRAY[${text}]
    ELSE ARRAY[${text}, ${hashed(text)}] END)`
}

/** A fact that is found by its value, or among all of its attribute. */
function row({ attribute, entity, value, valued }: FactPlace, statement: Statement): FactSource {
  const f = statement.alias("f")
  const t = `${statement.parameter({ kind: "t" })}::bigint`
  const key = keyed(entity, statement)
  const where = [
    `${f}.attribute = ${statement.parameter({ kind: "attribute", name: attribute.fullName })}::integer`,
    ...(value === null ? [] : [isValue(`${f}.value`, value)]),
    `${f}.to_t > ${t}`,
    `${f}.from_t <= ${t}`,
    ...(statement.since ? [`${f}.from_t > ${statement.parameter({ kind: "since" })}::bigint`] : []),
    ...(entity === null ? [] : [`${f}.entity = ${key.sql}`]),
  ]
  const holder: Expression = { sql: `${f}.entity`, class: "entity", types: attribute.types }
  const found = { from: [...key.from, `@.vals ${f}`], where, entity: entity === null ? holder : key.holder }
  const whole = value !== null || !valued ? null : wholeValue(attribute, f, t, statement)
  const held = value ?? (whole === null ? null : { sql: whole, class: classOf(attribute), asId: isRef(attribute) })
  return seen(statement, attribute, found, held ?? { sql: `${f}.value`, class: classOf(attribute), asId: true }, held)
}

/** The value of a row; of a long one, what the document says that has its hash. */
function wholeValue(attribute: FactPlace["attribute"], f: string, t: string, statement: Statement): string {
  const of = classOf(attribute)
  if (of !== "text" && of !== "decimal") return `${f}.value`
  if (attribute.type === "file") throw new Unsaid("the id of a file")
  const path = statement.parameter({ kind: "path", name: attribute.name })
  const elements = `json_array_elements(${listOf(`d.document::json -> ${path}::text`)})`
  return `CASE WHEN left(${f}.value, 7) <> 'sha256:' THEN ${f}.value ELSE (
    SELECT o.v::text FROM (SELECT document FROM @.versions WHERE entity = ${f}.entity AND pos < (${t} + 1) * ${places}
      ORDER BY pos DESC LIMIT 1) AS d, ${elements} AS o(v) WHERE ${hashed("o.v::text")} = ${f}.value LIMIT 1) END`
}

/** A fact that is read out of the document of who has it. */
function member({ attribute, entity, value, valued }: FactPlace, statement: Statement): FactSource {
  if (attribute.type === "file" && attribute.lookup) throw new Unsaid("the id of a file")
  if (statement.since && !attribute.lookup) throw new Unsaid("what a document did not say before")
  const [e, v] = [statement.alias("e"), statement.alias("v")]
  const t = `${statement.parameter({ kind: "t" })}::bigint`
  const path = `${statement.parameter({ kind: "path", name: attribute.name })}::text`
  const key = keyed(entity, statement)
  const isKnown = entity?.types?.every(type => attribute.types.includes(type)) ?? false
  const holder: Expression = {
    sql: entity === null ? `${e}.key` : key.sql,
    class: "entity",
    types: attribute.types,
  }
  const types = `${e}.type = ANY(${statement.parameter({ kind: "types", names: attribute.types })}::integer[])`
  const holders =
    entity === null
      ? `@.entities ${e}`
      : `LATERAL (SELECT type FROM @.entities WHERE key = ${key.sql} OFFSET 0) AS ${e}`
  const from = [...key.from, ...(isKnown ? [] : [holders])]
  const piece = `LATERAL (SELECT document::json -> ${path} AS v FROM @.versions
    WHERE entity = ${holder.sql} AND pos < (${t} + 1) * ${places} ORDER BY pos DESC LIMIT 1) AS ${v}`
  const where = [
    ...(isKnown ? [] : [types]),
    ...(entity === null ? [`${e}.created_t IS NOT NULL`, `${e}.created_t <= ${t}`] : []),
    `${v}.v::text <> 'null'`,
  ]
  const o = statement.alias("o")
  const list = `LATERAL (SELECT DISTINCT z.v::text AS v FROM json_array_elements(${listOf(`${v}.v`)}) AS z(v)) AS ${o}`
  const held: Expression = {
    sql: attribute.many ? `${o}.v` : `${v}.v::text`,
    class: classOf(attribute),
    ...(isRef(attribute) ? { asId: true } : {}),
  }
  const same = value === null ? [] : [dialect.equal(held, value)]
  const begun = statement.since ? [since(attribute, held, holder, statement, t)] : []
  const found = {
    from: [...from, piece, ...(attribute.many ? [list] : [])],
    where: [...where, ...same, ...begun],
    entity: holder,
  }
  return seen(statement, attribute, found, held, valued ? (value ?? held) : null)
}

function since(
  attribute: FactPlace["attribute"],
  held: Expression,
  holder: Expression,
  statement: Statement,
  t: string,
) {
  const name = statement.parameter({ kind: "attribute", name: attribute.fullName })
  return `EXISTS (SELECT 1 FROM @.vals AS y WHERE y.attribute = ${name}::integer AND ${isValue("y.value", held)}
    AND y.to_t > ${t} AND y.from_t <= ${t} AND y.entity = ${holder.sql}
    AND y.from_t > ${statement.parameter({ kind: "since" })}::bigint)`
}

function listOf(json: string): string {
  return `CASE json_typeof(${json}) WHEN 'array' THEN ${json} ELSE json_build_array(${json}) END`
}

function isRef({ type }: FactPlace["attribute"]): boolean {
  return type === "ref"
}

/** The key of who is asked for, looked up once where only the id is known. */
function keyed(entity: Expression | null, statement: Statement) {
  if (entity === null) return { from: [], sql: "", holder: { sql: "", class: "entity" as Class } }
  if (!entity.asId) return { from: [], sql: entity.sql, holder: entity }
  const k = statement.alias("k")
  const from = [`LATERAL (SELECT key FROM @.entities WHERE id = (${entity.sql}::json #>> '{}') OFFSET 0) AS ${k}`]
  const { asId: _asId, ...rest } = entity
  return { from, sql: `${k}.key`, holder: { ...rest, sql: `${k}.key` } }
}

type Found = Pick<FactSource, "from" | "where" | "entity">

// Members are in order, and may be many: they are searched by halves.
function among(key: string, members: string): string {
  return `(${members})[width_bucket(${key}, ${members})] = ${key}`
}

/** The same, of what is seen only. */
function seen(
  statement: Statement,
  attribute: FactPlace["attribute"],
  found: Found,
  held: Expression,
  value: Expression | null,
): FactSource {
  const { guarded } = statement
  if (guarded === null) return { ...found, value }
  const isMember = (sql: string, of: string | null) =>
    among(sql, `${statement.parameter({ kind: "members", attribute: of })}::bigint[]`)
  const own = guarded.has(attribute.fullName) ? [isMember(found.entity.sql, attribute.fullName)] : []
  const target = isRef(attribute) ? keyed(held, statement) : null
  return {
    from: [...found.from, ...(target?.from ?? [])],
    where: [
      ...found.where,
      isMember(found.entity.sql, null),
      ...own,
      ...(target === null ? [] : [isMember(target.sql, null)]),
    ],
    entity: found.entity,
    value: target !== null && value?.asId ? { sql: target.sql, class: "entity" } : value,
  }
}
