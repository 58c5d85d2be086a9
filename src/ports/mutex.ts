import type { Maybe } from "../kernel/handler.ts"
import type { Fence } from "./leases.ts"

/** The right to take the next step of one instance. */
export type Turn = {
  /** Goes along with what the step comes to: the commit looks whether the turn is still ours. */
  readonly fence?: Fence
  /** Gives it back. `isLost`: a commit has said that it was another's by then. */
  readonly end: (isLost: boolean) => Maybe<void>
}

/**
 * Sees to it that a lasting command takes one step at a time, over threads and processes.
 *
 * - Of two who take a step of one instance from where it stands, at the same time or one asleep meanwhile, one commits it and
 *   the other is refused: because the instance has moved on, or because their turn is another's.
 * - Whoever dies with a turn holds nobody up for longer than a lease lasts.
 * - Nobody waits for those who take steps of other instances for longer than one of these steps takes.
 */
export interface Mutex {
  /** A turn of the instance of a command. Null: it is another's for now. */
  take(id: string): Maybe<Turn | null>
}
