import type { Json } from "../../../kernel/json.ts"
import type { Steps } from "../../../kernel/steps.ts"
import type { Term } from "../../../ports/datalog.ts"
import type { EntityKey, Fact, FactAttribute } from "../../../ports/facts.ts"
import { kindOf, placeOf, type At } from "./places.ts"
import { distinct, keyOf, type Relation, type Row } from "./relation.ts"
import type { Walking } from "./walking.ts"

/** Where the facts of a clause go: its entity and its value. */
type Ends = { readonly entity: Term; readonly value: Term }

// Where so many entities are bound, and the values are fewer by so much, the values are the shorter way.
const entitiesAtMost = 50_000

/**
 * The facts of an attribute that can go together with a relation, as a relation of what is variable in them. Entities that
 * stand for values too are in it by their ids.
 */
export function* factRelation(
  attribute: FactAttribute,
  ends: Ends,
  relation: Relation,
  walking: Walking,
): Steps<Relation> {
  const entities = yield* wantedKeys(ends.entity, relation, walking)
  const isRef = attribute.type === "ref"
  const values = isRef ? yield* wantedKeys(ends.value, relation, walking) : wantedValues(ends.value, relation)
  const facts = yield* walking.source.facts(attribute, filterOf(attribute, entities, values))
  const allowed = values === null ? null : new Set(values.map(keyOf))
  const within = entities === null ? null : new Set(entities)
  const fitting = facts.filter(([entity, value]) => {
    return (within === null || within.has(entity)) && (allowed === null || allowed.has(keyOf(value)))
  })
  return yield* asRelation(fitting, ends, isRef, walking)
}

function filterOf(
  attribute: FactAttribute,
  entities: readonly EntityKey[] | null,
  values: readonly Json[] | null,
): { entities?: readonly EntityKey[]; values?: readonly Json[] } {
  const sought = attribute.lookup || attribute.fullName.startsWith("@")
  if (entities !== null && values?.length === 1 && sought) return { entities, values }
  const byValue = values !== null && sought && (entities === null || values.length * 4 < entities.length)
  if (byValue) return { values }
  if (entities !== null && entities.length <= entitiesAtMost) return { entities }
  // A value that is in documents only is found by one walk over all of them: not one for each part of many values.
  return values?.length === 1 && entities === null ? { values } : {}
}

// The keys of the entities that stand in a place, each once; null: any.
function* wantedKeys(term: Term, relation: Relation, walking: Walking): Steps<readonly EntityKey[] | null> {
  const at = placeOf(term, relation)
  if (at.kind === "known") return typeof at.value === "number" ? [at.value] : []
  if (at.kind !== "column") return null
  const values = [...new Set(relation.rows.map(row => row[at.column]!))]
  if (walking.kind(at.variable) === "entity") return values as EntityKey[]
  const ids = values.filter(value => typeof value === "string")
  const keys = yield* walking.source.keysOf(ids)
  return ids.flatMap(id => keys.get(id) ?? [])
}

function wantedValues(term: Term, relation: Relation): readonly Json[] | null {
  const at = placeOf(term, relation)
  if (at.kind === "known") return [at.value]
  if (at.kind !== "column") return null
  return [...new Map(relation.rows.map(row => [keyOf(row[at.column]!), row[at.column]!])).values()]
}

function* asRelation(facts: readonly Fact[], ends: Ends, isRef: boolean, walking: Walking): Steps<Relation> {
  const { kind, source } = walking
  const spelled: [number, boolean][] = [
    [0, kindOf(ends.entity, kind) === "value"],
    [1, isRef && kindOf(ends.value, kind) === "value"],
  ]
  const places = spelled.filter(([, spell]) => spell).map(([place]) => place)
  const keys = facts.flatMap(fact => places.map(place => fact[place] as EntityKey))
  const ids: ReadonlyMap<EntityKey, string> = places.length > 0 ? yield* source.idsOf(keys) : new Map()
  const rows = places.length === 0 ? facts : facts.map(fact => fact.map((v, i) => spell(v, places.includes(i), ids)))
  return columnsOf(rows, [ends.entity, ends.value])
}

function spell(value: Json, isSpelled: boolean, ids: ReadonlyMap<EntityKey, string>): Json {
  return isSpelled ? (ids.get(value as EntityKey) ?? null) : value
}

/** Rows of what stands in the places of some terms, as a relation of the variables among them. */
export function columnsOf(rows: readonly Row[], terms: readonly Term[]): Relation {
  const at = terms.map((term): At => placeOf(term, { variables: [], rows: [] }))
  const variables: number[] = []
  const columns: number[] = []
  const twins: [number, number][] = []
  for (const [i, place] of at.entries()) {
    if (place.kind !== "free") continue
    const before = variables.indexOf(place.variable)
    if (before >= 0) twins.push([columns[before]!, i])
    else {
      variables.push(place.variable)
      columns.push(i)
    }
  }
  // The same variable twice is the same value twice.
  const same =
    twins.length === 0 ? rows : rows.filter(row => twins.every(([a, b]) => keyOf(row[a]!) === keyOf(row[b]!)))
  const narrowed = same.map(row => columns.map(column => row[column]!))
  // What stands for anything may be there in several ways, which are one.
  return { variables, rows: terms.includes("anything") ? distinct(narrowed, columns.length) : narrowed }
}
