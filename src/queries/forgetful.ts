import { canonicalJson } from "../kernel/json.ts"
import type { T } from "../kernel/message.ts"
import { finish, need, type Steps } from "../kernel/steps.ts"
import type { Clause, DatalogQuery, DatalogStore } from "../ports/datalog.ts"
import type { Fact, FactAttribute, FactFilter, FactStore, Moment } from "../ports/facts.ts"

/** Facts as queries may tell them: of attributes without a history, named in full, the past has only what is still so. */
export function withoutPast(store: FactStore, forgetful: ReadonlySet<string>, newest: T): FactStore {
  if (forgetful.size === 0) return store

  function* stillSo(attribute: FactAttribute, facts: readonly Fact[]): Steps<readonly Fact[]> {
    const entities = [...new Set(facts.map(([entity]) => entity))]
    if (entities.length === 0) return facts
    const now = yield* need(store.facts(attribute, { entities }, { t: newest }, Number.MAX_SAFE_INTEGER))
    const known = new Set(now.map(canonicalJson))
    return facts.filter(fact => known.has(canonicalJson(fact)))
  }

  function* told(attribute: FactAttribute, filter: FactFilter, moment: Moment, limit: number): Steps<readonly Fact[]> {
    for (let asked = limit; ; asked *= 2) {
      const found = yield* need(store.facts(attribute, filter, moment, asked))
      const left = yield* stillSo(attribute, found)
      if (found.length < asked || left.length >= limit) return left.slice(0, limit)
    }
  }

  return {
    keys: ids => store.keys(ids),
    ids: keys => store.ids(keys),
    types: (keys, t) => store.types(keys, t),
    entities: (keys, t) => store.entities(keys, t),
    lastSeen: (keys, t) => store.lastSeen(keys, t),
    ofType: (type, t, options) => store.ofType(type, t, options),
    facts(attribute, filter, moment, limit) {
      const isAll = moment.t >= newest || !forgetful.has(attribute.fullName)
      return isAll ? store.facts(attribute, filter, moment, limit) : finish(told(attribute, filter, moment, limit))
    },
  }
}

/** The same for a store that answers by itself: what may not be told as it was is left to whoever walks over the facts. */
export function answeringWithoutPast(store: DatalogStore, forgetful: ReadonlySet<string>, newest: T): DatalogStore {
  if (forgetful.size === 0) return store
  return {
    answer: (query, options) =>
      options.moment.t < newest && asksOf(query, forgetful) ? null : store.answer(query, options),
  }
}

function asksOf({ where, rules }: DatalogQuery, names: ReadonlySet<string>): boolean {
  const branches = rules.flatMap(rule => rule.branches.map(branch => branch.clauses))
  return [where, ...branches].some(clauses => clauses.some(clause => isAbout(clause, names)))
}

function isAbout(clause: Clause, names: ReadonlySet<string>): boolean {
  switch (clause.kind) {
    case "fact":
    case "missing":
    case "getElse":
      return names.has(clause.attribute.fullName)
    case "getSome":
      return clause.attributes.some(({ fullName }) => names.has(fullName))
    case "anyFact":
      return true
    case "not":
      return clause.clauses.some(one => isAbout(one, names))
    case "or":
      return clause.branches.flat().some(one => isAbout(one, names))
    case "compare":
    case "compute":
    case "rule":
      return false
  }
}
