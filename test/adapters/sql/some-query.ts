import type { Json } from "../../../src/kernel/json.ts"
import type { Clause, Column, DatalogQuery, Rule, Term, Variable, VariableKind } from "../../../src/ports/datalog.ts"
import type { EntityKey, FactAttribute } from "../../../src/ports/facts.ts"
import { attributes, fractions, numbers, texts, type Random } from "./small-world.ts"

const entities = [0, 1, 2]
const values = [3, 4, 5, 6]
const kinds: readonly VariableKind[] = [...entities.map(() => "entity" as const), ...values.map(() => "value" as const)]

const at = (variable: Variable): Term => ({ variable })
const fact = (attribute: FactAttribute, entity: Term, value: Term): Clause => ({
  kind: "fact",
  attribute,
  entity,
  value,
})

/** Rules of all shapes: up and down, from either end, with a detour, without, and in one that does not call itself. */
const rules: readonly Rule[] = [
  twoEnded("above", [{ kind: "rule", rule: 0, terms: [at(0), at(2)] }, fact(attributes.boss, at(2), at(1))]),
  twoEnded("under", [fact(attributes.boss, at(2), at(1)), { kind: "rule", rule: 1, terms: [at(0), at(2)] }]),
  twoEnded("up", [fact(attributes.boss, at(0), at(2)), { kind: "rule", rule: 2, terms: [at(2), at(1)] }]),
  {
    name: "near",
    parameters: ["entity", "value"],
    required: [],
    branches: [
      { kinds: ["entity", "value"], clauses: [fact(attributes.tag, at(0), at(1))] },
      {
        kinds: ["entity", "value", "entity"],
        clauses: [fact(attributes.boss, at(0), at(2)), fact(attributes.note, at(2), at(1))],
      },
    ],
  },
  {
    name: "senior",
    parameters: ["entity", "value"],
    required: [],
    branches: [
      { kinds: ["entity", "value"], clauses: [fact(attributes.name, at(0), at(1))] },
      {
        kinds: ["entity", "value", "entity"],
        clauses: [
          fact(attributes.boss, at(2), at(0)),
          fact(attributes.keen, at(2), { value: true }),
          { kind: "rule", rule: 4, terms: [at(2), at(1)] },
        ],
      },
    ],
  },
]

function twoEnded(name: string, further: readonly Clause[]): Rule {
  return {
    name,
    parameters: ["entity", "entity"],
    required: [],
    branches: [
      { kinds: ["entity", "entity"], clauses: [fact(attributes.boss, at(0), at(1))] },
      { kinds: ["entity", "entity", "entity"], clauses: further },
    ],
  }
}

/** Any query over the small world whose clauses find bound what they need. */
export function someQuery(random: Random, keys: readonly EntityKey[]): DatalogQuery {
  const maker = makerOf(random, keys)
  const bound = new Set<Variable>()
  const inputs = random(3) > 0 ? [] : [maker.input(bound)]
  const where = Array.from({ length: 1 + random(4) }, (_, i) => maker.clause(bound, i === 0, 0))
  const found = [...bound]
  const column = (): Column => {
    const variable = found[random(found.length)]!
    const aggregate = (["count", "countDistinct", "sum", "min", "max", "avg"] as const)[random(6)]!
    return random(4) > 0 || variable < 3 ? { variable } : { variable, aggregate }
  }
  const find = found.length === 0 ? [] : Array.from({ length: 1 + random(3) }, column)
  return { kinds, inputs, where, rules, find, with: random(4) > 0 ? [] : found.slice(0, 1) }
}

function makerOf(random: Random, keys: readonly EntityKey[]) {
  const pick = <Item>(list: readonly Item[]): Item => list[random(list.length)]!
  const all = Object.values(attributes) as readonly FactAttribute[]

  function valueOf({ type }: FactAttribute): Json {
    if (type === "ref") return pick(keys)
    if (type === "boolean") return random(2) === 0
    return pick<Json>(type === "integer" ? numbers : type === "number" ? fractions : [...texts, 1, true])
  }

  /** A variable, most often one that is bound; then it is bound. */
  function variable(bound: Set<Variable>, among: readonly Variable[]): Term {
    const before = among.filter(v => bound.has(v))
    const chosen = before.length > 0 && random(3) > 0 ? pick(before) : pick(among)
    bound.add(chosen)
    return at(chosen)
  }

  function aFact(bound: Set<Variable>): Clause {
    const attribute = pick(all)
    const entity = random(8) === 0 ? (random(2) === 0 ? "anything" : { value: pick(keys) }) : variable(bound, entities)
    const chance = random(6)
    const among = attribute.type === "ref" ? entities : values
    const value = chance === 0 ? "anything" : chance === 1 ? { value: valueOf(attribute) } : variable(bound, among)
    return fact(attribute, entity, value)
  }

  function input(bound: Set<Variable>) {
    const isEntity = random(2) === 0
    const chosen = isEntity ? 0 : 3
    const list: readonly Json[] = isEntity ? keys : pick<readonly Json[]>([numbers, texts, [true, false]])
    bound.add(chosen)
    return { variables: [chosen], rows: Array.from({ length: random(4) }, () => [pick(list)]) }
  }

  function clause(bound: Set<Variable>, isFirst: boolean, depth: number): Clause {
    const chance = isFirst ? random(4) : random(14)
    const ready = values.filter(v => bound.has(v))
    const holders = entities.filter(v => bound.has(v))
    if (chance === 3) return aRule(bound)
    if (chance === 4 && ready.length > 0) return compare(ready)
    if (chance === 5 && holders.length > 0) return { kind: "missing", attribute: pick(all), entity: at(pick(holders)) }
    if (chance === 6 && holders.length > 0) return getElse(bound, holders)
    if (chance === 7 && bound.size > 0 && depth < 2) return not(bound, depth)
    if (chance === 8 && depth < 2) return or(bound, depth)
    if (chance === 9) return compute(bound)
    return aFact(bound)
  }

  function aRule(bound: Set<Variable>): Clause {
    const rule = random(rules.length)
    const terms = rules[rule]!.parameters.map((kind): Term => {
      if (random(4) === 0) return { value: kind === "entity" ? pick(keys) : pick(texts) }
      return random(8) === 0 ? "anything" : variable(bound, kind === "entity" ? entities : values)
    })
    return { kind: "rule", rule, terms }
  }

  function compare(ready: readonly Variable[]): Clause {
    const operator = pick(["=", "!=", "<", "<=", ">", ">=", "includes", "startsWith"] as const)
    const other: Term = random(2) === 0 ? at(pick(ready)) : { value: pick<Json>([...texts, ...fractions]) }
    return { kind: "compare", operator, terms: [at(pick(ready)), other] }
  }

  function getElse(bound: Set<Variable>, holders: readonly Variable[]): Clause {
    const attribute = pick(all.filter(({ many, type }) => !many && type !== "ref"))
    const into = pick(values)
    bound.add(into)
    return { kind: "getElse", attribute, entity: at(pick(holders)), otherwise: valueOf(attribute), into }
  }

  function compute(bound: Set<Variable>): Clause {
    const into = variable(bound, values)
    return { kind: "compute", operator: "ground", terms: [{ value: pick<Json>([...numbers, ...texts]) }], into }
  }

  function not(bound: Set<Variable>, depth: number): Clause {
    const join = [...bound].filter(() => random(2) === 0)
    const within = new Set(join)
    const clauses = Array.from({ length: 1 + random(2) }, () => clause(within, false, depth + 1))
    return { kind: "not", join, clauses }
  }

  function or(bound: Set<Variable>, depth: number): Clause {
    const join = [...new Set([pick(entities), pick([...entities, ...values])])]
    const branches = [0, 1].map(() => {
      const within = new Set(join.filter(v => bound.has(v)))
      const clauses = Array.from({ length: 1 + random(2) }, () => clause(within, false, depth + 1))
      const open = join.filter(v => !within.has(v))
      return [
        ...clauses,
        ...open.map(v =>
          fact(v < 3 ? attributes.boss : attributes.tag, at(v < 3 ? v : pick(entities)), v < 3 ? "anything" : at(v)),
        ),
      ]
    })
    for (const v of join) bound.add(v)
    return { kind: "or", join, branches }
  }

  return { clause, input }
}
