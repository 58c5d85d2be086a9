import type { Json, JsonObject } from "../kernel/json.ts"

/** A schema as it is written and served: the JSON of the contract, checked. Unknown keys are kept everywhere. */
export type Schema = JsonObject & {
  readonly daybook: 1
  readonly name: string
  readonly version: number
  readonly types?: Table<AttributeDef>
  readonly groups?: Table<JsonObject>
  readonly entities: Table<EntityDef | FamilyDef>
  readonly commands?: Table<CommandDef>
  readonly events?: Table<EventDef>
}

/** Definitions by their names. */
export type Table<Def> = { readonly [name: string]: Def }

/** An entity type: its attributes, what must be there, and who gets which groups and permissions. */
export type EntityDef = JsonObject & {
  /** Only a variant may leave them out, whose abstract has them. */
  readonly attributes?: Table<AttributeDef>
  readonly required?: readonly RequiredList[]
  readonly assign?: readonly Assign[]
  readonly implies?: Table<readonly string[]>
  readonly permissions?: Table<Groups>
}

/** An abstract and its variants. The abstract is no entity type itself: each variant is one, with all of the abstract. */
export type FamilyDef = JsonObject & { readonly abstract: EntityDef; readonly variants: Table<EntityDef> }

/** A list: at least one of these has a value. */
export type RequiredList = readonly string[] | { readonly allOrNone: readonly string[] }

/** The types that are built in. */
export type BaseType =
  | "string"
  | "text"
  | "boolean"
  | "integer"
  | "number"
  | "decimal"
  | "uuid"
  | "uri"
  | "bytes"
  | "json"
  | "enum"
  | "ref"
  | "date"
  | "instant"
  | "file"

/** An attribute as it is written. */
export type AttributeDef = JsonObject & {
  /** A base type, or a name from the schema's `types`. */
  readonly type: string
  readonly many?: boolean
  readonly required?: boolean
  readonly default?: Json
  readonly unique?: "identity" | "value"
  readonly index?: boolean
  readonly fulltext?: boolean
  readonly component?: boolean
  readonly sensitive?: boolean
  readonly noHistory?: boolean
  readonly label?: string
  readonly doc?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly pattern?: string
  readonly format?: string
  /** Of an enum: its keys with their labels, or where another enum says them. */
  readonly values?: Table<string> | { readonly $ref: string }
  /** Of a ref: the entity types it may point at; an abstract stands for its variants. */
  readonly to?: readonly string[]
  readonly propagate?: readonly Propagate[]
  readonly permissions?: Table<Groups>
}

/** Gives a group to the entities for which the predicate holds. */
export type Assign = { readonly group: string; readonly when: Pred }

/** Lets groups flow along a reference: forward to its target, reverse to its holder. */
export type Propagate = {
  readonly direction: "forward" | "reverse"
  readonly when: Pred
  /** Missing: all flow. A list: only those. A map: those, under another name on the far side. */
  readonly groups?: readonly string[] | Table<string>
}

/** An expression over the groups that somebody has. A list: any of them. */
export type Groups = string | readonly Groups[] | { readonly all: readonly Groups[] } | { readonly not: Groups }

/** A question about the data, and about nothing but the data: groups and permissions do not occur in it. */
export type Pred =
  | boolean
  | { readonly and: readonly Pred[] }
  | { readonly or: readonly Pred[] }
  | { readonly not: Pred }
  | { readonly is: readonly [Var, Var] }
  | { readonly reaches: readonly [Var, Path, Var] }
  | { readonly exists: readonly [Var, Path] }
  | { readonly eq: readonly [Term, Term] }
  | { readonly lt: readonly [Term, Term] }
  | { readonly lte: readonly [Term, Term] }
  | { readonly gt: readonly [Term, Term] }
  | { readonly gte: readonly [Term, Term] }
  | { readonly in: readonly [Term, readonly Scalar[]] }
  | { readonly type: readonly [Var, string] }

/** A value, or the values at the end of a path. */
export type Term = Scalar | { readonly path: readonly [Var, ...Step[]] }

/** What can be compared. */
export type Scalar = string | number | boolean

/** The way from one entity to others, or to their values. */
export type Path = readonly Step[]

/** `Entity/attr`; `Entity/_attr`: the same edge walked backwards; a star: any number of times, also none. */
export type Step = string | { readonly star: Step }

/** The entity a rule is about, the two ends of an edge, and the entity that stands for who asks. */
export type Var = "$self" | "$parent" | "$child" | "$security"

/** A command type as it is written. */
export type CommandDef = JsonObject & {
  /** The entity type it is about; an abstract: any of its variants. */
  /** Null: it is about nothing in particular. */
  readonly target: string | null
  /** JSON Schema 2020-12 of its data; missing: any object. */
  readonly data?: JsonObject | boolean
  readonly requires?: string
  /** JSON Pointers into the data: what is not kept. */
  readonly sensitive?: readonly string[]
  readonly doc?: string
}

/** An event type as it is written. */
export type EventDef = JsonObject & {
  readonly stream: string
  readonly version?: number
  readonly data?: JsonObject | boolean
  /** It says no: it is recorded and changes nothing. */
  readonly rejection?: boolean
  /** What telling it from outside takes; `operate`, unless something else is said. */
  readonly requires?: string
  readonly doc?: string
}
