import { Refusal } from "../kernel/refusal.ts"
import type { Write, WriteOutcome } from "../ports/write.ts"
import type { DispatcherParts } from "./parts.ts"

/** A write that failed as a whole, with what the store threw. */
export type Failed = { readonly kind: "failed"; readonly error: unknown }

/** Commits a batch. Where one write of it is more than the store can take, only that one fails. */
export async function commitAll(
  writes: readonly Write[],
  parts: Pick<DispatcherParts, "store">,
): Promise<readonly (WriteOutcome | Failed)[]> {
  try {
    return await parts.store.commit(writes)
  } catch (error) {
    if (error instanceof Refusal || writes.length === 1) return writes.map(() => ({ kind: "failed", error }))
  }
  // One of them is more than the store can take, and it did not say which: each gets a commit of its own.
  const outcomes: (WriteOutcome | Failed)[] = []
  for (const write of writes) outcomes.push(...(await commitAll([write], parts)))
  return outcomes
}
