import type { Steps } from "../../../kernel/steps.ts"
import type { Clause, Rule, VariableKind } from "../../../ports/datalog.ts"
import { ordered, type Orders } from "../order.ts"
import { walkClauses } from "./clauses.ts"
import { columnsOf } from "./facts.ts"
import { placeOf } from "./places.ts"
import { distinct, type Relation } from "./relation.ts"
import { Table } from "./table.ts"
import type { Site } from "./tabling.ts"
import type { Walking } from "./walking.ts"

type Call = Clause & { readonly kind: "rule" }
type Walker = Omit<Walking, "kind" | "call">

/**
 * Answers calls of rules. For each rule, and each choice of parameters that are bound when it is called, there is a table:
 * what it was asked, and what holds of it. What is new in one table goes to those who asked, and makes something new
 * there, until nothing is new: so recursion ends, whatever way it takes, and nothing is found twice.
 */
export class Rules {
  readonly #rules: readonly Rule[]
  readonly #orders: Orders
  readonly #walker: Walker
  readonly #tables = new Map<string, Table>()
  readonly #waiting = new Set<Site>()
  // What is denied within a rule is settled apart, before the rule goes on. No rule denies itself, so this ends.
  #apart: Rules | null = null

  constructor(rules: readonly Rule[], orders: Orders, walker: Walker) {
    this.#rules = rules
    this.#orders = orders
    this.#walker = walker
  }

  /** What a rule gives for the rows of a relation. */
  *call(clause: Call, relation: Relation): Steps<Relation> {
    const places = clause.terms.map(term => placeOf(term, relation))
    const known = places.flatMap((at, i) => (at.kind === "known" || at.kind === "column" ? [{ at, i }] : []))
    const bound = known.map(({ i }) => i)
    const table = this.#table(clause.rule, bound)
    const asked = relation.rows.map(row => known.map(({ at }) => (at.kind === "known" ? at.value : row[at.column]!)))
    const inputs = distinct(asked, bound.length)
    for (const input of inputs) table.ask(input)
    yield* this.#settle()
    const found = columnsOf(
      inputs.flatMap(input => table.answersTo(input)),
      clause.terms,
    )
    return { variables: found.variables, rows: distinct(found.rows, found.variables.length) }
  }

  *#settle(): Steps<void> {
    for (const site of this.#waiting) {
      this.#waiting.delete(site)
      yield* this.#walker.source.pace.look()
      yield* site.run()
    }
  }

  #table(number: number, bound: readonly number[]): Table {
    const name = `${number}:${bound.join()}`
    const known = this.#tables.get(name)
    if (known !== undefined) return known
    const rule = this.#rules[number]!
    const table = new Table({
      rule: number,
      bound,
      width: rule.parameters.length,
      branches: rule.branches.map(({ kinds, clauses }) => {
        return { kinds, clauses: ordered(clauses, new Set(bound), this.#orders).clauses }
      }),
      tableFor: (callee, places) => this.#table(callee, places),
      wake: site => void this.#waiting.add(site),
      walk: (clauses, from, wanted, kinds) => this.#walk(clauses, from, wanted, kinds),
      spend: rows => this.#walker.source.pace.spend(rows),
    })
    this.#tables.set(name, table)
    table.open()
    return table
  }

  #walk(
    clauses: readonly Clause[],
    from: Relation,
    wanted: readonly number[],
    kinds: readonly VariableKind[],
  ): Steps<Relation> {
    return walkClauses(clauses, from, wanted, {
      ...this.#walker,
      kind: variable => kinds[variable] ?? "value",
      call: (clause, relation) => {
        this.#apart ??= new Rules(this.#rules, this.#orders, this.#walker)
        return this.#apart.call(clause, relation)
      },
    })
  }
}
