import type { Json } from "../../../kernel/json.ts"
import type { Steps } from "../../../kernel/steps.ts"
import type { Clause, VariableKind } from "../../../ports/datalog.ts"
import type { Key, Relation, Row } from "./relation.ts"

/** What a table is made of, and whom it asks. */
export type TableParts = {
  readonly rule: number
  /** The parameters that are bound when it is asked. */
  readonly bound: readonly number[]
  /** How many parameters there are. */
  readonly width: number
  readonly branches: readonly { readonly kinds: readonly VariableKind[]; readonly clauses: readonly Clause[] }[]
  readonly tableFor: (rule: number, bound: readonly number[]) => Asked
  /** Has somebody go on with what has come to a place. */
  readonly wake: (site: Site) => void
  readonly walk: (
    clauses: readonly Clause[],
    from: Relation,
    wanted: readonly number[],
    kinds: readonly VariableKind[],
  ) => Steps<Relation>
  readonly spend: (rows: number) => void
}

/** A place in a branch at which rows wait to be gone on with. */
export type Site = { readonly run: () => Steps<void> }

/** Who wants to hear what is answered to what was asked. */
export type Asker = (question: Key, answer: Row) => void

/** A table as the branches see it that ask it and answer for it. */
export interface Asked {
  readonly parts: TableParts
  /** Whether what was asked in the first place is kept beside what is asked now. */
  readonly originated: boolean
  /** Asks what holds where the bound parameters are these. */
  ask(input: Row): void
  /** Begins with what is asked now and, where it is kept, what was asked in the first place. */
  begin(state: Row): void
  /** Takes note that the rule holds of a row. */
  answer(row: Row): void
  /** Tells an asker of all answers from now on. */
  tell(asker: Asker): void
  /** What holds so far where the bound parameters are these. */
  answersTo(input: Row): readonly Row[]
  questionOf(input: readonly Json[]): Key
}
