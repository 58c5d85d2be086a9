import type { Json } from "../../kernel/json.ts"
import type { Clause, DatalogQuery, Term, Variable } from "../../ports/datalog.ts"
import type { EntityKey } from "../../ports/facts.ts"

/** Narrows a topic to some entities: those themselves, or those that have one of some values. */
export type Narrowing =
  | { readonly entities: readonly EntityKey[] } /** For a ref, the values are keys. */
  | { readonly attribute: string; readonly isRef: boolean; readonly values: readonly Json[] }

/**
 * One way in which a change of an entity may change an answer: one of these attributes of it differs, and it is, before
 * or after, of the narrower kind.
 */
export type Topic = { readonly attributes: ReadonlySet<string> | "all"; readonly narrowing: Narrowing | null }

type Place = { attributes: Set<string> | "all"; narrowing: Narrowing | null }
type Places = { readonly variables: Map<Variable, Place>; readonly keys: Map<EntityKey, Place>; anything: Place | null }

/**
 * The topics of a query: one for each entity that its clauses speak of. All clauses that speak of one entity have to
 * hold of it, so one of them that names a value narrows all the others.
 */
export function topicsOf(query: Pick<DatalogQuery, "inputs" | "where" | "rules">): readonly Topic[] {
  const bound = new Map<Variable, readonly Json[]>()
  for (const { variables, rows } of query.inputs) {
    variables.forEach((variable, place) => bound.set(variable, [...new Set(rows.map(row => row[place]!))]))
  }
  const topics = topicsIn(query.where, { bound, outer: new Map() })
  for (const { branches } of query.rules) {
    for (const { clauses } of branches) topics.push(...topicsIn(clauses, { bound: new Map(), outer: new Map() }))
  }
  return topics
}

type Around = {
  readonly bound: ReadonlyMap<Variable, readonly Json[]>
  /** What narrows a variable outside of these clauses narrows it inside. */
  readonly outer: ReadonlyMap<Variable, Narrowing>
}

function topicsIn(clauses: readonly Clause[], around: Around): Topic[] {
  const places: Places = { variables: new Map(), keys: new Map(), anything: null }
  for (const clause of clauses) speak(places, clause, around)
  for (const [variable, place] of places.variables) place.narrowing ??= narrowed(variable, around)
  const own = [
    ...places.variables.values(),
    ...places.keys.values(),
    ...(places.anything === null ? [] : [places.anything]),
  ]
  const nested = clauses.flatMap(clause => {
    const { join, branches } = branchesOf(clause)
    // Only what is shared with the outside is the same thing inside.
    const shared = join.map(variable => [
      variable,
      places.variables.get(variable)?.narrowing ?? narrowed(variable, around),
    ])
    const outer = new Map(shared.filter((entry): entry is [Variable, Narrowing] => entry[1] !== null))
    return branches.flatMap(branch => topicsIn(branch, { bound: around.bound, outer }))
  })
  return [...own, ...nested]
}

function narrowed(variable: Variable, { bound, outer }: Around): Narrowing | null {
  const values = bound.get(variable)
  // An entity's place: what it is bound to are keys.
  return values === undefined ? (outer.get(variable) ?? null) : { entities: values as readonly EntityKey[] }
}

function branchesOf(clause: Clause): { join: readonly Variable[]; branches: readonly (readonly Clause[])[] } {
  if (clause.kind === "not") return { join: clause.join, branches: [clause.clauses] }
  return clause.kind === "or" ? clause : { join: [], branches: [] }
}

function speak(places: Places, clause: Clause, around: Around): void {
  switch (clause.kind) {
    case "fact": {
      const place = placeOf(places, clause.entity)
      mention(place, clause.attribute.fullName)
      const values = valuesOf(clause.value, around)
      const { fullName, type } = clause.attribute
      if (values !== null) narrow(place, { attribute: fullName, isRef: type === "ref", values })
      return
    }
    case "missing":
    case "getElse":
      return mention(placeOf(places, clause.entity), clause.attribute.fullName)
    case "getSome":
      return clause.attributes.forEach(({ fullName }) => mention(placeOf(places, clause.entity), fullName))
    case "anyFact":
      placeOf(places, clause.entity).attributes = "all"
      return
    case "compare":
    case "compute":
    case "not":
    case "or":
    case "rule":
  }
}

function placeOf(places: Places, term: Term): Place {
  const fresh = (): Place => ({ attributes: new Set(), narrowing: null })
  if (term === "anything") return (places.anything ??= fresh())
  if ("variable" in term) {
    const place = places.variables.get(term.variable) ?? fresh()
    places.variables.set(term.variable, place)
    return place
  }
  // What stands in an entity's place is a key.
  const key = term.value as EntityKey
  const place = places.keys.get(key) ?? { ...fresh(), narrowing: { entities: [key] } }
  places.keys.set(key, place)
  return place
}

function mention(place: Place, attribute: string): void {
  if (place.attributes !== "all") place.attributes.add(attribute)
}

// One narrowing is enough; the one with the fewest values is the best of them.
function narrow(place: Place, narrowing: Narrowing): void {
  if (place.narrowing === null || sizeOf(narrowing) < sizeOf(place.narrowing)) place.narrowing = narrowing
}

function sizeOf(narrowing: Narrowing): number {
  return "entities" in narrowing ? narrowing.entities.length : narrowing.values.length
}

function valuesOf(term: Term, { bound }: Around): readonly Json[] | null {
  if (term === "anything") return null
  return "variable" in term ? (bound.get(term.variable) ?? null) : [term.value]
}
