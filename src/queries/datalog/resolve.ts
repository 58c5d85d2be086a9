import type { Json } from "../../kernel/json.ts"
import { assert } from "../../kernel/refusal.ts"
import type { Steps } from "../../kernel/steps.ts"
import type { Clause, DatalogQuery, Input, Rule, Term, VariableKind } from "../../ports/datalog.ts"
import type { EntityKey } from "../../ports/facts.ts"
import { attributesOf, type Attributes, type DatalogAttribute } from "./attributes.ts"
import type { CompiledSchema } from "../../schema/compile.ts"
import { asStored } from "./parse/constants.ts"
import { identity, isLookup } from "./parse/terms.ts"
import type { GivenRows, Naming, ParsedDatalog } from "./query.ts"
import { malformed } from "./refuse.ts"
import type { Source } from "./walk/source.ts"

/** A query in which nothing is left to look up, but for what is made of its rows. */
export type Resolved = Pick<DatalogQuery, "kinds" | "inputs" | "where" | "rules">

/**
 * Finds the entities that a query names, and puts their keys in place of the names. What is named by an id that nobody
 * has ever mentioned, or by a value that nobody has whom the reader sees, keeps a key of no entity.
 */
export function* resolved(query: ParsedDatalog, schema: CompiledSchema, source: Source): Steps<Resolved> {
  const attributes = attributesOf(schema)
  const names = new Names(query.namings, attributes)
  const inputs: Input[] = []
  const given = query.given.map(rows => ({ rows, cells: readCells(rows, names, attributes) }))
  yield* names.find(source)
  for (const { rows, cells } of given)
    inputs.push({ variables: rows.variables, rows: cells.flatMap(row => names.row(row)) })
  const { kinds, where, rules } = query
  if (query.namings.length === 0) return { kinds, inputs, where, rules }
  return {
    kinds,
    inputs,
    where: where.map(clause => renamed(clause, names, query)),
    rules: rules.map((rule): Rule => {
      const branches = rule.branches.map(branch => ({
        ...branch,
        clauses: branch.clauses.map(clause => renamed(clause, names, { kinds: branch.kinds, rules })),
      }))
      return { ...rule, branches }
    }),
  }
}

type Cell = { readonly name: number } | { readonly value: Json }

function readCells(given: GivenRows, names: Names, attributes: Attributes): readonly (readonly Cell[])[] {
  return given.rows.map(row =>
    row.map((value, i): Cell => {
      const column = given.columns[i]
      if (column?.kind !== "entity") return { value: column?.type ? asStored(column.type, value) : value }
      if (typeof value === "string") return { name: names.add({ id: value }) }
      const place = { path: given.path, clause: value }
      if (!isLookup(value)) throw malformed(place, "An entity is named by its id or by a lookup [attribute, value]")
      const attribute = identity(value[0], place, attributes)
      return { name: names.add({ attribute, value: asStored(attribute.type, value[1]) }) }
    }),
  )
}

/** Names of entities, and the keys they turn out to stand for. A name is known by its negative place. */
class Names {
  readonly #namings: Naming[]
  readonly #attributes: Attributes
  readonly #ids = new Map<string, number>()
  readonly #keys: (EntityKey | null)[] = []

  constructor(namings: readonly Naming[], attributes: Attributes) {
    this.#namings = [...namings]
    this.#attributes = attributes
    for (const [i, naming] of namings.entries()) if ("id" in naming) this.#ids.set(naming.id, -i - 1)
  }

  add(naming: Naming): number {
    const known = "id" in naming ? this.#ids.get(naming.id) : undefined
    if (known !== undefined) return known
    this.#namings.push(naming)
    if ("id" in naming) this.#ids.set(naming.id, -this.#namings.length)
    return -this.#namings.length
  }

  *find(source: Source): Steps<void> {
    const ids = this.#namings.flatMap(naming => ("id" in naming ? [naming.id] : []))
    if (ids.length > 0) {
      const keys = yield* source.keysOf(ids)
      for (const [i, naming] of this.#namings.entries()) {
        if (!("id" in naming)) continue
        const key = keys.get(naming.id)
        // Nobody has ever mentioned it: it has a key all the same, by which it is told from others.
        if (key === undefined) source.learn(naming.id, -i - 1)
        this.#keys[i] = key ?? -i - 1
      }
    }
    for (const [i, naming] of this.#namings.entries()) {
      if ("id" in naming) continue
      this.#keys[i] = yield* this.#holder(naming.attribute, naming.value, source)
    }
  }

  // What a reference leads to may be looked up in its turn.
  *#holder(attribute: DatalogAttribute, value: Json, source: Source): Steps<EntityKey | null> {
    if (attribute.type !== "ref" || !isLookup(value)) return yield* source.holder(attribute, value)
    const inner = identity(value[0], { path: "", clause: value }, this.#attributes)
    const key = yield* this.#holder(inner, asStored(inner.type, value[1]), source)
    return key === null ? null : yield* source.holderOf(attribute, key)
  }

  key(name: number): EntityKey {
    const key = this.#keys[-name - 1]
    assert(key !== undefined, "every name was looked for")
    return key ?? name
  }

  // Whom nobody is found for in an input brings no row.
  row(cells: readonly Cell[]): readonly (readonly Json[])[] {
    const lost = cells.some(cell => "name" in cell && this.#keys[-cell.name - 1] === null)
    return lost ? [] : [cells.map(cell => ("name" in cell ? this.key(cell.name) : cell.value))]
  }
}

/** What tells a name from a number: whether it stands where an entity must. */
type Kinds = { readonly kinds: readonly VariableKind[]; readonly rules: readonly Rule[] }

function renamed(clause: Clause, names: Names, known: Kinds): Clause {
  const entity = (term: Term): Term => (isConstant(term) ? { value: names.key(term.value as number) } : term)
  const isEntity = (term: Term) =>
    typeof term === "object" && "variable" in term && known.kinds[term.variable] === "entity"
  const all = (terms: readonly Term[], areEntities: boolean) => (areEntities ? terms.map(entity) : terms)
  switch (clause.kind) {
    case "fact": {
      const isRef = clause.attribute.type === "ref"
      return { ...clause, entity: entity(clause.entity), value: isRef ? entity(clause.value) : clause.value }
    }
    case "anyFact":
    case "missing":
    case "getSome":
      return { ...clause, entity: entity(clause.entity) }
    case "getElse": {
      const isRef = known.kinds[clause.into] === "entity"
      const otherwise = isRef ? names.key(clause.otherwise as number) : clause.otherwise
      return { ...clause, entity: entity(clause.entity), otherwise }
    }
    case "compare":
      return { ...clause, terms: all(clause.terms, clause.terms.some(isEntity)) }
    case "compute": {
      const hands = clause.operator === "ground" || clause.operator === "identity"
      return { ...clause, terms: all(clause.terms, hands && isEntity(clause.into)) }
    }
    case "rule": {
      const { parameters } = known.rules[clause.rule]!
      return { ...clause, terms: clause.terms.map((term, i) => (parameters[i] === "entity" ? entity(term) : term)) }
    }
    case "not":
      return { ...clause, clauses: clause.clauses.map(inner => renamed(inner, names, known)) }
    case "or":
      return { ...clause, branches: clause.branches.map(branch => branch.map(inner => renamed(inner, names, known))) }
  }
}

function isConstant(term: Term): term is { readonly value: Json } {
  return typeof term === "object" && "value" in term
}
