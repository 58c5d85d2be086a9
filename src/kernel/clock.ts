/** Takes back what was asked of a clock. Taking it back twice, or too late, does nothing. */
export type Cancel = () => void

/**
 * Time, as a value that is handed in: the only way the system learns what time it is, or waits.
 * The real one is in `adapters/node`; the simulated one, in `testing`, moves when it is told to.
 */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number

  /** Milliseconds that only go forward, with fractions: for measuring, not for recording. */
  ticks(): number

  /** Runs something once, after everything that is already under way in this turn. */
  soon(work: () => void): Cancel

  /** Runs something once, `ms` milliseconds from now or a little later. */
  after(ms: number, work: () => void): Cancel
}

/** An instant as it is written everywhere: ISO 8601, UTC, milliseconds. */
export function instant(ms: number): string {
  return new Date(ms).toISOString()
}
