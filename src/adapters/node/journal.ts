import { destination, pino, stdTimeFunctions } from "pino"
import type { Journal } from "../../ports/journal.ts"

/** From which level on lines are written. */
export type JournalLevel = "info" | "warn" | "error" | "silent"

/**
 * One line of JSON for each thing that happened: `level`, `time`, `msg` and `facts`. They go to standard error, because
 * standard output belongs to what was asked for; `write` takes them elsewhere.
 */
export function systemJournal(
  options: { readonly level?: JournalLevel; readonly write?: (line: string) => void } = {},
): Journal {
  const { level = "info", write } = options
  const lines = pino(
    {
      level,
      base: null,
      nestedKey: "facts",
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
    },
    write === undefined ? destination(2) : { write },
  )
  return {
    info: (sentence, facts) => lines.info(readable(facts), sentence),
    warn: (sentence, facts) => lines.warn(readable(facts), sentence),
    error: (sentence, facts) => lines.error(readable(facts), sentence),
  }
}

type Facts = Readonly<Record<string, unknown>>

// JSON knows nothing of errors: as they are they would be written as {}.
function readable(facts: Facts = {}): Facts {
  return Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [name, fact instanceof Error ? said(fact) : fact]),
  )
}

function said({ name, message, stack, cause }: Error): Facts {
  return { name, message, stack, ...(cause instanceof Error ? { cause: said(cause) } : {}) }
}
