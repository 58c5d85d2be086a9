import type { Clause, Rule } from "../../../ports/datalog.ts"
import type { FactAttribute } from "../../../ports/facts.ts"
import { neededBy, ordered, variablesOf, type Bound, type Orders } from "../order.ts"
import { malformed, type Place } from "../refuse.ts"

type Or = Clause & { readonly kind: "or" }

/** The names of variables, and where clauses were written: for the sentences of refusals. */
export type Spelling = {
  readonly names: readonly string[]
  readonly places: { get(clause: Clause): Place | undefined }
}

/** A rule before its clauses are in order. */
export type UnorderedRule = {
  readonly name: string
  readonly required: readonly number[]
  readonly parameters: Rule["parameters"]
  readonly branches: readonly {
    readonly kinds: Rule["branches"][number]["kinds"]
    readonly clauses: readonly Clause[]
    readonly spelling: Spelling
    readonly place: Place
  }[]
}

/** Finds out what must be bound where, puts clauses in order, and refuses what can never be. */
export class Bindings {
  readonly #required: number[][]
  readonly #declared: ReadonlyMap<readonly number[], readonly number[]>
  #wanted = new WeakMap<Or, readonly number[]>()
  readonly orders: Orders

  constructor(
    rules: readonly UnorderedRule[],
    declared: ReadonlyMap<readonly number[], readonly number[]>,
    isUnique: (attribute: FactAttribute) => boolean,
  ) {
    this.#required = rules.map(rule => [...rule.required])
    this.#declared = declared
    this.orders = {
      required: rule => this.#required[rule] ?? [],
      isUnique,
      wanted: or => this.#wantedOf(or),
    }
    this.#settle(rules)
  }

  /** The clauses in order. `wants`: what must be bound when they are through. */
  order(clauses: readonly Clause[], bound: Bound, spelling: Spelling): { clauses: readonly Clause[]; bound: Bound } {
    const result = ordered(clauses, bound, this.orders)
    this.#judge(clauses, bound, spelling)
    return result
  }

  /** The rules, each branch in order. */
  rules(rules: readonly UnorderedRule[]): readonly Rule[] {
    return rules.map(({ name, parameters, branches }, i) => {
      const required = this.#required[i]!
      return {
        name,
        parameters,
        required,
        branches: branches.map(({ kinds, clauses, spelling, place }) => {
          const { clauses: sorted, bound } = this.order(clauses, new Set(required), spelling)
          const lost = parameters.findIndex((_, at) => !bound.has(at))
          if (lost >= 0) throw malformed(place, `Insufficient bindings: ${spelling.names[lost]} gets no value`)
          return { kinds, clauses: sorted }
        }),
      }
    })
  }

  // What a rule wants bound may follow from what the rules that it calls want: more and more, until nothing changes.
  #settle(rules: readonly UnorderedRule[]): void {
    for (let grew = true; grew;) {
      grew = false
      this.#wanted = new WeakMap()
      for (const [i, rule] of rules.entries()) {
        const required = new Set(this.#required[i])
        const parameters = rule.parameters.map((_, at) => at)
        for (const { clauses } of rule.branches)
          for (const one of this.#wants([clauses], parameters, required)) required.add(one)
        if (required.size === this.#required[i]!.length) continue
        this.#required[i] = [...required].toSorted((a, b) => a - b)
        grew = true
      }
    }
  }

  #wantedOf(or: Or): readonly number[] {
    const known = this.#wanted.get(or)
    if (known !== undefined) return known
    const wants = [
      ...new Set([...(this.#declared.get(or.join) ?? []), ...this.#wants(or.branches, or.join, new Set())]),
    ]
    this.#wanted.set(or, wants)
    return wants
  }

  // Which of some variables the branches do not bind by themselves.
  #wants(branches: readonly (readonly Clause[])[], of: readonly number[], given: Bound): readonly number[] {
    return branches.flatMap(clauses => this.#wantsOf(clauses, of, new Set(given)))
  }

  // What is bound for one clause may bind what others lack: never more is wanted than that.
  #wantsOf(clauses: readonly Clause[], of: readonly number[], wants: Set<number>): readonly number[] {
    const { bound, stuck } = ordered(clauses, wants, this.orders)
    const next = stuck
      .map(clause => neededBy(clause, this.orders).filter(variable => of.includes(variable) && !bound.has(variable)))
      .find(variables => variables.length > 0)
    if (next === undefined) return [...wants, ...of.filter(variable => !bound.has(variable))]
    return this.#wantsOf(clauses, of, new Set([...wants, ...next]))
  }

  // Clauses that no order makes possible, at any depth.
  #judge(clauses: readonly Clause[], bound: Bound, spelling: Spelling): void {
    const { bound: reached, stuck } = ordered(clauses, bound, this.orders)
    const [first] = stuck
    if (first !== undefined) throw this.#insufficient(first, reached, spelling)
    for (const clause of clauses) {
      if (clause.kind === "not") this.#judge(clause.clauses, new Set(clause.join), spelling)
      if (clause.kind === "or")
        for (const branch of clause.branches) this.#judge(branch, new Set(clause.join), spelling)
    }
  }

  #insufficient(clause: Clause, bound: Bound, { names, places }: Spelling): Error {
    const lacking = neededBy(clause, this.orders).filter(variable => !bound.has(variable))
    const named = [...new Set(lacking.length > 0 ? lacking : variablesOf(clause))].map(variable => names[variable])
    const place = places.get(clause) ?? { path: "/where", clause: undefined }
    const where = clause.kind === "or" ? " outside, and not all branches do" : ""
    return malformed(place, `Insufficient bindings: nothing binds ${named.join(", ")}${where}`)
  }
}
