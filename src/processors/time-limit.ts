import type { Clock } from "../kernel/clock.ts"
import { Refusal } from "../kernel/refusal.ts"

/** What tells an effect that nobody waits for it any more. This room cannot make one: it is the platform's. */
export type Aborting = {
  /** An `AbortSignal`, as effects hand it to whatever they ask. */
  readonly signal: unknown
  readonly abort: (reason: Error) => void
}

/**
 * Does work that has so much time. When it is over, the signal that the work was handed is aborted, and what comes of it
 * later is nobody's any more: rejects with `timeout`.
 */
export function withinTime<Result>(
  work: (signal: unknown) => Promise<Result>,
  ms: number,
  what: string,
  { clock, aborting }: { readonly clock: Clock; readonly aborting: () => Aborting },
): Promise<Result> {
  const { signal, abort } = aborting()
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => {
      const late = new Refusal("timeout", `${what} took longer than ${ms} ms`, { ms })
      // First, so that what the work makes of being aborted comes too late to be taken for its answer.
      reject(late)
      abort(late)
    })
    void work(signal).then(resolve, reject).finally(cancel)
  })
}
