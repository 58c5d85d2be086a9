import type { JsonLine, LogLine } from "../../../src/adapters/files/log-line.ts"
import type { LineFile } from "../../../src/adapters/files/open-log.ts"

/** The line of a log that says this about a case. */
export function line(number: number, caseId: string, activity: string, more: Partial<LogLine> = {}): LogLine {
  const nothing = { transition: null, at: null, resource: null, caseAttributes: {}, attributes: {} }
  return { place: { file: "a.csv", line: number + 1 }, number, caseId, activity, ...nothing, ...more }
}

/** A file of these lines, in batches of two. */
export function fileOf<Line>(lines: readonly Line[], failure?: Error): LineFile<Line> {
  async function* batches() {
    for (let i = 0; i < lines.length; i += 2) yield lines.slice(i, i + 2)
    if (failure !== undefined) throw failure
  }
  return { format: "csv", bytesTotal: lines.length, bytesRead: () => lines.length, lines: batches }
}

/** A file of JSON values, such as the events that an export prints. */
export function jsonFileOf(values: readonly unknown[]): LineFile<JsonLine> {
  const written = values.map(value => JSON.parse(JSON.stringify(value)) as unknown)
  return fileOf(written.map((value, i) => ({ place: { file: "a.jsonl", line: i + 1 }, number: i + 1, value })))
}
