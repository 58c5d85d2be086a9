import { waitMs } from "../kernel/backoff.ts"
import type { JsonObject } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import { Refusal, type RefusalCode } from "../kernel/refusal.ts"
import { CodeError } from "./code-error.ts"

/** What to do after something threw. Pure, so a table of cases is its whole test. */
export type AfterFailure =
  | { readonly kind: "again"; readonly waitMs: number; readonly error: JsonObject }
  | { readonly kind: "failed"; readonly error: JsonObject }

const passing: readonly RefusalCode[] = ["unavailable", "overloaded", "rate-limited", "timeout", "conflict"]

/**
 * The technical class of errors [X6]. What may pass is tried again with growing waits; what is a bug, or a refusal that
 * will be the same next time, is not. The `attempt` that failed counts from 1.
 */
export function afterFailure(thrown: unknown, attempt: number, random: number): AfterFailure {
  const error = errorJson(thrown)
  if (error["class"] !== "system" || attempt >= limits.attemptsMax) return { kind: "failed", error }
  return { kind: "again", waitMs: waitMs(attempt, random), error }
}

/** An error as it is kept and shown: its class, its sentence, and where it is a refusal or a bug in a decision, the facts. */
export function errorJson(thrown: unknown): JsonObject {
  if (thrown instanceof Refusal) {
    const { code, message, facts, faults } = thrown
    return { class: passing.includes(code) ? "system" : "user", code, message, ...errorsOf(faults), facts }
  }
  if (isBug(thrown)) return bugJson(thrown)
  return { class: "system", code: "error", message: sentenceOf(thrown) }
}

/** What was thrown where nothing may throw but a refusal: a bug, whatever it is. */
export function bugJson(thrown: unknown): JsonObject {
  if (thrown instanceof Refusal) return errorJson(thrown)
  const faults = thrown instanceof CodeError ? thrown.faults : []
  return { class: "dev", code: "bug", message: sentenceOf(thrown), ...errorsOf(faults) }
}

function isBug(thrown: unknown): boolean {
  if (thrown instanceof CodeError) return true
  // A TypeError with a cause is how `fetch` says that the network failed.
  if (!(thrown instanceof Error) || thrown.cause !== undefined) return false
  return [TypeError, ReferenceError, RangeError, SyntaxError].some(bug => thrown instanceof bug)
}

function sentenceOf(thrown: unknown): string {
  if (thrown instanceof CodeError) return thrown.message
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
}

function errorsOf(faults: Refusal["faults"]): JsonObject {
  return faults.length === 0 ? {} : { errors: [...faults] }
}

/** What the store threw, as a refusal: what is not one means that it could not take what it was given. */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new Refusal("unavailable", `The store could not take it: ${reason}`)
}
