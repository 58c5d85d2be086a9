import type { Clause, Rule, Term, Variable } from "../../ports/datalog.ts"
import { comparison, computed } from "./functions.ts"
import { recursion, type Callers } from "./recursion.ts"
import type { Place } from "./statement.ts"
import {
  classOf,
  classOfValue,
  extended,
  never,
  mayEqual,
  selectOf,
  Unsaid,
  type Body,
  type Expression,
} from "./terms.ts"

type Of<Kind extends Clause["kind"]> = Extract<Clause, { kind: Kind }>

// Each way is a part of the statement: beyond, it would be too long for any planner.
const waysMax = 32

/** All ways to satisfy some clauses, in their order, after those so far. */
export function satisfied(place: Place, clauses: readonly Clause[], bodies: readonly Body[]): readonly Body[] {
  let ways = bodies
  for (const clause of clauses) {
    ways = ways.flatMap(body => one(place, clause, body))
    if (ways.length > waysMax) throw new Unsaid("too many ways")
  }
  return ways
}

function one(place: Place, clause: Clause, body: Body): readonly Body[] {
  switch (clause.kind) {
    case "fact":
      return [fact(place, clause, body)]
    case "missing":
      return [extended(body, { where: [`NOT ${valueExists(place, clause, body)}`] })]
    case "getElse":
      return [getElse(place, clause, body)]
    case "compare":
      return [extended(body, { where: comparison(place, clause, body) })]
    case "compute":
      return [unified(place, body, clause.into, computed(place, clause, body))]
    case "not":
      return [extended(body, { where: [`NOT ${exists(place, clause.join, [clause.clauses], body)}`] })]
    case "or":
      return either(place, clause, body)
    case "rule":
      return rule(place, clause, body)
    case "anyFact":
    case "getSome":
      throw new Unsaid(clause.kind)
    default:
      return clause satisfies never
  }
}

/** What a term stands for by now; null: anything still. */
export function known(place: Place, term: Term, body: Body, isEntity: boolean): Expression | null {
  if (term === "anything") return null
  if ("variable" in term) return body.env.get(term.variable) ?? null
  return constant(place, term.value, isEntity)
}

/** A value that stands in the query. */
export function constant(
  { statement }: Place,
  value: Parameters<typeof classOfValue>[0],
  isEntity: boolean,
): Expression {
  const of = classOfValue(value)
  if (isEntity && of !== "integer") throw new Unsaid("a value in the place of an entity")
  const its = isEntity ? "entity" : of
  return { sql: statement.dialect.typed(statement.parameter({ kind: "value", value, class: its }), its), class: its }
}

/** A body in which a term is what an expression says. */
export function unified(place: Place, body: Body, term: Term, expression: Expression): Body {
  if (term === "anything") return body
  if ("variable" in term && !body.env.has(term.variable)) {
    return { ...body, env: new Map(body.env).set(term.variable, expression) }
  }
  const other = known(place, term, body, expression.class === "entity")!
  return extended(body, { where: [equal(place, other, expression)] })
}

/** That two expressions say the same. */
export function equal({ statement }: Place, a: Expression, b: Expression): string {
  return mayEqual(a.class, b.class) ? statement.dialect.equal(a, b) : never
}

function fact(place: Place, { attribute, entity, value }: Of<"fact">, body: Body): Body {
  const isRef = attribute.type === "ref"
  const [holder, held] = [known(place, entity, body, true), known(place, value, body, isRef)]
  if (holder !== null && holder.class !== "entity") return extended(body, { where: [never] })
  if (held !== null && !mayEqual(classOf(attribute), held.class)) return extended(body, { where: [never] })
  // The same variable on both sides is bound by the one, and compared with the other.
  const source = place.statement.dialect.fact(
    { attribute, entity: holder, value: held, valued: value !== "anything" },
    place.statement,
  )
  let next = extended(body, source)
  // Who was known by an id is from now on known by a key.
  if (holder?.asId && entity !== "anything" && "variable" in entity) {
    next = { ...next, env: new Map(next.env).set(entity.variable, source.entity) }
  }
  if (holder === null) next = unified(place, next, entity, source.entity)
  if (held === null && source.value !== null) next = unified(place, next, value, source.value)
  const fixed = (term: Term, one: boolean): Variable | "fixed" | null =>
    term === "anything" ? (one ? "fixed" : null) : "variable" in term ? term.variable : "fixed"
  const [e, v] = [fixed(entity, false), fixed(value, !attribute.many)]
  const follows =
    body.follows === null || e === null || v === null || (attribute.many && !attribute.lookup)
      ? null
      : [...body.follows, { entity: e, value: v, many: attribute.many }]
  return { ...next, follows }
}

/** That an entity has any value of an attribute. */
function valueExists(place: Place, { attribute, entity }: Of<"missing">, body: Body): string {
  const clause: Clause = { kind: "fact", attribute, entity, value: "anything" }
  return existing([fact(place, clause, inside(body, [...body.env.keys()]))])
}

function getElse(place: Place, { attribute, entity, otherwise, into }: Of<"getElse">, body: Body): Body {
  if (attribute.many) throw new Unsaid("the value of many, or another")
  const holder = known(place, entity, body, true)
  if (holder === null || holder.class !== "entity") throw new Unsaid("nobody is asked for a value")
  const other = constant(place, otherwise, attribute.type === "ref")
  const { statement } = place
  const source = statement.dialect.fact({ attribute, entity: holder, value: null, valued: true }, statement)
  const { value } = source
  if (value === null || value.class !== other.class || value.asId) throw new Unsaid("another value of another type")
  const select = selectOf(extended(inside(body, []), source), [value.sql])
  return unified(place, body, { variable: into }, { sql: `coalesce((${select}), ${other.sql})`, class: value.class })
}

/** A question within the question, which knows only what is joined. */
function inside(body: Body, join: readonly Variable[]): Body {
  const env = new Map([...body.env].filter(([variable]) => join.includes(variable)))
  return { from: [], where: [], env, follows: null }
}

/** That any of some lists of clauses can be satisfied. */
function exists(place: Place, join: readonly Variable[], branches: readonly (readonly Clause[])[], body: Body): string {
  const inner = { ...place, inner: true }
  return existing(branches.flatMap(clauses => satisfied(inner, clauses, [inside(body, join)])))
}

function existing(ways: readonly Body[]): string {
  return `(${ways.map(way => `EXISTS (${selectOf(way, ["1"])})`).join(" OR ") || never})`
}

function either(place: Place, { join, branches }: Of<"or">, body: Body): readonly Body[] {
  if (join.every(variable => body.env.has(variable))) {
    return [extended(body, { where: [exists(place, join, branches, body)] })]
  }
  return branches.flatMap(clauses => {
    const entered = { ...body, env: inside(body, join).env, follows: null }
    return satisfied({ ...place, inner: true }, clauses, [entered]).map(way => left(way, body, join))
  })
}

/** A way through a branch, as it is known outside: by what is joined. */
function left(way: Body, body: Body, join: readonly Variable[]): Body {
  const env = new Map(body.env)
  for (const variable of join) {
    const expression = way.env.get(variable)
    if (expression === undefined) throw new Unsaid("a branch that leaves a variable open")
    env.set(variable, expression)
  }
  return { ...way, env }
}

const callers: Callers = { satisfied, known, unified, equal }

function rule(place: Place, clause: Of<"rule">, body: Body): readonly Body[] {
  const { rules } = place
  const called = rules[clause.rule]!
  if (callsItself(rules, clause.rule)) return [recursion(place, clause, body, callers)]
  const given = clause.terms.map((term, i) => known(place, term, body, called.parameters[i] === "entity"))
  const env = new Map(given.flatMap((expression, i) => (expression === null ? [] : [[i, expression] as const])))
  const inner = { ...place, inner: true }
  if (clause.terms.every((term, i) => term === "anything" || given[i] !== null)) {
    const start: Body = { from: [], where: [], env, follows: null }
    const ways = called.branches.flatMap(({ clauses }) => satisfied(inner, clauses, [start]))
    return [extended(body, { where: [existing(ways)] })]
  }
  return called.branches.flatMap(({ clauses }) =>
    satisfied(inner, clauses, [{ ...body, env, follows: null }]).map(way => {
      let outside: Body = { ...way, env: body.env }
      clause.terms.forEach((term, i) => {
        const found = way.env.get(i)
        if (given[i] === null && term !== "anything") {
          if (found === undefined) throw new Unsaid("a rule that leaves a parameter open")
          outside = unified(place, outside, term, found)
        }
      })
      return outside
    }),
  )
}

/** Whether a rule comes back to itself, by whichever detour. */
function callsItself(rules: readonly Rule[], rule: number): boolean {
  const seen = new Set<number>()
  const follow = (one: number): boolean =>
    callsOf(rules[one]!).some(next => {
      if (next === rule) return true
      if (seen.has(next)) return false
      seen.add(next)
      return follow(next)
    })
  return follow(rule)
}

function callsOf({ branches }: Rule): number[] {
  const inClauses = (clauses: readonly Clause[]): number[] =>
    clauses.flatMap(clause => {
      if (clause.kind === "rule") return [clause.rule]
      if (clause.kind === "not") return inClauses(clause.clauses)
      return clause.kind === "or" ? clause.branches.flatMap(inClauses) : []
    })
  return branches.flatMap(({ clauses }) => inClauses(clauses))
}
