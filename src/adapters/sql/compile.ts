import { type Column, type DatalogQuery, type Input } from "../../ports/datalog.ts"
import { satisfied } from "./clauses.ts"
import { Statement, type CompiledQuery, type Dialect, type Parameter, type Place } from "./statement.ts"
import {
  classOfValue,
  common,
  emptyBody,
  extended,
  mayEqual,
  never,
  selectOf,
  Unsaid,
  type Body,
  type Class,
  type Expression,
} from "./terms.ts"

/** What a statement depends on beside its query. */
export type Circumstances = { readonly guarded: ReadonlySet<string> | null; readonly since: boolean }

/** One statement that answers a query; null: there is none that means the same. */
export function compiled(query: DatalogQuery, dialect: Dialect, said: Circumstances): CompiledQuery | null {
  try {
    return compile(query, new Statement(dialect, said.guarded, said.since))
  } catch (error) {
    if (error instanceof Unsaid) return null
    throw error
  }
}

function compile(query: DatalogQuery, statement: Statement): CompiledQuery {
  const place: Place = { statement, rules: query.rules, inner: false }
  const begin = query.inputs.reduce((body, input, n) => withInput(query, statement, body, input, n), emptyBody)
  const ways = satisfied(place, query.where, [begin])
  const wanted = [...new Set([...query.find.map(({ variable }) => variable), ...query.with])]
  const inner = answers(ways, wanted, statement)
  const columns = query.find.map(column => shown(column, wanted, inner.classes, statement))
  const isPlain = query.find.every(({ aggregate }) => aggregate === undefined) && query.with.length === 0
  const list = columns.map(({ sql }) => sql).join(", ")
  const groups = query.find.flatMap(({ aggregate }, i) => (aggregate === undefined ? [columns[i]!.sql] : []))
  const isAggregate = query.find.some(({ aggregate }) => aggregate !== undefined)
  const tail = !isAggregate ? "" : groups.length > 0 ? ` GROUP BY ${groups.join(", ")}` : " HAVING count(*) > 0"
  const outer = isPlain
    ? `SELECT ${list} FROM (${inner.sql}) AS w`
    : `SELECT ${isAggregate ? "" : "DISTINCT "}${list} FROM (${inner.sql}) AS w${tail}`
  const before = statement.tables.length === 0 ? "" : `WITH RECURSIVE ${statement.tables.join(", ")} `
  const sql = `${before}${outer} LIMIT ${statement.dialect.limit(statement.parameter({ kind: "limit" }))}`
  return { ...counted(sql, statement.parameters), columns }
}

/** Only the parameters that a statement names, counted anew: what cannot be met was left out of it. */
function counted(sql: string, parameters: readonly Parameter[]): Pick<CompiledQuery, "sql" | "parameters"> {
  const places = new Map<string, number>()
  const text = sql.replaceAll(/([$?])(\d+)/g, (_all, sign: string, n: string) => {
    const place = places.get(n) ?? places.size + 1
    places.set(n, place)
    return `${sign}${place}`
  })
  return { sql: text, parameters: [...places.keys()].map(n => parameters[Number(n) - 1]!) }
}

/** What the ways come to for the wanted variables, each row once. */
function answers(
  ways: readonly Body[],
  wanted: readonly number[],
  { dialect }: Statement,
): { sql: string; classes: Expression[] } {
  const expressions = ways.map(way =>
    wanted.map(variable => {
      const found = way.env.get(variable)
      if (found === undefined) throw new Unsaid("what is wanted is not bound")
      // Of several ways, one may lead to an id and another to a key.
      return ways.length > 1 ? dialect.keyed(found) : found
    }),
  )
  const classes = wanted.map((_, i): Expression => {
    const alike = expressions.map(list => list[i]!)
    const asId = alike[0]?.asId ?? false
    const of = alike.map(e => e.class).reduce((a, b) => common(a, b))
    return { sql: `w.w${i}`, class: of, ...(asId ? { asId } : {}) }
  })
  const isSingle = ways.length === 1
  const selects = ways.map((way, n) =>
    selectOf(
      way,
      expressions[n]!.map(({ sql }, i) => `${sql} AS w${i}`),
      isSingle && mayRepeat(way, wanted),
    ),
  )
  return { sql: selects.join(" UNION "), classes }
}

/** Whether a row may come twice: not where all that its facts are made of follows from what is wanted. */
function mayRepeat({ follows }: Body, wanted: readonly number[]): boolean {
  if (follows === null) return true
  const certain = new Set<number | "fixed">(["fixed", ...wanted])
  for (let before = 0; before < certain.size;) {
    before = certain.size
    for (const { entity, value, many } of follows) if (!many && certain.has(entity)) certain.add(value)
  }
  return !follows.every(({ entity, value }) => certain.has(entity) && certain.has(value))
}

function shown(
  column: Column,
  wanted: readonly number[],
  classes: readonly Expression[],
  statement: Statement,
): Expression {
  const expression = classes[wanted.indexOf(column.variable)]!
  if (column.aggregate === undefined) return expression
  const made = statement.dialect.aggregate(column.aggregate, expression)
  if (made === null) throw new Unsaid(column.aggregate)
  return made
}

/** Rows that come with the question: one of them is as good as values in the query itself. */
function withInput(query: DatalogQuery, statement: Statement, body: Body, input: Input, n: number): Body {
  const classes = classesOf(query, input)
  const { variables, rows } = input
  if (rows.length === 1) {
    return variables.reduce((next, variable, column) => {
      const of = classes[column]!
      const placeholder = statement.parameter({ kind: "cell", input: n, column, class: of })
      return bind(statement, next, variable, { sql: statement.dialect.typed(placeholder, of), class: of })
    }, body)
  }
  const alias = statement.alias("i")
  const list = statement.parameter({ kind: "rows", input: n, classes })
  const { from, columns, where = [] } = statement.dialect.rows(list, alias, classes)
  const more: Body = { ...extended(body, { from: [from], where }), follows: null }
  return variables.reduce(
    (next, variable, i) => bind(statement, next, variable, { sql: columns[i]!, class: classes[i]! }),
    more,
  )
}

function bind({ dialect }: Statement, body: Body, variable: number, expression: Expression): Body {
  const before = body.env.get(variable)
  if (before === undefined) return { ...body, env: new Map(body.env).set(variable, expression) }
  const same = mayEqual(before.class, expression.class) ? dialect.equal(before, expression) : never
  return extended(body, { where: [same] })
}

/** The class of each column of an input, which all of its rows must share. */
export function classesOf({ kinds }: DatalogQuery, { variables, rows }: Input): readonly Class[] {
  return variables.map((variable, i) => {
    const classes = rows.map(row => classOfValue(row[i] ?? null))
    const of = classes.length === 0 ? "text" : classes.reduce((a, b) => common(a, b))
    if (of === "number" && rows.length > 1) throw new Unsaid("a list of fractions")
    if (kinds[variable] !== "entity") return of
    if (of !== "integer") throw new Unsaid("a value in the place of an entity")
    return "entity"
  })
}
