import type { JsonObject } from "./json.ts"
import type { T, Version } from "./message.ts"

/** The attributes of an entity, by their short names. The state of an aggregate *is* this. */
export type Document = JsonObject

/** An entity as it is now, or as it is about to be. */
export type Head = {
  readonly id: string
  readonly type: string
  /** How many events its stream has; 0: it is new. */
  readonly version: Version
  /** The transaction that changed it last; 0: it is new. Infinity: one that is being committed. */
  readonly t: T
  /** Null: it does not exist, not yet or no more. */
  readonly document: Document | null
}

/** An entity as it was at one t. */
export type EntityAt = {
  readonly id: string
  readonly type: string
  readonly fromT: T
  readonly createdT: T
  readonly document: Document
}

/** What became of an entity in one transaction. */
export type ChangeKind = "created" | "changed" | "retracted"
