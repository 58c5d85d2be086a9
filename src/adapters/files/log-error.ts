/** What one line is called in a format. */
export type Unit = "event" | "row" | "line"

/** Says that a log cannot be read any further, where, and why. */
export class LogError extends Error {
  readonly file: string
  // Counted as in `Place`. Null when it is about the file as a whole.
  readonly line: number | null
  readonly byte: number | null
  readonly reason: string

  constructor(at: { file: string; unit?: Unit; line?: number | null; byte?: number | null; reason: string }) {
    super(sentence(at))
    this.name = "LogError"
    this.file = at.file
    this.line = at.line ?? null
    this.byte = at.byte ?? null
    this.reason = at.reason
  }
}

function sentence(at: ConstructorParameters<typeof LogError>[0]): string {
  const line = at.line == null ? [] : [`${at.unit ?? "line"} ${at.line}`]
  const byte = at.byte == null ? [] : [`byte ${at.byte}`]
  const place = [...line, ...byte].join(", ")
  return `Cannot read ${at.file}${place && ` at ${place}`}: ${at.reason}.`
}

/**
 * Stops a reader. It knows the reason, and the place only where it knows better than the reader does:
 * the one caller that knows the file makes a `LogError` of it.
 */
export class BadPlace extends Error {
  readonly line: number | undefined
  readonly byte: number | undefined

  constructor(reason: string, at: { line?: number; byte?: number } = {}) {
    super(reason)
    this.name = "BadPlace"
    this.line = at.line
    this.byte = at.byte
  }
}
