import { waitMs } from "../kernel/backoff.ts"
import { Refusal, type RefusalCode } from "../kernel/refusal.ts"

/** What to do after a delivery failed. */
export type AfterFailure =
  { readonly kind: "again"; readonly waitMs: number } | { readonly kind: "dead"; readonly why: "bug" | "attempts" }

// Refusals that say that the command should never have been asked for.
const ours: readonly RefusalCode[] = ["malformed", "invalid", "unknown-command", "unknown-type", "too-large"]

/**
 * What to do after the `attempt`th failure (from 1). Pure, so a table of cases is its whole test. A bug is the same next
 * time, so that trying again would only hide it; everything else may pass.
 */
export function afterFailure(error: unknown, attempt: number, attemptsMax: number, random: number): AfterFailure {
  if (isBug(error)) return { kind: "dead", why: "bug" }
  if (attempt >= attemptsMax) return { kind: "dead", why: "attempts" }
  return { kind: "again", waitMs: waitMs(attempt, random) }
}

/** Whether an error says that the processor is wrong, and not the world around it. */
export function isBug(error: unknown): boolean {
  if (error instanceof Refusal) return ours.includes(error.code)
  // A TypeError with a cause is how `fetch` says that the network failed.
  if (!(error instanceof Error) || error.cause !== undefined) return false
  return error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError
}

/** An error in one sentence, as it is kept with a delivery and shown to an operator. */
export function errorSentence(error: unknown): string {
  if (error instanceof Refusal) return `${error.code}: ${error.message}`
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
