import { unreachable } from "../../kernel/refusal.ts"
import type { Clause, Term } from "../../ports/datalog.ts"
import type { FactAttribute } from "../../ports/facts.ts"

/** Which variables are bound at a place. */
export type Bound = ReadonlySet<number>

/** What ordering must know beyond the clauses: which parameters a rule wants bound, and which attributes are unique. */
export type Orders = {
  readonly required: (rule: number) => readonly number[]
  readonly isUnique: (attribute: FactAttribute) => boolean
  /** What the branches of an `or` want bound of what it joins. */
  readonly wanted: (or: Clause & { kind: "or" }) => readonly number[]
}

/** Clauses in an order in which each finds bound what it needs; or those for which there is none. */
export type Ordered = {
  readonly clauses: readonly Clause[]
  readonly bound: Bound
  readonly stuck: readonly Clause[]
}

/** The variables of a list of terms. */
export function variablesIn(terms: readonly Term[]): readonly number[] {
  return terms.flatMap(term => (typeof term === "object" && "variable" in term ? [term.variable] : []))
}

/** The variables that a clause shares with what is around it. */
export function variablesOf(clause: Clause): readonly number[] {
  switch (clause.kind) {
    case "fact":
      return variablesIn([clause.entity, clause.value])
    case "anyFact":
      return variablesIn([clause.entity, clause.attribute, clause.value])
    case "missing":
      return variablesIn([clause.entity])
    case "getElse":
      return [...variablesIn([clause.entity]), clause.into]
    case "getSome":
      return variablesIn([clause.entity, ...clause.into])
    case "compare":
    case "rule":
      return variablesIn(clause.terms)
    case "compute":
      return variablesIn([...clause.terms, clause.into])
    case "not":
    case "or":
      return clause.join
    default:
      return unreachable(clause)
  }
}

/** The variables that must be bound before a clause can be asked. */
export function neededBy(clause: Clause, orders: Orders): readonly number[] {
  switch (clause.kind) {
    case "fact":
    case "anyFact":
      return []
    case "missing":
    case "getElse":
    case "getSome":
      return variablesIn([clause.entity])
    case "compare":
    case "compute":
      return variablesIn(clause.terms)
    case "not":
      return clause.join
    case "or":
      return orders.wanted(clause)
    case "rule": {
      const required = orders.required(clause.rule)
      return variablesIn(clause.terms.filter((_, i) => required.includes(i)))
    }
    default:
      return unreachable(clause)
  }
}

/** Puts clauses in order: what only sifts comes as soon as it can, then what finds the least, as far as can be told. */
export function ordered(clauses: readonly Clause[], bound: Bound, orders: Orders): Ordered {
  const now = new Set(bound)
  const left = [...clauses]
  const done: Clause[] = []
  while (left.length > 0) {
    const next = cheapest(left, now, orders)
    if (next === null) break
    left.splice(left.indexOf(next), 1)
    done.push(within(next, now, orders))
    for (const variable of variablesOf(next)) now.add(variable)
  }
  return { clauses: done, bound: now, stuck: left }
}

function cheapest(clauses: readonly Clause[], bound: Bound, orders: Orders): Clause | null {
  let best: Clause | null = null
  let least = Number.POSITIVE_INFINITY
  for (const clause of clauses) {
    if (!neededBy(clause, orders).every(variable => bound.has(variable))) continue
    const cost = costOf(clause, bound, orders)
    if (cost < least) [best, least] = [clause, cost]
  }
  return best
}

/** The same clause with what is within it in order. What is stuck in there is kept, for whoever judges to find. */
function within(clause: Clause, bound: Bound, orders: Orders): Clause {
  if (clause.kind !== "not" && clause.kind !== "or") return clause
  const inside = new Set(clause.join.filter(variable => bound.has(variable)))
  const sort = (clauses: readonly Clause[]) => {
    const { clauses: sorted, stuck } = ordered(clauses, inside, orders)
    return [...sorted, ...stuck]
  }
  if (clause.kind === "not") return { ...clause, clauses: sort(clause.clauses) }
  return { ...clause, branches: clause.branches.map(sort) }
}

// How much a clause may be expected to find, from nothing (it only sifts) to everything (a walk over all there is).
function costOf(clause: Clause, bound: Bound, orders: Orders): number {
  switch (clause.kind) {
    case "compare":
      return -2
    case "compute":
      return -1
    case "missing":
      return 0.3
    case "getElse":
    case "getSome":
      return 0.4
    case "not":
      return 0.6
    case "fact":
      return costOfFact(clause, bound, orders)
    case "anyFact":
      return isBound(clause.entity, bound) ? 3 : isBound(clause.value, bound) ? 9 : 20
    case "or": {
      const free = clause.join.filter(variable => !bound.has(variable)).length
      return free === 0 ? 1.5 : free < clause.join.length ? 4 : orBranches(clause, orders)
    }
    case "rule": {
      const free = clause.terms.filter(term => !isBound(term, bound)).length
      return free === 0 ? 1.6 : free < clause.terms.length ? 5 : 12
    }
    default:
      return unreachable(clause)
  }
}

// Where nothing is bound, an or finds what its branches find.
function orBranches(clause: Clause & { kind: "or" }, orders: Orders): number {
  const none: Bound = new Set()
  const firsts = clause.branches.map(branch => {
    const costs = branch.map(inner => (neededBy(inner, orders).length > 0 ? 20 : costOf(inner, none, orders)))
    return Math.min(20, ...costs)
  })
  return Math.max(1, ...firsts) + 1
}

function costOfFact(clause: Clause & { kind: "fact" }, bound: Bound, orders: Orders): number {
  const { attribute, entity, value } = clause
  const [one, other] = [isBound(entity, bound), isBound(value, bound)]
  if (one) return other ? 0.2 : attribute.many ? 1.2 : isConstant(entity) ? 0.7 : 1
  if (!other) return attribute.lookup ? 10 : 11
  if (orders.isUnique(attribute)) return 0.5
  if (!attribute.lookup) return 8
  return isConstant(value) ? 2 : 2.5
}

function isConstant(term: Term): boolean {
  return typeof term === "object" && "value" in term
}

function isBound(term: Term, bound: Bound): boolean {
  if (typeof term !== "object") return false
  return "value" in term || bound.has(term.variable)
}
