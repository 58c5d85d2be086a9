import { waitMs } from "../kernel/backoff.ts"
import type { JsonObject } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import { Refusal } from "../kernel/refusal.ts"
import { CodeError } from "./work.ts"

/** What to do after something threw. Pure, so a table of cases is its whole test. */
export type AfterFailure =
  | { readonly kind: "again"; readonly waitMs: number; readonly error: JsonObject }
  | { readonly kind: "failed"; readonly error: JsonObject }

const passing = ["unavailable", "overloaded", "rate-limited", "timeout", "conflict"]

/**
 * The technical class of errors [X6]. What may pass is tried again with growing waits; what is a bug, or a refusal that
 * will be the same next time, is not. The `attempt` that failed counts from 1.
 */
export function afterFailure(thrown: unknown, attempt: number, random: number): AfterFailure {
  const error = errorJson(thrown)
  const final = thrown instanceof Refusal ? !passing.includes(thrown.code) : isBug(thrown)
  if (final || attempt >= limits.attemptsMax) return { kind: "failed", error }
  return { kind: "again", waitMs: waitMs(attempt, random), error }
}

function isBug(thrown: unknown): boolean {
  return (
    thrown instanceof CodeError ||
    thrown instanceof TypeError ||
    thrown instanceof ReferenceError ||
    thrown instanceof RangeError ||
    thrown instanceof SyntaxError
  )
}

/** An error as it is kept and shown: its class, its sentence, and where it is a refusal or a bug in a decision, the facts. */
export function errorJson(thrown: unknown): JsonObject {
  if (thrown instanceof Refusal) {
    const { code, message, facts, faults } = thrown
    return { class: passing.includes(code) ? "system" : "user", code, message, ...(faults.length === 0 ? {} : { errors: [...faults] }), facts }
  }
  if (thrown instanceof CodeError) {
    return { class: "dev", code: "bug", message: thrown.message, ...(thrown.faults.length === 0 ? {} : { errors: [...thrown.faults] }) }
  }
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
  return { class: isBug(thrown) ? "dev" : "system", code: isBug(thrown) ? "bug" : "error", message }
}
