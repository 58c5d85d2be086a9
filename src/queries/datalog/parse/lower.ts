import type { Json } from "../../../kernel/json.ts"
import { canonicalJson } from "../../../kernel/json.ts"
import { unreachable } from "../../../kernel/refusal.ts"
import type { Clause, Term } from "../../../ports/datalog.ts"
import { isBuiltIn, type Attributes, type DatalogAttribute } from "../attributes.ts"
import type { Dependence, GivenRows, Naming } from "../query.ts"
import type { Place } from "../refuse.ts"
import { asStored } from "./constants.ts"
import type { Cell, Draft, DraftTerm } from "./draft.ts"
import type { Sort } from "./sort.ts"
import { checkNaming, identity } from "./terms.ts"

// More rows than this in the middle of a query make a statement that nobody wants to plan.
const branchesMax = 100

/** Makes clauses of drafts: now that it is known which variables stand for entities, so it is which constants do. */
export class Lowering {
  readonly namings: Naming[] = []
  readonly given: GivenRows[] = []
  readonly dependences: Dependence[] = []
  /** Where each clause was written. */
  readonly places = new WeakMap<Clause, Place>()
  /** By what they join: the variables that were written as those which must be bound before an `or`. */
  readonly declared = new Map<readonly number[], readonly number[]>()
  /** Whether a store could answer it; else it is walked. */
  direct = true
  readonly #attributes: Attributes
  readonly #numbers = new Map<string, number>()

  constructor(attributes: Attributes) {
    this.#attributes = attributes
  }

  /** The clauses of a query. Constant rows among them are bound from the beginning. */
  query(drafts: readonly Draft[]): readonly Clause[] {
    return drafts.flatMap(draft => {
      if (draft.kind !== "rows") return this.#clause(draft)
      this.bind(draft.cells, draft.rows, draft.place)
      return []
    })
  }

  /** The clauses of a branch. */
  branch(drafts: readonly Draft[]): readonly Clause[] {
    return drafts.flatMap(draft => (draft.kind === "rows" ? this.#rows(draft) : this.#clause(draft)))
  }

  /** Binds variables to rows from the beginning. */
  bind(cells: readonly Cell[], rows: GivenRows["rows"], place: Place): void {
    const columns = cells.map(({ sort }) => ({ kind: sort.kind, type: sort.type }))
    this.given.push({ variables: cells.map(cell => cell.number), columns, rows, path: place.path })
    if (rows.some(row => row.includes(null))) this.direct = false
  }

  /** The pseudo key of an entity that is named. */
  key(naming: Naming): number {
    const text = "id" in naming ? naming.id : canonicalJson([naming.attribute.fullName, naming.value])
    const key = `${"id" in naming}${text}`
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    this.namings.push(naming)
    this.#numbers.set(key, -this.namings.length)
    return -this.namings.length
  }

  #clause(draft: Exclude<Draft, { kind: "rows" }>): readonly Clause[] {
    const clause = this.#one(draft)
    this.places.set(clause, draft.place)
    return [clause]
  }

  #one(draft: Exclude<Draft, { kind: "rows" }>): Clause {
    switch (draft.kind) {
      case "fact":
        return this.#fact(draft)
      case "anyFact":
        this.direct = false
        this.#depends(null, draft.entity, draft.value)
        return {
          kind: "anyFact",
          entity: this.#entity(draft.entity),
          attribute: this.#value(draft.attribute, null),
          value: this.#value(draft.value, null),
        }
      case "missing":
        this.#depends(draft.attribute, draft.entity)
        return { kind: "missing", attribute: this.#seen(draft.attribute), entity: this.#entity(draft.entity) }
      case "getElse":
        return this.#getElse(draft)
      case "getSome":
        for (const attribute of draft.attributes) this.#depends(attribute, draft.entity)
        if (draft.attributes.some(a => a.type === "ref")) this.direct = false
        return {
          kind: "getSome",
          attributes: draft.attributes.map(a => this.#seen(a)),
          entity: this.#entity(draft.entity),
          into: [this.#value(draft.into[0], null), this.#value(draft.into[1], null)],
        }
      case "compare":
        return this.#compare(draft)
      case "compute":
        return this.#compute(draft)
      case "not":
        return { kind: "not", join: numbers(draft.join), clauses: this.branch(draft.clauses) }
      case "or": {
        const join = numbers(draft.join)
        if (draft.required.length > 0) this.declared.set(join, numbers(draft.required))
        return { kind: "or", join, branches: draft.branches.map(branch => this.branch(branch)) }
      }
      case "rule":
        return {
          kind: "rule",
          rule: draft.rule,
          terms: draft.terms.map((term, i) => this.#argument(term, draft.parameters[i]!)),
        }
      default:
        return unreachable(draft)
    }
  }

  #fact(draft: Extract<Draft, { kind: "fact" }>): Clause {
    const { attribute } = draft
    this.#depends(attribute, draft.entity, draft.value)
    const isRef = attribute.type === "ref"
    return {
      kind: "fact",
      attribute: this.#seen(attribute),
      entity: this.#entity(draft.entity),
      value: isRef ? this.#entity(draft.value) : this.#value(draft.value, attribute),
    }
  }

  #getElse(draft: Extract<Draft, { kind: "getElse" }>): Clause {
    const { attribute, into, otherwise } = draft
    this.#depends(attribute, draft.entity)
    const isEntity = attribute.type === "ref" && into.sort.kind === "entity"
    const other = isEntity ? this.#entity(otherwise) : this.#value(otherwise, attribute)
    return {
      kind: "getElse",
      attribute: this.#seen(attribute),
      entity: this.#entity(draft.entity),
      otherwise: constant(other),
      into: into.number,
    }
  }

  #compare({ operator, terms }: Extract<Draft, { kind: "compare" }>): Clause {
    const sorts = sortsOf(terms)
    const decimal = sorts.some(sort => sort.isDecimal)
    if (decimal || operator === "matches" || sorts.length === 0) this.direct = false
    const [sort] = sorts
    const isEntity = sort?.kind === "entity"
    const type = sorts.map(s => s.type).find(t => t !== null) ?? null
    return {
      kind: "compare",
      operator,
      terms: terms.map(term => (isEntity ? this.#entity(term) : this.#value(term, type === null ? null : { type }))),
      ...(decimal ? { decimal } : {}),
    }
  }

  #compute({ operator, terms, into }: Extract<Draft, { kind: "compute" }>): Clause {
    const sorts = sortsOf(terms)
    const decimal = operator !== "str" && operator !== "identity" && sorts.some(sort => sort.isDecimal)
    const known = operator === "str" ? (s: Sort) => s.isText : (s: Sort) => s.isNumber
    const isEntity = operator === "identity" && into.kind === "variable" && into.cell.sort.kind === "entity"
    if (operator !== "identity" && (decimal || !sorts.every(known))) this.direct = false
    return {
      kind: "compute",
      operator,
      terms: terms.map(term => (isEntity ? this.#entity(term) : this.#value(term, null))),
      into: this.#value(into, null),
      ...(decimal ? { decimal } : {}),
    }
  }

  #rows({ cells, rows, place }: Extract<Draft, { kind: "rows" }>): readonly Clause[] {
    if (rows.some(row => row.includes(null)) || rows.length > branchesMax) this.direct = false
    const branches = rows.map(row => cells.map((cell, i) => this.#ground(cell, row[i]!, place)))
    const [only] = branches
    if (branches.length === 1 && only !== undefined) return only
    const never: Clause = { kind: "compare", operator: "=", terms: [{ value: 1 }, { value: 2 }] }
    const none = [never, ...cells.map(cell => this.#ground(cell, false, place))]
    const or: Clause = { kind: "or", join: numbers(cells), branches: branches.length === 0 ? [none] : branches }
    this.places.set(or, place)
    return [or]
  }

  #ground(cell: Cell, value: Json, place: Place): Clause {
    const term: DraftTerm = { kind: "constant", value, literal: false, place }
    const ground: Clause = {
      kind: "compute",
      operator: "ground",
      terms: [cell.sort.kind === "entity" ? this.#entity(term) : this.#value(term, null)],
      into: { variable: cell.number },
    }
    this.places.set(ground, place)
    return ground
  }

  #argument(term: DraftTerm, parameter: Sort): Term {
    return parameter.kind === "entity" ? this.#entity(term) : this.#value(term, null)
  }

  #entity(term: DraftTerm): Term {
    if (term.kind === "constant") return { value: this.key(this.#naming(term)) }
    return term.kind === "variable" ? this.#variable(term.cell) : "anything"
  }

  #value(term: DraftTerm, attribute: Pick<DatalogAttribute, "type"> | null): Term {
    if (term.kind === "constant") {
      if (term.value === null) this.direct = false
      return { value: attribute === null ? term.value : asStored(attribute.type, term.value) }
    }
    return term.kind === "variable" ? this.#variable(term.cell) : "anything"
  }

  #variable(cell: Cell): Term {
    const { entity, value } = cell.sort.seen
    if (entity && value) this.direct = false
    return { variable: cell.number }
  }

  #naming({ value, literal, place }: Extract<DraftTerm, { kind: "constant" }>): Naming {
    checkNaming(value, literal, place, this.#attributes)
    return typeof value === "string" ? { id: value } : this.lookup(value as readonly [string, Json], place)
  }

  lookup([name, value]: readonly [string, Json], place: Place): Naming {
    const attribute = identity(name, place, this.#attributes)
    return { attribute, value: asStored(attribute.type, value) }
  }

  #seen(attribute: DatalogAttribute): DatalogAttribute {
    const { narrowed, lookup, sensitive } = attribute
    if (isBuiltIn(attribute) || (narrowed && lookup) || sensitive) this.direct = false
    return attribute
  }

  #depends(attribute: DatalogAttribute | null, entity: DraftTerm, value?: DraftTerm): void {
    const isRef = attribute?.type === "ref"
    const known = value?.kind === "constant" ? value : null
    this.dependences.push({
      attribute: attribute?.fullName ?? null,
      ...(entity.kind === "constant" ? { entity: this.#naming(entity) } : {}),
      ...(known === null || attribute === null
        ? {}
        : { value: isRef ? this.#naming(known) : asStored(attribute.type, known.value) }),
    })
  }
}

function sortsOf(terms: readonly DraftTerm[]): readonly Sort[] {
  return terms.flatMap(term => (term.kind === "variable" ? [term.cell.sort] : []))
}

function numbers(cells: readonly Cell[]): readonly number[] {
  return cells.map(cell => cell.number)
}

function constant(term: Term): Json {
  return typeof term === "object" && "value" in term ? term.value : null
}
