import type { Clause, Term } from "../../ports/datalog.ts"
import type { Place } from "./statement.ts"
import { classOfValue, mayEqual, never, Unsaid, type Body, type Expression } from "./terms.ts"

/** The conditions that a comparison comes to. */
export function comparison(place: Place, clause: Extract<Clause, { kind: "compare" }>, body: Body): readonly string[] {
  const { operator, terms } = clause
  const sides = terms.map(term => side(place, term, body, terms))
  if (sides.length < 2) throw new Unsaid("a comparison of one")
  if (operator === "!=" && sides.length > 2) throw new Unsaid("a difference of many")
  return sides.slice(1).map((right, i) => between(place, operator, sides[i]!, right))
}

function side({ statement }: Place, term: Term, body: Body, terms: readonly Term[]): Expression {
  if (term === "anything") throw new Unsaid("anything is compared")
  if ("variable" in term) {
    const bound = body.env.get(term.variable)
    if (bound === undefined) throw new Unsaid("what is not bound is compared")
    return bound
  }
  // Beside an entity, a number is a key.
  const isKey = terms.some(
    other => other !== "anything" && "variable" in other && body.env.get(other.variable)?.class === "entity",
  )
  const of = isKey && typeof term.value === "number" ? "entity" : classOfValue(term.value)
  const sql = statement.dialect.typed(statement.parameter({ kind: "value", value: term.value, class: of }), of)
  return { sql, class: of }
}

type Operator = Extract<Clause, { kind: "compare" }>["operator"]

function between({ statement }: Place, operator: Operator, a: Expression, b: Expression): string {
  const { dialect } = statement
  if (a.class === "decimal" || b.class === "decimal") throw new Unsaid("decimals are compared")
  const alike = mayEqual(a.class, b.class)
  const said = (condition: string | null): string => {
    if (condition === null) throw new Unsaid(operator)
    return condition
  }
  switch (operator) {
    case "=":
      return alike ? dialect.equal(a, b) : never
    case "!=":
      return alike ? `NOT ${dialect.equal(a, b)}` : "1 = 1"
    case "<":
    case "<=":
    case ">":
    case ">=":
      if (a.class === "entity" || a.class === "boolean" || b.class === "entity" || b.class === "boolean") {
        throw new Unsaid("what has no order is put in order")
      }
      return alike ? said(dialect.order(operator, a, b)) : never
    case "startsWith":
    case "includes":
      if (a.class !== "text" || b.class !== "text") throw new Unsaid("what is no text is searched")
      return said(dialect.contains(a, b, operator))
    case "endsWith":
    case "matches":
      throw new Unsaid(operator)
    default:
      return operator satisfies never
  }
}

/** What a computation comes to. */
export function computed(place: Place, clause: Extract<Clause, { kind: "compute" }>, body: Body): Expression {
  const { operator, terms } = clause
  const sides = terms.map(term => side(place, term, body, []))
  switch (operator) {
    case "ground":
    case "identity":
      if (sides.length !== 1) throw new Unsaid(operator)
      return sides[0]!
    case "+":
    case "-":
    case "*":
      if (sides.length < 2) throw new Unsaid(operator)
      return sides.slice(1).reduce((sum, next) => {
        const made = isNumber(sum) && isNumber(next) ? place.statement.dialect.compute(operator, sum, next) : null
        if (made === null) throw new Unsaid(operator)
        return made
      }, sides[0]!)
    case "/":
    case "mod":
    case "str":
      throw new Unsaid(operator)
    default:
      return operator satisfies never
  }
}

function isNumber({ class: of }: Expression): boolean {
  return of === "integer" || of === "number"
}
