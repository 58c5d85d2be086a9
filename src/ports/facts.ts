import type { Document } from "../kernel/entity.ts"
import type { Maybe } from "../kernel/handler.ts"
import type { Json } from "../kernel/json.ts"
import type { T } from "../kernel/message.ts"
import type { BaseType } from "../schema/grammar.ts"

/** A whole number from 1 on that stands for an id in one store, as long as that store is there. Given in order. */
export type EntityKey = number

/** What a store must know of an attribute to find its values. */
export type FactAttribute = {
  /** What its looked-up values are under: `Entity/attr`, or `Abstract/attr` for all variants of an abstract. */
  readonly fullName: string
  /** The key in documents. */
  readonly name: string
  /** The entity types that have it. */
  readonly types: readonly string[]
  readonly type: BaseType
  readonly many: boolean
  /** Whether its values are rows; all refs' are. Else they are read out of the documents. */
  readonly lookup: boolean
}

/**
 * What is looked at: all that is true at `t`; with `since`, only what has come to be true after that t. What was true then,
 * and away in between, is true since it came back.
 */
export type Moment = { readonly t: T; readonly since?: T }

/** That an entity has a value: of a ref, the key of its target; of a file, its id where it is looked up. */
export type Fact = readonly [entity: EntityKey, value: Json]

/** Which facts of an attribute: those of some entities, those with some values, both, or all. */
export type FactFilter = { readonly entities?: readonly EntityKey[]; readonly values?: readonly Json[] }

/** An entity as it was at one t, with its key. */
export type KeyedEntity = {
  readonly key: EntityKey
  readonly id: string
  readonly type: string
  readonly fromT: T
  readonly createdT: T
  readonly document: Document
}

/**
 * Entities and the values of their attributes, many at once and as of any t, for those who walk over them: security,
 * queries, live answers. Everything may be asked for thousands at once, and is answered in few steps.
 */
export interface FactStore {
  /**
   * The keys of ids, in the order asked. Null: nobody has ever mentioned it. `ahead`: refs, by their keys in documents,
   * that will be followed from there, for a store that had better bring more at once.
   */
  keys(ids: readonly string[], ahead?: readonly string[]): Maybe<readonly (EntityKey | null)[]>

  /** The ids of keys, in the order asked. */
  ids(keys: readonly EntityKey[]): Maybe<readonly string[]>

  /** The types of entities that exist at t, in the order asked. Null: it does not exist then. */
  types(keys: readonly EntityKey[], t: T): Maybe<readonly (string | null)[]>

  /** Entities as they were at t, in the order asked. Null: it did not exist then. */
  entities(keys: readonly EntityKey[], t: T): Maybe<readonly (KeyedEntity | null)[]>

  /** The last t at or before `t` at which each existed, in the order asked: `t` itself where it does. Null: never by then. */
  lastSeen(keys: readonly EntityKey[], t: T): Maybe<readonly (T | null)[]>

  /** The entities of a type that exist at t, in order of their keys, after a key, at most `limit`. */
  ofType(type: string, t: T, options: { after?: EntityKey; limit: number }): Maybe<readonly EntityKey[]>

  /**
   * The facts of an attribute, in any order, at most `limit` of them: whoever gets as many as they asked for has not
   * seen all. Values compare exactly, by type: 1 is not "1". Values of an attribute that is not looked up may be sought
   * too; that takes a walk over all entities of its types.
   */
  facts(attribute: FactAttribute, filter: FactFilter, moment: Moment, limit: number): Maybe<readonly Fact[]>
}
