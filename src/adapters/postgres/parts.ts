import type { Ids } from "../../kernel/ids.ts"
import type { Journal } from "../../ports/journal.ts"
import type { Connections } from "./connections.ts"
import type { Locks } from "./locks.ts"
import type { Memory } from "./memory.ts"
import type { Names } from "./names.ts"
import type { Partitions } from "./partitions.ts"

/** What the parts of a store share. */
export type StoreParts = {
  readonly connections: Connections
  readonly names: Names
  readonly memory: Memory
  readonly partitions: Partitions
  readonly locks: Locks
  /** What time it is, in milliseconds since 1970. */
  readonly now: () => number
  readonly ids: Ids
  readonly journal: Journal
}
