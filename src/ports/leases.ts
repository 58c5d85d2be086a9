import type { Maybe } from "../kernel/handler.ts"

/**
 * That a write is made by the holder of a lease. The commit looks whether the lease still has this epoch: a holder that
 * was paused for longer than it had the lease, and was replaced meanwhile, does no harm.
 */
export type Fence = { readonly name: string; readonly epoch: number }

/**
 * Names that begin so are had once and by one holder: a store may forget them when they ended long ago. Of any other name
 * the epochs must go on where they were.
 */
export const namedOnce = { process: "process:", ask: "ask:" } as const

/** A lease that somebody holds now. */
export type HeldLease = { readonly name: string; readonly holder: string; readonly msLeft: number }

/**
 * Who does what only one may do at a time, of all processes on a store. A lease ends by itself: what a dead process had
 * is free after its time.
 *
 * - An epoch is given once: whoever takes the lease next has a higher one.
 * - Its time is measured where the leases are kept, never by the clocks of two processes.
 */
export interface LeaseStore {
  /**
   * Whether other processes may be on the store. Where they may not, whoever asks for a lease has it, and nobody needs to
   * renew one, to look who has what, or to wait.
   */
  readonly isShared: boolean

  /**
   * Takes a lease for `ms` milliseconds if nobody else holds it; null: somebody does. Whoever holds it already gets it
   * anew, with a new epoch.
   */
  take(name: string, holder: string, ms: number): Maybe<{ readonly epoch: number } | null>

  /**
   * Holds a lease for `ms` milliseconds from now. False: it is another's, or it was given back. One that has run out and
   * that nobody has taken can still be held on to.
   */
  renew(name: string, holder: string, epoch: number, ms: number): Maybe<boolean>

  /** Gives a lease back before its time. Its epoch is of no use any more. Does nothing for one that is another's by now. */
  release(name: string, holder: string, epoch: number): Maybe<void>

  /** All leases whose time is not over, in order of their names. */
  held(): Maybe<readonly HeldLease[]>
}
