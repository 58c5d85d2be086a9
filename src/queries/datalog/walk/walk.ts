import type { Steps } from "../../../kernel/steps.ts"
import type { Clause, Input, Rule, VariableKind } from "../../../ports/datalog.ts"
import type { DatalogAttribute } from "../attributes.ts"
import type { Orders } from "../order.ts"
import { walkClauses } from "./clauses.ts"
import { columnsOf } from "./facts.ts"
import { distinct, joined, unit, type Relation } from "./relation.ts"
import { Rules } from "./rules.ts"
import type { Source } from "./source.ts"
import type { Walking } from "./walking.ts"

/** A query in which nothing is left to look up, as far as walking over facts needs it. */
export type Walked = {
  readonly kinds: readonly VariableKind[]
  readonly inputs: readonly Input[]
  readonly where: readonly Clause[]
  readonly rules: readonly Rule[]
  readonly orders: Orders
}

/** All that some variables can be for a query to hold, found by walking over facts. */
export function* walk(
  query: Walked,
  wanted: readonly number[],
  source: Source,
  attributes: readonly DatalogAttribute[],
): Steps<Relation> {
  const walker = { source, attributes }
  const rules = new Rules(query.rules, query.orders, walker)
  const walking: Walking = {
    ...walker,
    kind: variable => query.kinds[variable] ?? "value",
    call: (clause, relation) => rules.call(clause, relation),
  }
  let relation = unit
  for (const { variables, rows } of query.inputs) {
    const given = columnsOf(
      rows,
      variables.map(variable => ({ variable })),
    )
    const each = { variables: given.variables, rows: distinct(given.rows, given.variables.length) }
    relation = yield* joined(relation, each, source.pace)
  }
  return yield* walkClauses(query.where, relation, [...new Set(wanted)], walking)
}
