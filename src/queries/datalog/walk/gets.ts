import type { Json } from "../../../kernel/json.ts"
import type { Steps } from "../../../kernel/steps.ts"
import type { Clause, Term } from "../../../ports/datalog.ts"
import type { FactAttribute } from "../../../ports/facts.ts"
import { columnsOf, factRelation } from "./facts.ts"
import { placeOf } from "./places.ts"
import { keyOf, without, type Key, type Relation, type Row } from "./relation.ts"
import type { Walking } from "./walking.ts"

/** The rows of a relation whose entity has no value of an attribute. */
export function* withoutFacts(
  clause: Clause & { kind: "missing" },
  relation: Relation,
  walking: Walking,
): Steps<Relation> {
  const has = yield* factRelation(clause.attribute, { entity: clause.entity, value: "anything" }, relation, walking)
  // Of an entity that is named by a constant: if it has one, nothing is left.
  if (has.variables.length === 0) return has.rows.length > 0 ? { ...relation, rows: [] } : relation
  return without(relation, has)
}

/** The value of an attribute for each entity of a relation, or another where it has none. */
export function* getElse(clause: Clause & { kind: "getElse" }, relation: Relation, walking: Walking): Steps<Relation> {
  const values = yield* valuesOf(clause.attribute, clause.entity, relation, walking, clause.into)
  const rows = entitiesOf(clause.entity, relation).flatMap((entity): Row[] => {
    const found = values.get(keyOf(entity))
    return found === undefined ? [[entity, clause.otherwise]] : found.map(value => [entity, value])
  })
  return columnsOf(rows, [clause.entity, { variable: clause.into }])
}

/** The first of some attributes that each entity of a relation has, and its value. */
export function* getSome(clause: Clause & { kind: "getSome" }, relation: Relation, walking: Walking): Steps<Relation> {
  const [name, value] = clause.into
  const rows: Row[] = []
  let left = entitiesOf(clause.entity, relation)
  for (const attribute of clause.attributes) {
    if (left.length === 0) break
    const into = typeof value === "object" && "variable" in value ? value.variable : null
    const values = yield* valuesOf(attribute, clause.entity, relation, walking, into)
    for (const entity of left) {
      for (const one of values.get(keyOf(entity)) ?? []) rows.push([entity, attribute.fullName, one])
    }
    left = left.filter(entity => !values.has(keyOf(entity)))
  }
  const fitting = rows.filter(row => fits(name, row[1]!) && fits(value, row[2]!))
  return columnsOf(fitting, [clause.entity, name, value])
}

function fits(term: Term, value: Json): boolean {
  return typeof term !== "object" || !("value" in term) || keyOf(term.value) === keyOf(value)
}

// The entities that stand in a place that is bound, each once.
function entitiesOf(term: Term, relation: Relation): readonly Json[] {
  const at = placeOf(term, relation)
  if (at.kind === "known") return [at.value]
  return at.kind === "column" ? [...new Set(relation.rows.map(row => row[at.column]!))] : []
}

// Variables that no query has: what is fetched is not yet compared to what is bound.
const hidden = Number.MAX_SAFE_INTEGER

function* valuesOf(
  attribute: FactAttribute,
  entity: Term,
  relation: Relation,
  walking: Walking,
  into: number | null,
): Steps<ReadonlyMap<Key, readonly Json[]>> {
  const kind = into === null ? "value" : walking.kind(into)
  const facts = yield* factRelation(attribute, { entity, value: { variable: hidden } }, relation, {
    ...walking,
    kind: variable => (variable === hidden ? kind : walking.kind(variable)),
  })
  const values = new Map<Key, Json[]>()
  const at = facts.variables.indexOf(hidden)
  const constant = typeof entity === "object" && "value" in entity ? entity.value : null
  for (const row of facts.rows) {
    const key = keyOf(constant ?? row[1 - at]!)
    values.set(key, [...(values.get(key) ?? []), row[at]!])
  }
  return values
}
