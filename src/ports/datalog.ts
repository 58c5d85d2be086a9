import type { Maybe } from "../kernel/handler.ts"
import type { Json } from "../kernel/json.ts"
import type { T } from "../kernel/message.ts"
import type { EntityKey, FactAttribute, Moment } from "./facts.ts"

/** A variable: its place among those of its query, or of its rule. */
export type Variable = number

/** What a variable stands for: an entity, by its key, or a value. */
export type VariableKind = "entity" | "value"

/** What stands in a place of a clause: a variable, a value (in an entity's place, or for a ref, its key), or anything. */
export type Term = { readonly variable: Variable } | { readonly value: Json } | "anything"

/** Compares two values, or two texts. Values of different types are never less, more or equal. */
export type Comparison = "=" | "!=" | "<" | "<=" | ">" | ">=" | "startsWith" | "endsWith" | "includes" | "matches"

/** Makes a value of values. */
export type Computation = "+" | "-" | "*" | "/" | "mod" | "str" | "ground" | "identity"

/** One condition. All names are resolved, and clauses stand in an order in which each finds bound what it needs. */
export type Clause =
  /** The entity has the value. */
  | { readonly kind: "fact"; readonly attribute: FactAttribute; readonly entity: Term; readonly value: Term }
  /** The entity has the value in some attribute, whose full name the attribute's term is or gets. */
  | { readonly kind: "anyFact"; readonly entity: Term; readonly attribute: Term; readonly value: Term }
  /** The entity has no value of the attribute. It is bound. */
  | { readonly kind: "missing"; readonly attribute: FactAttribute; readonly entity: Term }
  /** The entity's value, or another where it has none. It is bound. */
  | {
      readonly kind: "getElse"
      readonly attribute: FactAttribute
      readonly entity: Term
      readonly otherwise: Json
      readonly into: Variable
    }
  /** The first of some attributes that the entity has: its full name and its value. It is bound. */
  | {
      readonly kind: "getSome"
      readonly attributes: readonly FactAttribute[]
      readonly entity: Term
      readonly into: readonly [attribute: Term, value: Term]
    }
  | {
      readonly kind: "compare"
      readonly operator: Comparison
      readonly terms: readonly Term[]
      /** The terms are decimals in text, or numbers, and are compared as what they stand for. Only walked. */
      readonly decimal?: boolean
    }
  | {
      readonly kind: "compute"
      readonly operator: Computation
      readonly terms: readonly Term[]
      readonly into: Term
      /** The terms are decimals in text, or numbers, and what is made of them is a decimal. Only walked. */
      readonly decimal?: boolean
    }
  /** There is no way to satisfy all clauses. `join` is what they share with the outside; all of it is bound. */
  | { readonly kind: "not"; readonly join: readonly Variable[]; readonly clauses: readonly Clause[] }
  /** Any of the branches, each a list of clauses; `join` is what they share with the outside, and each branch binds. */
  | { readonly kind: "or"; readonly join: readonly Variable[]; readonly branches: readonly (readonly Clause[])[] }
  /** A rule, by its place among the rules. */
  | { readonly kind: "rule"; readonly rule: number; readonly terms: readonly Term[] }

/** A rule: a relation, which is the union of what its branches are. Parameters are the variables 0, 1, 2 … of a branch. */
export type Rule = {
  readonly name: string
  readonly parameters: readonly VariableKind[]
  /** Parameters that every call must bring bound. */
  readonly required: readonly number[]
  readonly branches: readonly { readonly kinds: readonly VariableKind[]; readonly clauses: readonly Clause[] }[]
}

/** Rows that some variables are bound to from the beginning. */
export type Input = { readonly variables: readonly Variable[]; readonly rows: readonly (readonly Json[])[] }

/** One column of an answer: a variable, or what an aggregate makes of it over the rows that agree in all other columns. */
export type Column =
  | { readonly variable: Variable; readonly aggregate?: undefined }
  | { readonly variable: Variable; readonly aggregate: "count" | "countDistinct" | "sum" | "avg" | "min" | "max" }

/** A datalog query in which nothing is left to look up. */
export type DatalogQuery = {
  /** What each variable stands for. */
  readonly kinds: readonly VariableKind[]
  readonly inputs: readonly Input[]
  readonly where: readonly Clause[]
  readonly rules: readonly Rule[]
  readonly find: readonly Column[]
  /** Variables that keep rows apart before aggregates look at them. */
  readonly with: readonly Variable[]
}

/** What a reader may see. Facts about what is not seen, and refs to it, are as if they were not there. */
export type Scope = {
  /**
   * Whether an entity is seen; with an attribute's full name, whether that attribute of it is. Answers at once: only to
   * be asked by a store that is in the same process. Throws Unready where it must first find out for long.
   */
  readonly sees: (entity: EntityKey, attribute?: string) => boolean
  /** The attributes, by full name, that have rules of their own. Of all others, who sees the entity sees the attribute. */
  readonly guarded: ReadonlySet<string>
  /**
   * All entities that are seen, of those that exist at `t`; with an attribute's full name, all of which that attribute is.
   * Null: too many to tell.
   */
  readonly members: (attribute?: string) => Maybe<readonly EntityKey[] | null>
  /** Which of some entities are seen, whether they still exist or not, in the order asked; or that attribute of each. */
  readonly visible: (entities: readonly EntityKey[], attribute?: string) => Maybe<readonly boolean[]>
  /** The t whose rights count: that of today, whatever the moment is that is looked at. */
  readonly t: T
}

/** That nobody can be told at once who sees what: to be asked again when it is ready. */
export class Unready extends Error {
  readonly ready: Promise<unknown>

  constructor(ready: Promise<unknown>) {
    super("Who sees what must first be found out")
    this.ready = ready
  }
}

/** Within what a query must stay. */
export type DatalogBounds = {
  /** Rows of the answer: beyond, it refuses with `too-large`. */
  readonly rowsMax: number
  /** Beyond, it refuses with `timeout`. */
  readonly milliseconds: number
}

/** Answers datalog queries in the store itself, where the facts are. */
export interface DatalogStore {
  /**
   * The rows of an answer, each once, in any order; entities are their keys. With `scope`, over what is seen only. Null:
   * this store cannot answer this query well, and whoever asks walks over the facts instead, to the same end.
   */
  answer(
    query: DatalogQuery,
    options: { moment: Moment; scope: Scope | null; bounds: DatalogBounds },
  ): Maybe<readonly (readonly Json[])[] | null>
}
