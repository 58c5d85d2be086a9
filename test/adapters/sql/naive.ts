import type { Json } from "../../../src/kernel/json.ts"
import { sameJson } from "../../../src/kernel/json.ts"
import type { Clause, DatalogQuery, Rule, Scope, Term, Variable } from "../../../src/ports/datalog.ts"
import type { EntityKey, Fact, FactAttribute, FactStore, Moment } from "../../../src/ports/facts.ts"

type Env = ReadonlyMap<Variable, Json>
type World = { readonly facts: ReadonlyMap<string, readonly Fact[]>; readonly relations: Json[][][] }

/** What a query comes to, found in the most obvious way: all facts are looked at for each clause. Slow. */
export async function naive(
  query: DatalogQuery,
  store: FactStore,
  moment: Moment,
  scope: Scope | null,
): Promise<Json[][]> {
  const facts = new Map<string, readonly Fact[]>()
  for (const attribute of attributesOf(query))
    facts.set(attribute.fullName, await seen(attribute, store, moment, scope))
  const world: World = { facts, relations: query.rules.map(() => []) }
  while (query.rules.map((rule, i) => grown(world, rule, i)).includes(true));
  const begun = query.inputs.reduce<Env[]>(
    (envs, { variables, rows }) =>
      envs.flatMap(env =>
        rows.flatMap(row =>
          unify(
            env,
            variables.map(variable => ({ variable })),
            row,
          ),
        ),
      ),
    [new Map()],
  )
  const envs = satisfied(world, query.where, begun)
  return shaped(query, envs)
}

async function seen(attribute: FactAttribute, store: FactStore, moment: Moment, scope: Scope | null) {
  const facts = await store.facts(attribute, {}, moment, 1_000_000)
  if (scope === null) return facts
  const { fullName, type } = attribute
  return facts.filter(
    ([entity, value]) =>
      scope.sees(entity) &&
      (!scope.guarded.has(fullName) || scope.sees(entity, fullName)) &&
      (type !== "ref" || scope.sees(value as EntityKey)),
  )
}

function grown(world: World, { branches, parameters }: Rule, i: number): boolean {
  const rows = branches.flatMap(({ clauses }) =>
    satisfied(world, clauses, [new Map()]).map(env => parameters.map((_, p) => env.get(p)!)),
  )
  const all = distinct(rows)
  const before = world.relations[i]!.length
  world.relations[i] = all
  return all.length > before
}

function satisfied(world: World, clauses: readonly Clause[], envs: readonly Env[]): Env[] {
  return clauses.reduce<Env[]>((found, clause) => found.flatMap(env => one(world, clause, env)), [...envs])
}

function one(world: World, clause: Clause, env: Env): Env[] {
  const holds = (condition: boolean) => (condition ? [env] : [])
  switch (clause.kind) {
    case "fact":
      return factsOf(world, clause.attribute).flatMap(fact => unify(env, [clause.entity, clause.value], fact))
    case "missing":
      return holds(!factsOf(world, clause.attribute).some(([e]) => e === meant(clause.entity, env)))
    case "getElse": {
      const fact = factsOf(world, clause.attribute).find(([e]) => e === meant(clause.entity, env))
      return unify(env, [{ variable: clause.into }], [fact === undefined ? clause.otherwise : fact[1]])
    }
    case "compare":
      return holds(
        clause.terms
          .slice(1)
          .every((term, i) => compares(clause.operator, meant(clause.terms[i]!, env), meant(term, env))),
      )
    case "compute":
      return unify(
        env,
        [clause.into],
        [
          computes(
            clause.operator,
            clause.terms.map(term => meant(term, env)),
          ),
        ],
      )
    case "not":
      return holds(satisfied(world, clause.clauses, [within(env, clause.join)]).length === 0)
    case "or":
      return clause.branches.flatMap(clauses =>
        satisfied(world, clauses, [within(env, clause.join)]).map(
          way => new Map([...env, ...clause.join.map(v => [v, way.get(v)!] as const)]),
        ),
      )
    case "rule":
      return world.relations[clause.rule]!.flatMap(row => unify(env, clause.terms, row))
    default:
      throw new Error(`${clause.kind} is not tried here`)
  }
}

function factsOf({ facts }: World, { fullName }: FactAttribute): readonly Fact[] {
  return facts.get(fullName)!
}

function unify(env: Env, terms: readonly Term[], values: readonly Json[]): Env[] {
  const next = new Map(env)
  for (const [i, term] of terms.entries()) {
    if (term === "anything") continue
    if ("variable" in term && !next.has(term.variable)) next.set(term.variable, values[i]!)
    else if (!sameJson(meant(term, next), values[i])) return []
  }
  return [next]
}

function meant(term: Term, env: Env): Json {
  if (term === "anything") throw new Error("anything means nothing")
  return "variable" in term ? env.get(term.variable)! : term.value
}

function within(env: Env, join: readonly Variable[]): Env {
  return new Map([...env].filter(([variable]) => join.includes(variable)))
}

function compares(operator: string, a: Json, b: Json): boolean {
  if (operator === "=") return a === b
  if (operator === "!=") return a !== b
  if (operator === "includes") return typeof a === "string" && a.includes(b as string)
  if (operator === "startsWith") return typeof a === "string" && a.startsWith(b as string)
  if (typeof a !== typeof b) return false
  const order = typeof a === "string" ? Buffer.compare(Buffer.from(a), Buffer.from(b as string)) : Number(a) - Number(b)
  return operator === "<" ? order < 0 : operator === "<=" ? order <= 0 : operator === ">" ? order > 0 : order >= 0
}

function computes(operator: string, [a, b]: readonly Json[]): Json {
  const [x, y] = [Number(a), Number(b)]
  return operator === "ground" ? a! : operator === "+" ? x + y : operator === "-" ? x - y : x * y
}

function distinct(rows: readonly Json[][]): Json[][] {
  return [...new Map(rows.map(row => [JSON.stringify(row), row])).values()]
}

function shaped({ find, with: apart }: DatalogQuery, envs: readonly Env[]): Json[][] {
  const rows = distinct(
    envs.map(env => [...find.map(({ variable }) => env.get(variable)!), ...apart.map(v => env.get(v)!)]),
  )
  if (find.every(column => column.aggregate === undefined)) return distinct(rows.map(row => row.slice(0, find.length)))
  const groups = Map.groupBy(rows, row => JSON.stringify(find.map((column, i) => (column.aggregate ? null : row[i]))))
  return [...groups.values()].map(group =>
    find.map(({ aggregate }, i) =>
      aggregate
        ? aggregated(
            aggregate,
            group.map(row => row[i]!),
          )
        : group[0]![i]!,
    ),
  )
}

function aggregated(aggregate: string, values: readonly Json[]): Json {
  const sum = () => values.reduce<number>((total, value) => total + Number(value), 0)
  const sorted = () => values.toSorted((a, b) => (compares("<", a, b) ? -1 : 1))
  if (aggregate === "count") return values.length
  if (aggregate === "countDistinct") return new Set(values).size
  if (aggregate === "sum") return sum()
  if (aggregate === "avg") return sum() / values.length
  return aggregate === "min" ? sorted()[0]! : sorted().at(-1)!
}

function attributesOf(query: DatalogQuery): FactAttribute[] {
  const inClauses = (clauses: readonly Clause[]): FactAttribute[] =>
    clauses.flatMap(clause => {
      if ("attribute" in clause && clause.kind !== "anyFact") return [clause.attribute]
      if (clause.kind === "not") return inClauses(clause.clauses)
      return clause.kind === "or" ? clause.branches.flatMap(inClauses) : []
    })
  return inClauses([...query.where, ...query.rules.flatMap(({ branches }) => branches.flatMap(b => b.clauses))])
}
