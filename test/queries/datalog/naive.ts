import { canonicalJson, isObject, type Json, type JsonObject } from "../../../src/kernel/json.ts"

/** That an entity has a value, by its id; what it refers to is an id too. */
export type PlainFact = readonly [entity: string, attribute: string, value: Json]

type Env = ReadonlyMap<string, Json>
type Rules = ReadonlyMap<string, readonly (readonly Json[])[]>
type World = {
  readonly facts: readonly PlainFact[]
  readonly rules: Rules
  /** What the rules come to, as far as they are worked out. */
  readonly relations: Map<string, readonly (readonly Json[])[]>
  readonly domain: readonly Json[]
  /** Short for the lookup of a value. */
  readonly lookup: (name: string, value: Json) => Json
}

const isVariable = (json: Json | undefined): json is string => typeof json === "string" && json.startsWith("?")
const same = (a: Json | undefined, b: Json | undefined) => canonicalJson(a) === canonicalJson(b)
const list = (json: Json | undefined) => (json ?? []) as readonly Json[]

/**
 * Answers a relation query over a plain list of facts by trying everything. It is as simple as it can be, and as slow: what
 * is quick is held against it.
 */
export function naive(query: JsonObject, facts: readonly PlainFact[]): readonly (readonly Json[])[] {
  const rules = new Map<string, readonly Json[][]>()
  for (const rule of list(query["rules"]) as readonly Json[][]) {
    const [head] = rule as [Json[]]
    const name = head[0] as string
    rules.set(name, [...(rules.get(name) ?? []), rule])
  }
  const lookup = (name: string, value: Json) => facts.find(([, a, v]) => a === name && same(v, value))?.[0] ?? null
  const domain = unique([...facts.flatMap(([e, , v]) => [e, v]), ...constantsIn(query)])
  const world: World = { facts, rules, domain, lookup, relations: new Map() }
  let envs: readonly Env[] = [new Map<string, Json>()]
  list(query["in"]).forEach((input, i) => (envs = given(envs, input, list(query["args"])[i]!, world)))
  const ways = solve(list(query["where"]), envs, world)
  return find(query, ways)
}

function given(envs: readonly Env[], input: Json, arg: Json, { lookup }: World): readonly Env[] {
  const value = (json: Json): Json => {
    const isLookup = Array.isArray(json) && json.length === 2 && String(json[0]).includes("/")
    return isLookup ? lookup(String(json[0]), json[1] as Json) : json
  }
  const bind = (names: readonly Json[], row: readonly Json[]) =>
    envs.flatMap(env =>
      names.reduce<readonly Env[]>((ways, name, i) => ways.flatMap(w => unify(w, name, value(row[i]!))), [env]),
    )
  if (!Array.isArray(input)) return bind([input], [arg])
  const items = input as readonly Json[]
  if (items[1] === "...") return list(arg).flatMap(item => bind([items[0]!], [item]))
  if (Array.isArray(items[0])) return list(arg).flatMap(row => bind(items[0] as Json[], row as Json[]))
  return bind(items, arg as Json[])
}

function unify(env: Env, term: Json, value: Json): readonly Env[] {
  if (term === "_") return [env]
  if (!isVariable(term)) {
    const constant = isObject(term) ? (term["value"] ?? null) : term
    return same(constant, value) ? [env] : []
  }
  if (env.has(term)) return same(env.get(term), value) ? [env] : []
  return [new Map(env).set(term, value)]
}

function solve(clauses: readonly Json[], envs: readonly Env[], world: World): readonly Env[] {
  const left = [...clauses]
  let ways = envs
  while (left.length > 0 && ways.length > 0) {
    const ready = left.filter(clause => isReady(clause as Json[], ways[0]!))
    const next = ready.toSorted((a, b) => priority(a as Json[]) - priority(b as Json[]))[0]
    if (next === undefined) {
      // Nothing can go on: whatever there is, is tried.
      const free = (left as Json[][]).flatMap(variablesOf).find(name => !ways[0]!.has(name))!
      ways = ways.flatMap(env => world.domain.map(value => new Map(env).set(free, value)))
      continue
    }
    left.splice(left.indexOf(next), 1)
    ways = distinct(ways.flatMap(env => step(next as Json[], env, world)))
  }
  return ways
}

// What denies comes last: by then all is bound that can be.
function priority(clause: readonly Json[]): number {
  if (Array.isArray(clause[0]) && clause.length <= 2) return 0
  return clause[0] === "not" || clause[0] === "notJoin" ? 3 : clause[0] === "or" || clause[0] === "orJoin" ? 2 : 1
}

function isReady(clause: readonly Json[], env: Env): boolean {
  if (!Array.isArray(clause[0]) || clause.length > 2) return true
  return (clause[0] as readonly Json[]).filter(isVariable).every(name => env.has(name))
}

function variablesOf(clause: Json): readonly string[] {
  if (isVariable(clause)) return [clause]
  return Array.isArray(clause) ? (clause as Json[]).flatMap(variablesOf) : []
}

function step(clause: readonly Json[], env: Env, world: World): readonly Env[] {
  const [head, ...rest] = clause
  if (Array.isArray(head) && clause.length <= 2) return expression(head as Json[], clause[1], env, world)
  switch (head as string) {
    case "and":
      return solve(rest, [env], world)
    case "or":
      return rest.flatMap(branch => solve([branch], [env], world))
    case "orJoin":
      return rest.slice(1).flatMap(branch => joined(rest[0] as string[], [branch], env, world))
    case "not":
      return solve(rest, [env], world).length === 0 ? [env] : []
    case "notJoin":
      return joined(rest[0] as string[], rest.slice(1), env, world).length === 0 ? [env] : []
  }
  if (typeof head === "string" && world.rules.has(head)) {
    return relation(head, world).flatMap(row => {
      return rest.reduce<readonly Env[]>((ways, term, i) => ways.flatMap(way => unify(way, term, row[i]!)), [env])
    })
  }
  return pattern(clause, env, world)
}

function joined(names: readonly string[], clauses: readonly Json[], env: Env, world: World): readonly Env[] {
  const inner = new Map([...env].filter(([name]) => names.includes(name)))
  return solve(clauses, [inner], world).map(way => {
    return new Map([...env, ...names.map(name => [name, way.get(name)!] as const)])
  })
}

function pattern(clause: readonly Json[], env: Env, { facts, lookup }: World): readonly Env[] {
  const [e, a, v = "_"] = clause
  const named = (term: Json): Json => (Array.isArray(term) ? lookup(String(term[0]), term[1] as Json) : term)
  const isReverse = typeof a === "string" && a.includes("/_")
  const name = isReverse ? a.replace("/_", "/") : a!
  const [from, to] = isReverse ? [named(v), named(e!)] : [named(e!), named(v)]
  if (from === null || to === null) return []
  return facts.flatMap(([entity, attribute, value]) =>
    unify(env, name, attribute).flatMap(w => unify(w, from, entity).flatMap(x => unify(x, to, value))),
  )
}

function expression(call: readonly Json[], into: Json | undefined, env: Env, world: World): readonly Env[] {
  const [name, ...terms] = call
  const values = terms.map(term => (isVariable(term) ? env.get(term)! : isObject(term) ? term["value"]! : term))
  const [a, b] = values
  const has = (attribute: Json | undefined) => world.facts.filter(([e, at]) => e === a && at === attribute)
  const ordered = (test: (x: number | string, y: number | string) => boolean) =>
    values.every((y, i) => {
      const x = values[i - 1]
      return i === 0 || (typeof x === typeof y && typeof x !== "object" && test(x as number, y as number))
    })
  const holds = (yes: boolean) => (yes ? [env] : [])
  const gives = (value: Json) => {
    const [each, dots] = Array.isArray(into) ? (into as Json[]) : []
    return dots === "..." ? list(value).flatMap(item => unify(env, each!, item)) : unify(env, into!, value)
  }
  const numbers = values.every(v => typeof v === "number") ? (values as readonly number[]) : null
  const [x = 0, y = 0] = numbers ?? []
  switch (name as string) {
    case "=":
      return holds(values.every(v => same(v, a)))
    case "!=":
      return holds(!values.every(v => same(v, a)))
    case "<":
      return holds(ordered((p, q) => p < q))
    case "<=":
      return holds(ordered((p, q) => p <= q))
    case ">":
      return holds(ordered((p, q) => p > q))
    case ">=":
      return holds(ordered((p, q) => p >= q))
    case "startsWith":
      return holds(typeof a === "string" && typeof b === "string" && a.startsWith(b))
    case "includes":
      return holds(typeof a === "string" && typeof b === "string" && a.includes(b))
    case "missing": {
      const forward = (b as string).replace("/_", "/")
      if (forward === b) return holds(has(b).length === 0)
      return holds(!world.facts.some(([, at, v]) => at === forward && v === a))
    }
    case "getElse":
      return has(b).length === 0 ? gives(values[2]!) : has(b).flatMap(([, , v]) => gives(v))
    case "+":
      return numbers === null ? [] : gives(x + y)
    case "-":
      return numbers === null ? [] : gives(x - y)
    case "*":
      return numbers === null ? [] : gives(x * y)
    case "mod":
      return numbers === null || y === 0 ? [] : gives(((x % y) + y) % y)
    case "str":
      return gives(values.map(v => (typeof v === "string" ? v : canonicalJson(v))).join(""))
    case "identity":
    case "ground":
      return gives(a!)
  }
  throw new Error(`naive does not know ${canonicalJson(name)}`)
}

function relation(name: string, world: World): readonly (readonly Json[])[] {
  const known = world.relations.get(name)
  if (known !== undefined) return known
  // All rules from the beginning, again and again, until none finds more. None of them denies another.
  for (const rule of world.rules.keys()) world.relations.set(rule, [])
  for (let grew = true; grew;) {
    grew = false
    for (const [rule, branches] of world.rules) {
      const rows = branches.flatMap(([head, ...clauses]) => {
        const names = (head as readonly Json[]).slice(1) as string[]
        const ways = solve(clauses, [new Map()], world)
        return ways.map(way => names.map(variable => way.get(variable)!))
      })
      const all = unique(rows) as readonly (readonly Json[])[]
      if (all.length === world.relations.get(rule)!.length) continue
      world.relations.set(rule, all)
      grew = true
    }
  }
  return world.relations.get(name)!
}

function find(query: JsonObject, ways: readonly Env[]): readonly (readonly Json[])[] {
  const elements = list(query["find"])
  const names = unique([
    ...elements.map(e => (isVariable(e) ? e : (e as Json[]).at(-1)!)),
    ...list(query["with"]),
  ]) as string[]
  const rows = unique(ways.map(way => names.map(name => way.get(name)!))) as readonly Json[][]
  const at = (element: Json) => names.indexOf(isVariable(element) ? element : ((element as Json[]).at(-1) as string))
  if (elements.every(isVariable)) return unique(rows.map(row => elements.map(e => row[at(e)]!))) as Json[][]
  const groups = new Map<string, Json[][]>()
  for (const row of rows) {
    const key = canonicalJson(elements.filter(isVariable).map(e => row[at(e)]!))
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return [...groups.values()].map(group =>
    elements.map(e =>
      isVariable(e)
        ? group[0]![at(e)]!
        : made(
            e as Json[],
            group.map(row => row[at(e)]!),
          ),
    ),
  )
}

function made([name]: readonly Json[], values: readonly Json[]): Json {
  const numbers = values as readonly number[]
  const sum = numbers.reduce((a, b) => a + b, 0)
  const sorted = values.toSorted((a, b) => (a! < b! ? -1 : 1))
  switch (name as string) {
    case "count":
      return values.length
    case "countDistinct":
      return unique(values).length
    case "sum":
      return sum
    case "avg":
      return sum / values.length
    case "min":
      return sorted[0]!
    case "max":
      return sorted.at(-1)!
    case "distinct":
      return (unique(values) as Json[]).toSorted((a, b) => (a! < b! ? -1 : 1))
  }
  throw new Error(`naive does not know ${canonicalJson(name)}`)
}

function unique(values: readonly Json[]): readonly Json[] {
  return [...new Map(values.map(value => [canonicalJson(value), value])).values()]
}

function distinct(ways: readonly Env[]): readonly Env[] {
  return [
    ...new Map(
      ways.map(way => [canonicalJson(Object.fromEntries([...way].toSorted(([a], [b]) => (a < b ? -1 : 1)))), way]),
    ).values(),
  ]
}

function constantsIn(json: Json | undefined): readonly Json[] {
  if (Array.isArray(json)) return (json as Json[]).flatMap(constantsIn)
  if (isObject(json)) return Object.values(json).flatMap(constantsIn)
  return json === undefined || isVariable(json) ? [] : [json]
}
