import { unreachable } from "../../../kernel/refusal.ts"
import type { Steps } from "../../../kernel/steps.ts"
import type { Clause } from "../../../ports/datalog.ts"
import { variablesOf } from "../order.ts"
import { anyFactRelation } from "./any-fact.ts"
import { comparisonOf } from "./compare.ts"
import { computed } from "./compute.ts"
import { columnsOf, factRelation } from "./facts.ts"
import { getElse, getSome, withoutFacts } from "./gets.ts"
import { reader } from "./places.ts"
import { distinct, joined, project, without, type Relation, type Row } from "./relation.ts"
import type { Walking } from "./walking.ts"

/**
 * Walks over clauses in their order: what a relation comes to when all of them hold. Only the variables in `wanted`, and
 * those that later clauses need, are carried on.
 */
export function* walkClauses(
  clauses: readonly Clause[],
  from: Relation,
  wanted: readonly number[],
  walking: Walking,
): Steps<Relation> {
  let relation = from
  for (const [i, clause] of clauses.entries()) {
    if (relation.rows.length === 0) break
    yield* walking.source.pace.look()
    const found = yield* step(clause, relation, walking)
    const needed = new Set([...wanted, ...clauses.slice(i + 1).flatMap(variablesOf)])
    relation = project(
      found,
      found.variables.filter(variable => needed.has(variable)),
    )
  }
  if (relation.rows.length === 0) return { variables: wanted, rows: [] }
  return project(relation, wanted)
}

function* step(clause: Clause, relation: Relation, walking: Walking): Steps<Relation> {
  const { source } = walking
  switch (clause.kind) {
    case "fact":
      return yield* joined(relation, yield* factRelation(clause.attribute, clause, relation, walking), source.pace)
    case "anyFact":
      return yield* joined(relation, yield* anyFactRelation(clause, relation, walking), source.pace)
    case "missing":
      return yield* withoutFacts(clause, relation, walking)
    case "getElse":
      return yield* joined(relation, yield* getElse(clause, relation, walking), source.pace)
    case "getSome":
      return yield* joined(relation, yield* getSome(clause, relation, walking), source.pace)
    case "compare":
      return compare(clause, relation)
    case "compute":
      return yield* joined(relation, compute(clause, relation), source.pace)
    case "not":
      return yield* not(clause, relation, walking)
    case "or":
      return yield* joined(relation, yield* or(clause, relation, walking), source.pace)
    case "rule":
      return yield* joined(relation, yield* walking.call(clause, relation), source.pace)
    default:
      return unreachable(clause)
  }
}

function compare(clause: Clause & { kind: "compare" }, relation: Relation): Relation {
  const read = reader(clause.terms, relation)
  const holds = comparisonOf(clause.operator, clause.decimal === true)
  return { variables: relation.variables, rows: relation.rows.filter(row => holds(read(row))) }
}

// What is made of what is bound, with what it was made of: that is joined on.
function compute(clause: Clause & { kind: "compute" }, relation: Relation): Relation {
  const read = reader(clause.terms, relation)
  const used = clause.terms.flatMap((term, i) => (typeof term === "object" && "variable" in term ? [i] : []))
  const rows: Row[] = []
  for (const row of relation.rows) {
    const values = read(row)
    const made = computed(clause.operator, values, clause.decimal === true)
    if (made === undefined) continue
    rows.push([...used.map(i => values[i]!), made])
  }
  const made = columnsOf(rows, [...used.map(i => clause.terms[i]!), clause.into])
  return { variables: made.variables, rows: distinct(made.rows, made.variables.length) }
}

function* not(clause: Clause & { kind: "not" }, relation: Relation, walking: Walking): Steps<Relation> {
  const seeds = project(relation, clause.join)
  const found = yield* walkClauses(clause.clauses, seeds, seeds.variables, walking)
  return without(relation, found)
}

function* or(clause: Clause & { kind: "or" }, relation: Relation, walking: Walking): Steps<Relation> {
  const seeds = project(relation, clause.join)
  const rows: Row[] = []
  for (const branch of clause.branches) {
    const found = yield* walkClauses(branch, seeds, clause.join, walking)
    for (const row of found.rows) rows.push(row)
  }
  return { variables: clause.join, rows: distinct(rows, clause.join.length) }
}
