/**
 * What is counted and timed. Names are without prefix and unit-last (`command_seconds`); labels are few and closed
 * lists, never ids.
 */
export interface Metrics {
  count(name: string, labels?: Readonly<Record<string, string>>, by?: number): void
  gauge(name: string, value: number, labels?: Readonly<Record<string, string>>): void
  time(name: string, seconds: number, labels?: Readonly<Record<string, string>>): void
}

/** Counts nothing: for tests and for the command line. */
export const noMetrics: Metrics = { count() {}, gauge() {}, time() {} }
