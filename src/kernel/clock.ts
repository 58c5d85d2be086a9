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

// Instants that are asked for one after the other mostly share their second, often their millisecond.
let lastMs = Number.NaN
let lastText = ""
let lastSecond = Number.NaN
let lastPrefix = ""

/** An instant as it is written everywhere: ISO 8601, UTC, milliseconds. */
export function instant(ms: number): string {
  if (ms === lastMs) return lastText
  const whole = Math.trunc(ms)
  const second = Math.floor(whole / 1000)
  if (second !== lastSecond) {
    lastPrefix = new Date(whole).toISOString().slice(0, -4)
    lastSecond = second
  }
  lastText = `${lastPrefix}${String(whole - second * 1000).padStart(3, "0")}Z`
  lastMs = ms
  return lastText
}
