import type { Steps } from "../../../kernel/steps.ts"
import type { Clause, VariableKind } from "../../../ports/datalog.ts"
import type { DatalogAttribute } from "../attributes.ts"
import type { Relation } from "./relation.ts"
import type { Source } from "./source.ts"

/** What walking over clauses needs. */
export type Walking = {
  readonly source: Source
  /** What the variables stand for, of the query or of one branch of a rule. */
  readonly kind: (variable: number) => VariableKind
  /** All attributes there are. */
  readonly attributes: readonly DatalogAttribute[]
  /** What a rule gives for a relation: the rows of its terms' variables. */
  readonly call: (clause: Clause & { kind: "rule" }, relation: Relation) => Steps<Relation>
}
