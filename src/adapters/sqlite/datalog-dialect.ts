import type { Dialect, FactPlace, FactSource, Statement } from "../sql/statement.ts"
import { classOf, Unsaid, type Class, type Expression } from "../sql/terms.ts"
import { places } from "../sql/places.ts"

/** The functions of this process that statements call. */
export const functions = {
  /** Whether an entity, or its attribute, is seen. */
  sees: "daybook_sees",
  /** Ends a statement whose time is over. */
  goesOn: "daybook_goes_on",
  /** A number as it was written: what SQLite reads out of JSON is not always that. */
  number: "daybook_number",
}

/** Says that an entity is seen, or, by its full name, an attribute of it. */
type Sees = (statement: Statement, key: string, attribute: string | null) => string

/** Asks this process about each. */
const asked: Sees = (statement, key, attribute) => {
  const name = attribute === null ? "NULL" : statement.parameter({ kind: "name", name: attribute })
  return `${functions.sees}(${key}, ${name})`
}

/** Looks in lists of all that is seen, with a byte for each key: a third of the price of asking. */
const lookedUp: Sees = (statement, key, attribute) => {
  const among = (of: string | null) =>
    `substr(${statement.parameter({ kind: "members", attribute: of })}, ${key} + 1, 1) = x'01'`
  return attribute === null ? among(null) : `${among(null)} AND ${among(attribute)}`
}

const common: Omit<Dialect, "fact"> = {
  placeholder: n => `?${n}`,
  arms: true,
  rows: (list, alias, classes) => ({
    from: `json_each(${list}) ${alias}`,
    columns: classes.map((_, i) => `(${alias}.value ->> ${i})`),
    // Lists that are crossed come to no fact, which is where else it is looked whether time is left.
    where: [goesOn(`${alias}.id`)],
  }),
  equal: (a, b) => `${a.sql} = ${b.sql}`,
  order: (operator, a, b) => `${a.sql} ${operator} ${b.sql}`,
  contains: (text, part, where) => `instr(${text.sql}, ${part.sql}) ${where === "includes" ? "> 0" : "= 1"}`,
  compute,
  aggregate,
  keyed: e => e,
  typed: placeholder => placeholder,
  limit: placeholder => placeholder,
}

/** How SQLite says what a query asks. */
export const dialect = dialectWith(asked)

/** The same, for whoever has lists of all that they see. */
export const listedDialect = dialectWith(lookedUp)

function dialectWith(sees: Sees): Dialect {
  return {
    ...common,
    fact: (place, statement) => (place.attribute.lookup ? row(place, statement, sees) : member(place, statement, sees)),
  }
}

/** As it is reckoned everywhere else, in floating point; of whole numbers, which never come to more than there is. */
function compute(operator: string, a: Expression, b: Expression): Expression | null {
  if (a.class !== "integer" || b.class !== "integer") return null
  return { sql: `(CAST(${a.sql} AS REAL) ${operator} ${b.sql})`, class: "number" }
}

function aggregate(name: Parameters<Dialect["aggregate"]>[0], { sql, class: of }: Expression): Expression | null {
  switch (name) {
    case "count":
      return { sql: `count(${sql})`, class: "integer" }
    case "countDistinct":
      return { sql: `count(DISTINCT ${sql})`, class: "integer" }
    case "sum":
    case "avg":
      // A sum of fractions depends on their order.
      return of === "integer" ? { sql: `${name}(${sql})`, class: "number" } : null
    case "min":
    case "max":
      return ["integer", "number", "text"].includes(of) ? { sql: `${name}(${sql})`, class: of } : null
    default:
      return name satisfies never
  }
}

/** A fact whose value is a row. */
function row({ attribute, entity, value }: FactPlace, statement: Statement, sees: Sees): FactSource {
  const f = statement.alias("f")
  const t = statement.parameter({ kind: "t" })
  const holder: Expression = { sql: entity?.sql ?? `${f}.entity`, class: "entity", types: attribute.types }
  // Where the entity is known, it leads to the row: a plus keeps whoever compares the value from walking over all that are
  // less, or more.
  const column = entity === null ? `${f}.value` : `+${f}.value`
  const held: Expression = { sql: value?.sql ?? column, class: classOf(attribute) }
  const where = [
    entity === null && sees === lookedUp && statement.guarded !== null
      ? goesOnWhere(lookedUp(statement, `${f}.entity`, null), `${f}.entity`)
      : goesOn(`${f}.entity`),
    `${f}.attribute = ${statement.parameter({ kind: "attribute", name: attribute.fullName })}`,
    ...(entity === null ? [] : [`${f}.entity = ${entity.sql}`]),
    // The plus keeps a key from being compared as a column of integers is, which the index of any values is no help for.
    ...(value === null ? [] : [`${f}.value = +${value.sql}`]),
    `${f}.to_t > ${t}`,
    `${f}.from_t <= ${t}`,
    ...(statement.since ? [`${f}.from_t > ${statement.parameter({ kind: "since" })}`] : []),
    ...guards(statement, sees, attribute.fullName, `${f}.entity`, attribute.type === "ref" ? `${f}.value` : null),
  ]
  return { from: [`vals ${f}`], where, entity: holder, value: held }
}

/** A fact that stands in a document only. */
function member({ attribute, entity, value, valued }: FactPlace, statement: Statement, sees: Sees): FactSource {
  if (statement.since) throw new Unsaid("what a document did not say before")
  const e = statement.alias("e")
  const v = statement.alias("v")
  const t = statement.parameter({ kind: "t" })
  const path = statement.parameter({ kind: "path", name: attribute.name })
  const isKnown = entity?.types?.every(type => attribute.types.includes(type)) ?? false
  const key = isKnown ? entity!.sql : `${e}.key`
  const from = isKnown ? [] : [`entities ${e}`]
  const types = `${e}.type IN (SELECT value FROM json_each(${statement.parameter({ kind: "types", names: attribute.types })}))`
  const newest = `(SELECT max(pos) FROM versions WHERE entity = ${key} AND pos < (${t} + 1) * ${places})`
  const where = [
    goesOn(key),
    ...(isKnown ? [] : [types, entity === null ? `${e}.created_t <= ${t}` : `${e}.key = ${entity.sql}`]),
    ...guards(statement, sees, attribute.fullName, key, null),
    `${v}.pos = ${newest}`,
  ]
  const holder: Expression = { sql: key, class: "entity", types: attribute.types }
  const found = { from: [...from, `versions ${v}`], where, entity: holder }
  if (!valued) {
    const isThere = `${v}.document ->> ${path} IS NOT NULL`
    const isEmpty = attribute.many ? [`${v}.document -> ${path} <> '[]'`] : []
    return { ...found, where: [...where, isThere, ...isEmpty], value: null }
  }
  if (!attribute.many) return { ...found, ...holding(where, `${v}.document`, path, attribute, value) }
  const j = statement.alias("j")
  const list = { ...found, from: [...found.from, `json_each(${v}.document, ${path}) ${j}`] }
  return { ...list, ...listed(where, j, attribute, value) }
}

function holding(
  where: readonly string[],
  document: string,
  path: string,
  attribute: FactPlace["attribute"],
  value: Expression | null,
): Pick<FactSource, "where" | "value"> {
  const of = classOf(attribute)
  const sql = read(of, `(${document} -> ${path})`, `(${document} ->> ${path})`)
  return {
    where: [...where, value === null ? `${document} ->> ${path} IS NOT NULL` : `${sql} = ${value.sql}`],
    value: value ?? { sql, class: of },
  }
}

function listed(
  where: readonly string[],
  j: string,
  attribute: FactPlace["attribute"],
  value: Expression | null,
): Pick<FactSource, "where" | "value"> {
  const of = classOf(attribute)
  if (of === "json" || of === "number") throw new Unsaid("a list of anything")
  const sql = `${j}.value`
  return { where: value === null ? where : [...where, `${sql} = ${value.sql}`], value: value ?? { sql, class: of } }
}

function read(of: Class, json: string, scalar: string): string {
  if (of === "json") return json
  return of === "number" ? `${functions.number}(${json})` : scalar
}

// That there is time left. It stands first, so that it is asked of rows too that come to nothing.
function goesOn(key: string): string {
  return `${functions.goesOn}(${key})`
}

// To look for time takes twice as long as to see that an entity is not among those that are seen. So of these, where there
// are many different ones, it is looked for one in eight, whichever they are.
function goesOnWhere(isSeen: string, key: string): string {
  return `iif(${isSeen}, ${goesOn(key)}, iif(${key} * 2654435761 >> 12 & 7 = 0, NOT ${goesOn(key)}, 0))`
}

/** That a fact is seen, where not everything is. */
function guards(statement: Statement, sees: Sees, attribute: string, entity: string, target: string | null): string[] {
  const { guarded } = statement
  if (guarded === null) return []
  const own = guarded.has(attribute) ? attribute : null
  return [sees(statement, entity, own), ...(target === null ? [] : [sees(statement, target, null)])]
}
