import type { Clock } from "../kernel/clock.ts"
import type { Ids } from "../kernel/ids.ts"
import type { Journal } from "../ports/journal.ts"
import type { Metrics } from "../ports/metrics.ts"
import type { Mutex } from "../ports/mutex.ts"
import type { Store } from "../ports/store.ts"
import type { Committed, TimerChange } from "../ports/write.ts"
import type { Digests } from "./digest.ts"
import type { Security } from "./judge.ts"
import type { Mark } from "./mark.ts"
import type { Routes } from "./routes.ts"
import type { Workspace } from "./workspace.ts"

/** What deciding needs. */
export type DecidingParts = {
  readonly routes: Routes
  readonly store: Store
  readonly workspace: Workspace
  readonly ids: Ids
  readonly clock: Clock
  readonly digests: Digests
  /** The rules of who may what. */
  readonly security: Security
  /** This process, where several share the store; else null. */
  readonly mark: () => Mark | null
}

/** What running handlers needs besides what deciding does. */
export type HandlerParts = DecidingParts & {
  readonly adapters: Readonly<Record<string, unknown>>
  readonly journal: Journal
  /** Makes what tells a handler that nobody waits for it any more: an `AbortSignal`, and how it is aborted. */
  readonly aborting: () => { readonly signal: unknown; readonly abort: (reason: Error) => void }
}

/** What a dispatcher needs. `committed` is told of every transaction, in order of t. */
export type DispatcherParts = HandlerParts & {
  readonly metrics: Metrics
  /** Who takes the next step of a lasting command. */
  readonly mutex: Mutex
  readonly committed: (report: Committed) => void
  /** Told of the timers that were set or taken back by this process. */
  readonly armed: (timers: readonly TimerChange[]) => void
}
