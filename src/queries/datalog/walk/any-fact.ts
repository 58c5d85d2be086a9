import type { Json } from "../../../kernel/json.ts"
import type { Steps } from "../../../kernel/steps.ts"
import type { Clause, Term } from "../../../ports/datalog.ts"
import type { EntityKey } from "../../../ports/facts.ts"
import type { DatalogAttribute } from "../attributes.ts"
import { columnsOf, factRelation } from "./facts.ts"
import { placeOf } from "./places.ts"
import type { Relation, Row } from "./relation.ts"
import type { Walking } from "./walking.ts"

type AnyFact = Clause & { readonly kind: "anyFact" }

// Variables that no query has: a fact's entity and value, before they are put beside the name of the attribute.
const anEntity = { variable: Number.MAX_SAFE_INTEGER - 1 }
const aValue = { variable: Number.MAX_SAFE_INTEGER }

/**
 * The facts of all attributes that can go together with a relation: entity, full name, value. It asks for one attribute
 * after the other, of those that can be meant. What an entity refers to is a value here: its id.
 */
export function* anyFactRelation(clause: AnyFact, relation: Relation, walking: Walking): Steps<Relation> {
  const { entity, attribute, value } = clause
  const kind: Walking["kind"] = variable => {
    if (variable === anEntity.variable) return "entity"
    return variable === aValue.variable ? "value" : walking.kind(variable)
  }
  const inner: Walking = { ...walking, kind }
  const target = yield* targetOf(value, walking)
  const entityEnd = entity === "anything" ? anEntity : entity
  const rows: Row[] = []
  for (const candidate of yield* candidates(clause, relation, walking)) {
    const valueEnd = candidate.type === "ref" ? (target ?? aValue) : value === "anything" ? aValue : value
    const found = yield* factRelation(candidate, { entity: entityEnd, value: valueEnd }, relation, inner)
    const [entityOf, valueOf] = [part(entityEnd, found), part(isConstant(value) ? value : valueEnd, found)]
    for (const row of found.rows) rows.push([entityOf(row), candidate.fullName, valueOf(row)])
  }
  return columnsOf(rows, [entity, attribute, value])
}

function part(end: Term, found: Relation): (row: Row) => Json {
  const at = placeOf(end, found)
  return row => (at.kind === "known" ? at.value : at.kind === "column" ? row[at.column]! : null)
}

function isConstant(term: Term): term is { readonly value: Json } {
  return typeof term === "object" && "value" in term
}

// The entity that a constant names where it is what is referred to; null: what is referred to is not known before.
function* targetOf(value: Term, { source }: Walking): Steps<Term | null> {
  if (!isConstant(value)) return null
  if (typeof value.value !== "string") return { value: nobody }
  const keys = yield* source.keysOf([value.value])
  return { value: keys.get(value.value) ?? nobody }
}

const nobody: EntityKey = 0

function* candidates(
  { entity, attribute }: AnyFact,
  relation: Relation,
  { attributes, source, kind }: Walking,
): Steps<readonly DatalogAttribute[]> {
  const named = placeOf(attribute, relation)
  const names = named.kind === "column" ? new Set(relation.rows.map(row => row[named.column]!)) : null
  const left = names === null ? attributes : attributes.filter(a => names.has(a.fullName))
  const keys = keysIn(entity, relation, kind)
  if (keys === null) return left
  const types = yield* source.types([...new Set(keys)])
  return left.filter(a => a.types.some(type => types.has(type)))
}

function keysIn(entity: Term, relation: Relation, kind: Walking["kind"]): readonly EntityKey[] | null {
  const at = placeOf(entity, relation)
  if (at.kind === "known") return [at.value as EntityKey]
  if (at.kind !== "column" || kind(at.variable) !== "entity") return null
  return relation.rows.map(row => row[at.column] as EntityKey)
}
