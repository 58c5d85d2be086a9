import { type Json } from "../../../kernel/json.ts"
import { limits } from "../../../kernel/limits.ts"
import { inside, malformed, written, type Place } from "../refuse.ts"
import type { Cell, Draft } from "./draft.ts"
import { readExpression } from "./expression.ts"
import type { Constants } from "./find.ts"
import { readPattern } from "./pattern.ts"
import type { Reading } from "./reading.ts"
import { isVariable, readTerm } from "./terms.ts"

/** The words that begin a clause and are no rules. */
export const reservedWords: readonly string[] = ["and", "not", "notJoin", "or", "orJoin"]

/** Reads a list of clauses, the first of which is at `from`. What is denied is read when the scope is closed. */
export function readClauses(json: Json | undefined, place: Place, reading: Reading, from = 0): readonly Draft[] {
  if (!Array.isArray(json)) throw malformed(place, "Clauses are a list")
  return (json as readonly Json[]).flatMap((clause, i) => readClause(clause, inside(place, i + from, clause), reading))
}

function readClause(json: Json, place: Place, reading: Reading): readonly Draft[] {
  if (!Array.isArray(json) || json.length === 0) throw malformed(place, "A clause is a list that is not empty")
  if (reading.depth > limits.jsonDepthMax) throw malformed(place, "Clauses nest too deep")
  const clause = json as readonly Json[]
  const [head] = clause
  if (Array.isArray(head) && isCall(clause, head as readonly Json[])) return [readExpression(clause, place, reading)]
  if (typeof head !== "string") return [readPattern(clause, place, reading)]
  const deeper = { ...reading, depth: reading.depth + 1 }
  switch (head) {
    case "and":
      return members(clause, 1, place).flatMap(([member, at]) => readClause(member, at, deeper))
    case "not":
      return [readNot(members(clause, 1, place), null, place, deeper)]
    case "notJoin":
      return [readNot(members(clause, 2, place), joined(clause, place).names, place, deeper)]
    case "or":
      return [readOr(members(clause, 1, place), place, deeper)]
    case "orJoin":
      return [readOrJoin(members(clause, 2, place), joined(clause, place), place, deeper)]
  }
  const rule = reading.rules.get(head)
  if (rule === undefined) return [readPattern(clause, place, reading)]
  const { parameters, number } = rule
  if (clause.length - 1 !== parameters.length) {
    throw malformed(place, `The rule ${head} takes ${parameters.length} terms, not ${clause.length - 1}`)
  }
  const terms = clause.slice(1).map((term, i) => readTerm(term, reading.scope, inside(place, i + 1), true))
  for (const [i, term] of terms.entries()) if (term.kind === "variable") term.cell.sort.unify(parameters[i]!)
  return [{ kind: "rule", place, rule: number, terms, parameters }]
}

// An array in the first place is a call, unless it is a lookup: then an attribute follows.
function isCall(clause: readonly Json[], head: readonly Json[]): boolean {
  if (clause.length === 1) return true
  const isAttributeName = typeof head[0] === "string" && head[0].includes("/", 1)
  return clause.length === 2 && !(head.length === 2 && isAttributeName)
}

type Member = readonly [clause: Json, place: Place]

function members(clause: readonly Json[], from: number, place: Place): readonly Member[] {
  if (clause.length <= from) throw malformed(place, `There is nothing in ${written(clause[0])}`)
  return clause.slice(from).map((member, i) => [member, inside(place, from + i, member)] as const)
}

type Joined = { readonly names: readonly string[]; readonly required: readonly string[] }

// Datomic's form of it: the first element may be a list of those that must be bound already.
function joined(clause: readonly Json[], place: Place): Joined {
  const list = clause[1]
  const at = inside(place, 1)
  if (!Array.isArray(list) || list.length === 0)
    throw malformed(at, `${written(clause[0])} begins with a list of variables`)
  const [first] = list as readonly Json[]
  const required = Array.isArray(first) && clause[0] === "orJoin" ? (first as readonly Json[]) : []
  const names = [...required, ...(required.length > 0 ? list.slice(1) : list)] as readonly Json[]
  if (!names.every(isVariable)) throw malformed(at, "What is joined on is a list of variables")
  if (new Set(names).size < names.length) throw malformed(at, "Each variable is joined on once")
  return { names: names as readonly string[], required: required as readonly string[] }
}

function readNot(clauses: readonly Member[], join: readonly string[] | null, place: Place, reading: Reading): Draft {
  const node = { kind: "not" as const, place, join: [] as readonly Cell[], clauses: [] as readonly Draft[] }
  reading.scope.later(() => {
    const outside = join === null ? reading.scope.bindable.map(([name]) => name) : join
    const inner = reading.scope.inner(outside)
    const within = { ...reading, scope: inner, constants: among(reading.constants, outside) }
    node.clauses = clauses.flatMap(([clause, at]) => readClause(clause, at, within))
    inner.close()
    const used = new Set(node.clauses.flatMap(cellsOf))
    const shared = outside.map(name => inner.variable(name, false))
    if (join !== null) checkDeclared(shared, used, place)
    node.join = shared.filter(cell => used.has(cell))
    if (node.join.length === 0 && used.size > 0) {
      throw malformed(place, "None of its variables is bound outside of what is denied")
    }
  })
  return node
}

function readOr(branches: readonly Member[], place: Place, reading: Reading): Draft {
  const read = branches.map(([clause, at]) => readClause(clause, at, reading))
  const join: readonly Cell[] = [...new Set(read.flat().flatMap(cellsOf))]
  const node = { kind: "or" as const, place, join, required: [], branches: read }
  // What its branches deny is read by then: that uses variables, too, and may share more with the outside. What only
  // some branches use, the others take as it is: it must be bound without them.
  reading.scope.later(() => {
    node.join = [...new Set(read.flat().flatMap(cellsOf))]
  })
  return node
}

function readOrJoin(branches: readonly Member[], join: Joined, place: Place, reading: Reading): Draft {
  const cells = join.names.map(name => reading.scope.variable(name, !join.required.includes(name)))
  const read = branches.map(([clause, at]) => {
    const inner = reading.scope.inner(join.names)
    const within = { ...reading, scope: inner, constants: among(reading.constants, join.names) }
    const clauses = readClause(clause, at, within)
    inner.close()
    return clauses
  })
  checkDeclared(cells, new Set(read.flat().flatMap(cellsOf)), place)
  return {
    kind: "or",
    place,
    join: cells,
    required: cells.filter(cell => join.required.includes(cell.name)),
    branches: read,
  }
}

function checkDeclared(join: readonly Cell[], used: ReadonlySet<Cell>, place: Place): void {
  const lost = join.find(cell => !used.has(cell))
  if (lost !== undefined) throw malformed(place, `The variable ${lost.name} is joined on and not used`)
}

function among(constants: Constants, names: readonly string[]): Constants {
  return new Map([...constants].filter(([name]) => names.includes(name)))
}

/** The variables of a clause, those of what it denies only where they are shared. */
export function cellsOf(draft: Draft): readonly Cell[] {
  switch (draft.kind) {
    case "fact":
      return cellsIn([draft.entity, draft.value])
    case "anyFact":
      return cellsIn([draft.entity, draft.attribute, draft.value])
    case "missing":
      return cellsIn([draft.entity])
    case "getElse":
      return [...cellsIn([draft.entity]), draft.into]
    case "getSome":
      return cellsIn([draft.entity, ...draft.into])
    case "compare":
    case "rule":
      return cellsIn(draft.terms)
    case "compute":
      return cellsIn([...draft.terms, draft.into])
    case "rows":
      return draft.cells
    case "not":
    case "or":
      return draft.join
  }
}

function cellsIn(terms: readonly { readonly kind: string; readonly cell?: Cell }[]): readonly Cell[] {
  return terms.flatMap(term => (term.cell === undefined ? [] : [term.cell]))
}
