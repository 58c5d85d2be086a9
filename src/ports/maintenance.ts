import type { Maybe } from "../kernel/handler.ts"
import type { JsonObject } from "../kernel/json.ts"
import type { T } from "../kernel/message.ts"
import type { ErasedPlace, Erasure } from "./erasure.ts"
import type { EntityKey, FactAttribute } from "./facts.ts"

/** A schema as it was in force from a t on. */
export type KeptSchema = {
  readonly version: number
  readonly hash: string
  readonly schema: JsonObject
  readonly fromT: T
}

/** Something that is not as the store promises. */
export type Finding = {
  readonly check: "file" | "chain" | "streams" | "intervals" | "rebuild"
  readonly t: T | null
  readonly sentence: string
}

/** What keeps a store healthy, and what looks whether it is. */
export interface MaintenanceStore {
  /** The kind and place of the store, its version and size in bytes, for `/health` and the command line. */
  about(): Maybe<{ kind: string; place: string; version: number; bytes: number }>

  /** The schemas that were in force, oldest first. */
  schemas(): Maybe<readonly KeptSchema[]>

  /** Notes that a schema is in force from now on. The same hash again does nothing. */
  keepSchema(schema: Omit<KeptSchema, "fromT">): Maybe<void>

  /**
   * Makes the rows of the looked-up values of some attributes anew, out of all versions of each entity; of one that is
   * not looked up it takes them away. A batch: the entities after a key in the order of their keys, at most `limit`.
   * Returns the key up to which it is done; null: none was left. Done twice, it comes to the same.
   */
  rebuildValues(attributes: readonly FactAttribute[], after: EntityKey, limit: number): Maybe<EntityKey | null>

  /** What an erasure would leave of its transactions, in order. It is not made by this. */
  erased(erasure: Erasure): Maybe<readonly ErasedPlace[]>

  /**
   * Walks the file, the hash chain, the streams and the intervals, and yields everything that is not as promised.
   * Reads only, and lets others work meanwhile.
   */
  verify(): AsyncIterable<Finding>

  /** Writes a consistent copy to a new file while everything goes on. Refuses if the file is there. */
  backup(path: string): Promise<void>

  /** The hash of the newest transaction, and its t. */
  chain(): Maybe<{ t: T; hash: string }>
}
