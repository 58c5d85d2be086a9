export { instant as instantOf } from "../../kernel/clock.ts"

// What is recorded in one batch mostly has one instant.
let lastText = ""
let lastMs = Number.NaN

/** An instant as it was written by `instantOf`, in milliseconds since 1970. */
export function msOf(instant: string): number {
  if (instant === lastText) return lastMs
  lastMs = Date.parse(instant)
  lastText = instant
  return lastMs
}
