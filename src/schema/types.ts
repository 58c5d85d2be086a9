import type { Document } from "../kernel/entity.ts"
import type { Json, JsonObject } from "../kernel/json.ts"
import type { Fault } from "../kernel/refusal.ts"
import type { ExpandedEntity } from "./expand.ts"
import type { BaseType } from "./grammar.ts"

/** An attribute of an entity type, with everything that the schema says about it, filled in. */
export type Attribute = {
  /** Within its entity: the key in the document. */
  readonly name: string
  /**
   * The one name its values are stored and looked up under, for all variants of an abstract the same: `Abstract/name`
   * there, else `Entity/name`. So a unique value is unique in the whole family, and a query over the family is one walk.
   */
  readonly fullName: string
  /** The abstract whose variant its entity is; null: of none. */
  readonly abstractName: string | null
  readonly type: BaseType
  readonly many: boolean
  readonly required: boolean
  readonly unique: "identity" | "value" | null
  readonly index: boolean
  readonly fulltext: boolean
  readonly component: boolean
  readonly sensitive: boolean
  readonly noHistory: boolean
  /** The entity types a ref may point at, variants expanded; empty: any. */
  readonly to: readonly string[]
  /** The keys of an enum, in order; else empty. */
  readonly keys: readonly string[]
  /** Whether groups flow along it. */
  readonly propagates: boolean
  /** Whether its values are rows of their own. */
  readonly lookup: boolean
  readonly default: Json | undefined
  /** As it is written. */
  readonly definition: Json
}

/** What `coerce` makes of a value: the value as it is stored, or why it cannot be. */
export type Coerced = { readonly value: Json } | { readonly fault: Fault }

/** An entity type, ready to be used: variants are merged, names are resolved. */
export type EntityType = {
  readonly name: string
  readonly abstract: string | null
  /** By their short names. */
  readonly attributes: ReadonlyMap<string, Attribute>
  /** The attributes whose values are rows: uniques, indexed ones, refs, files, and what the rules of security read. */
  readonly lookups: readonly Attribute[]
  /** The attributes that hold files. */
  readonly files: readonly Attribute[]
  /** The state before the first event: nothing but defaults, and an empty list where there may be many values. */
  readonly initial: Document
  readonly definition: ExpandedEntity
  /** Checks a finished document completely. Paths are `/attribute`; empty: it is good. */
  readonly validate: (document: Document) => readonly Fault[]
  /**
   * Reads a value from outside as the attribute's type stores it: `"5"` as 5, an instant in its own zone as one in UTC.
   * Null stays null: no value. Where there may be many, a list is read value by value, and a single value alone.
   */
  readonly coerce: (attribute: string, value: Json) => Coerced
}

/** A command type, ready to be used. */
export type CommandType = {
  readonly name: string
  /** The entity type or abstract it is about; null: none. */
  readonly target: string | null
  /** The permission it takes. */
  readonly requires: string
  readonly sensitive: readonly string[]
  readonly jsonSchema: JsonObject
  /** Whether its target may be of this entity type. */
  readonly accepts: (entity: string) => boolean
  /** Checks its data. Paths are JSON Pointers into the data; it is neither changed nor coerced. */
  readonly validate: (data: Json) => readonly Fault[]
}

/** An event type, ready to be used. */
export type EventType = {
  readonly name: string
  /** The entity type or abstract whose streams it is in; null: any. */
  readonly stream: string | null
  /** What telling it from outside takes, on the entity of whoever tells it. */
  readonly requires: string
  readonly version: number
  readonly rejection: boolean
  readonly jsonSchema: JsonObject
  readonly accepts: (entity: string) => boolean
  readonly validate: (data: Json) => readonly Fault[]
}
