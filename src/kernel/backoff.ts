import { limits } from "./limits.ts"

/** How long to wait between attempts. All in milliseconds; a test hands in another. */
export type Backoff = {
  readonly baseMs: number
  readonly factor: number
  readonly capMs: number
  readonly jitterMs: number
}

/** The backoff that everything uses unless told otherwise. */
export const defaultBackoff: Backoff = {
  baseMs: limits.retryBaseMs,
  factor: limits.retryFactor,
  capMs: limits.retryCapMs,
  jitterMs: limits.retryJitterMs,
}

/**
 * The wait after the `attempt`th failure (from 1): base × factor^(attempt − 1), capped, plus a random part. The jitter
 * is never more than the wait itself, so that the first retries stay quick.
 */
export function waitMs(attempt: number, random: number, backoff: Backoff = defaultBackoff): number {
  const planned = Math.min(backoff.baseMs * backoff.factor ** (attempt - 1), backoff.capMs)
  return Math.round(planned + random * Math.min(backoff.jitterMs, planned))
}
