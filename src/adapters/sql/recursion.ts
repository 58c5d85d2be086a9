import type { Clause, Rule, Term, Variable } from "../../ports/datalog.ts"
import { isClosure, type Recursive } from "./closure.ts"
import type { Place } from "./statement.ts"
import { common, extended, selectOf, Unsaid, type Body, type Class, type Expression } from "./terms.ts"

/** What a rule needs of those who know the other clauses. */
export type Callers = {
  readonly satisfied: (place: Place, clauses: readonly Clause[], bodies: readonly Body[]) => readonly Body[]
  readonly known: (place: Place, term: Term, body: Body, isEntity: boolean) => Expression | null
  readonly unified: (place: Place, body: Body, term: Term, expression: Expression) => Body
  readonly equal: (place: Place, a: Expression, b: Expression) => string
}

type Call = Extract<Clause, { kind: "rule" }>

/** A rule that calls itself, being called. */
type Calling = {
  readonly place: Place
  readonly use: Callers
  readonly arity: number
  readonly bases: readonly (readonly Clause[])[]
  readonly steps: readonly Recursive[]
  /** What the call begins with, for the parameters that lead it. */
  readonly seed: string | null
  /** The parameters that the call brings along and that the recursion follows. */
  readonly led: readonly number[]
  readonly free: readonly number[]
  readonly classes: readonly Class[]
}

/**
 * A call of a rule that calls itself: what is bound goes in first, and the recursion follows it from there. From all that
 * is the rule's at once, and then to pick from it, would take thousands of times as long.
 */
export function recursion(place: Place, call: Call, body: Body, use: Callers): Body {
  if (place.inner) throw new Unsaid("a rule that calls itself within another question")
  const rule = place.rules[call.rule]!
  const { bases, steps } = partsOf(place.rules, call.rule)
  const from = settled(place, body)
  const bound = call.terms.map((term, i) => use.known(place, term, from, rule.parameters[i] === "entity"))
  const way = wayOf(rule, steps, bound)
  const seed = seedOf(place, from, bound, way.led)
  const classes = rule.parameters.map((_, i) => bound[i]?.class ?? "entity")
  const free = rule.parameters.map((_, i) => i).filter(i => !way.led.includes(i))
  const calling = {
    place: { ...place, inner: true },
    use,
    arity: classes.length,
    bases,
    steps,
    seed,
    led: way.led,
    free,
    classes,
  }
  const { name, columns } = made(calling, way.kind)
  const alias = place.statement.alias("r")
  let next = extended({ ...from, follows: null }, { from: [`${name} ${alias}`] })
  call.terms.forEach((term, i) => {
    const column = { sql: `${alias}.c${i}`, class: columns[i]! }
    const given = bound[i] ?? null
    if (given !== null) next = extended(next, { where: [use.equal(place, given, column)] })
    else next = use.unified(place, next, term, column)
  })
  return next
}

/** Everything bound so far as rows of their own, so that a recursion can begin with them. */
function settled({ statement }: Place, body: Body): Body {
  if (body.from.length === 0) return body
  const variables = [...body.env]
  const name = statement.alias("p")
  const columns = variables.map(([variable, { sql }]) => `${sql} AS v${variable}`)
  statement.table(name, `MATERIALIZED (${selectOf(body, columns.length === 0 ? ["1 AS v"] : columns, true)})`)
  const alias = statement.alias("b")
  const env = new Map(variables.map(([v, e]): [Variable, Expression] => [v, { ...e, sql: `${alias}.v${v}` }]))
  return { from: [`${name} ${alias}`], where: [], env, follows: null }
}

function seedOf(
  place: Place,
  from: Body,
  bound: readonly (Expression | null)[],
  led: readonly number[],
): string | null {
  if (led.length === 0) return null
  const name = place.statement.alias("s")
  const columns = led.map(i => place.statement.dialect.keyed(bound[i]!).sql)
  place.statement.table(`${name}(${led.map(i => `c${i}`).join(", ")})`, `(${selectOf(from, columns, true)})`)
  return name
}

function partsOf(rules: readonly Rule[], at: number): { bases: (readonly Clause[])[]; steps: Recursive[] } {
  const bases: (readonly Clause[])[] = []
  const steps: Recursive[] = []
  for (const { clauses } of rules[at]!.branches) {
    const calls = clauses.filter(clause => clause.kind === "rule" && clause.rule === at)
    const others = clauses.filter(clause => !calls.includes(clause))
    if (calls.length === 0) bases.push(clauses)
    else if (calls.length === 1 && calls[0]!.kind === "rule") steps.push({ terms: calls[0].terms, others })
    else throw new Unsaid("a rule that calls itself twice")
  }
  return { bases, steps }
}

/**
 * How the recursion goes. `along`: from the answers for what is given to further answers for the same, where each call
 * hands on what leads it. `away`: from what is given to what is asked for next, where each call hands on what it asks for.
 */
function wayOf(
  { parameters }: Rule,
  steps: readonly Recursive[],
  bound: readonly (Expression | null)[],
): { kind: "along" | "away"; led: readonly number[] } {
  const all = parameters.map((_, i) => i)
  const isHandedOn = (i: number) => steps.every(({ terms }) => isVariable(terms[i]!, i))
  const given = all.filter(i => bound[i] !== null)
  const kept = given.filter(isHandedOn)
  if (kept.length > 0 || given.length === 0) return { kind: "along", led: kept }
  const rest = all.filter(i => !given.includes(i))
  const isApart = steps.every(({ others }) => !others.some(clause => mentions(clause, rest)))
  if (rest.every(isHandedOn) && isApart) return { kind: "away", led: given }
  throw new Unsaid("a recursion that changes what it is given and what it finds")
}

function isVariable(term: Term, variable: Variable): boolean {
  return term !== "anything" && "variable" in term && term.variable === variable
}

function mentions(clause: Clause, variables: readonly Variable[]): boolean {
  const within = (value: unknown): boolean => {
    if (Array.isArray(value)) return value.some(within)
    if (typeof value !== "object" || value === null) return false
    if ("variable" in value && variables.includes(value.variable as Variable)) return true
    return Object.values(value).some(within)
  }
  if ((clause.kind === "not" || clause.kind === "or") && clause.join.some(v => variables.includes(v))) return true
  if (clause.kind === "getElse" && variables.includes(clause.into)) return true
  return within(clause)
}

function made(calling: Calling, kind: "along" | "away"): Made {
  if (kind === "along") return along(calling)
  return isClosure(calling.bases, calling.steps, calling) ? closure(calling) : away(calling)
}

type Made = { readonly name: string; readonly columns: readonly Class[] }

function along({ place, use, arity, bases, steps, seed, led, classes }: Calling): Made {
  const { statement } = place
  const name = statement.alias("q")
  const all = Array.from({ length: arity }, (_, i) => i)
  const columns = [...classes]
  const begin = beginning(place, seed, led, classes)
  const first = arms(place, use, bases, begin).map((way, n) => {
    all.forEach(
      i => (columns[i] = n === 0 ? open(place, way, i).class : common(columns[i]!, open(place, way, i).class)),
    )
    return selectOf(
      way,
      all.map(i => `${open(place, way, i).sql} AS c${i}`),
    )
  })
  const further = steps.flatMap(({ terms, others }) => {
    const alias = statement.alias("x")
    const column = (i: number): Expression => ({ sql: `${alias}.c${i}`, class: columns[i]! })
    let start: Body = {
      from: [`${name} ${alias}`],
      where: [],
      env: new Map(led.map(i => [i, column(i)])),
      follows: null,
    }
    for (const i of all) if (!led.includes(i)) start = use.unified(place, start, terms[i]!, column(i))
    return use.satisfied(place, others, [start]).map(way => {
      for (const i of all) if (open(place, way, i).class !== columns[i]) throw new Unsaid("a rule whose types change")
      return selectOf(
        way,
        all.map(i => open(place, way, i).sql),
      )
    })
  })
  declare(place, name, all, first, further)
  return { name, columns }
}

function away(calling: Calling): Made {
  const { place, use, arity, bases, seed, led, free, classes } = calling
  const { statement } = place
  const demand = statement.alias("d")
  const [given, asked] = [led.map(i => `g${i}`), led.map(i => `c${i}`)]
  const first = selectOf({ from: [`${seed} s`], where: [], env: new Map(), follows: null }, [
    ...led.map(i => `s.c${i}`),
    ...led.map(i => `s.c${i}`),
  ])
  const list = [...given, ...asked].join(", ")
  const further = onward(calling, { table: demand, given, asked })
  statement.table(`${demand}(${list})`, recursive(place, [first], further))
  const name = statement.alias("q")
  const columns = [...classes]
  const alias = statement.alias("x")
  const all = Array.from({ length: arity }, (_, i) => i)
  const found = arms(place, use, bases, entering(calling, { table: demand, alias, asked })).map((way, n) => {
    free.forEach(
      i => (columns[i] = n === 0 ? open(place, way, i).class : common(columns[i]!, open(place, way, i).class)),
    )
    return selectOf(
      way,
      all.map(i => (led.includes(i) ? `${alias}.g${i}` : open(place, way, i).sql)),
    )
  })
  declare(place, name, all, found, [])
  return { name, columns }
}

/** What is asked for next is an answer already: the recursion is all. */
function closure(calling: Calling): Made {
  const { place, seed, led, free, classes } = calling
  const name = place.statement.alias("q")
  const [given, found] = [led.map(i => `c${i}`), free.map(i => `c${i}`)]
  const first = onward(calling, { table: seed!, given, asked: given })
  if (first.length === 0) throw new Unsaid("a rule that never ends")
  const further = onward(calling, { table: name, given, asked: found })
  place.statement.table(`${name}(${[...given, ...found].join(", ")})`, recursive(place, first, further))
  return { name, columns: classes.map(() => classes[led[0]!]!) }
}

/** Rows of what was given at first, and of what it has led to: the columns of a table. */
type Standing = { readonly table: string; readonly given: readonly string[]; readonly asked: readonly string[] }

function entering(
  { led, classes }: Calling,
  { table, alias, asked }: Pick<Standing, "table" | "asked"> & { alias: string },
): Body {
  const env = new Map(led.map((i, n) => [i, { sql: `${alias}.${asked[n]!}`, class: classes[i]! }]))
  return { from: [`${table} ${alias}`], where: [], env, follows: null }
}

/** What each call asks for next. */
function onward(calling: Calling, { table, given, asked }: Standing): readonly string[] {
  const { place, use, steps, led, classes } = calling
  return steps.flatMap(({ terms, others }) => {
    const alias = place.statement.alias("x")
    return use.satisfied(place, others, [entering(calling, { table, alias, asked })]).map(way => {
      const next = led.map(i => use.known(place, terms[i]!, way, classes[i] === "entity"))
      if (next.some((e, n) => e?.class !== classes[led[n]!])) throw new Unsaid("a call that asks for anything")
      return selectOf(way, [
        ...given.map(column => `${alias}.${column}`),
        ...next.map(e => place.statement.dialect.keyed(e!).sql),
      ])
    })
  })
}

function beginning(place: Place, seed: string | null, led: readonly number[], classes: readonly Class[]): Body {
  if (seed === null) return { from: [], where: [], env: new Map(), follows: null }
  const alias = place.statement.alias("s")
  const env = new Map(led.map(i => [i, { sql: `${alias}.c${i}`, class: classes[i]! }]))
  return { from: [`${seed} ${alias}`], where: [], env, follows: null }
}

function arms(place: Place, use: Callers, branches: Calling["bases"], begin: Body): readonly Body[] {
  return branches.flatMap(clauses => use.satisfied(place, clauses, [begin]))
}

function open({ statement }: Place, way: Body, i: number): Expression {
  const found = way.env.get(i)
  if (found === undefined || found.class === "json") throw new Unsaid("a parameter that is not bound")
  return statement.dialect.keyed(found)
}

function declare(place: Place, name: string, all: readonly number[], first: string[], further: string[]): void {
  if (first.length === 0) throw new Unsaid("a rule that never ends")
  place.statement.table(`${name}(${all.map(i => `c${i}`).join(", ")})`, recursive(place, first, further))
}

// A set, not a list: what was found before is not followed again, so circles end.
function recursive({ statement }: Place, first: readonly string[], further: readonly string[]): string {
  if (further.length > 1 && !statement.dialect.arms) throw new Unsaid("a recursion with several arms")
  const begun = first.length > 1 && further.length > 0 ? [`SELECT * FROM (${first.join(" UNION ")}) AS z`] : first
  return `(${[...begun, ...further].join(" UNION ")})`
}
