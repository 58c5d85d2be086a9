import type { Document } from "../kernel/entity.ts"
import type { Maybe } from "../kernel/handler.ts"
import type { T } from "../kernel/message.ts"
import type { Fence } from "./leases.ts"

/** How far one version of a projection has got, and whether it is the one that is read. */
export type ProjectionProgress = {
  readonly name: string
  readonly version: number
  readonly reached: T
  readonly live: boolean
}

/** The rows of read models, by projection, version and key. */
export interface ProjectionStore {
  /** All versions of all projections that the store knows. */
  progress(): Maybe<readonly ProjectionProgress[]>

  /** The rows with these keys of one version; a key without a row is missing from the map. */
  rows(name: string, version: number, keys: readonly string[]): Maybe<ReadonlyMap<string, Document>>

  /** Rows in order of their keys, after a key, at most `limit`. */
  list(
    name: string,
    version: number,
    options: { after?: string; limit: number },
  ): Maybe<readonly { key: string; row: Document }[]>

  /**
   * Begins a version from nothing: its rows, if it had any, are gone, and it has reached 0. With a fence that is stale it
   * refuses with `conflict`, and nothing has changed.
   */
  begin(name: string, version: number, fence?: Fence): Maybe<void>

  /** Makes a version the one that is read, and drops all others of that name, in one step. The fence as for `begin`. */
  swap(name: string, version: number, fence?: Fence): Maybe<void>

  /** Forgets a projection with all its versions. */
  drop(name: string): Maybe<void>
}
