import { LogError } from "../../adapters/files/log-error.ts"
import type { LogLine } from "../../adapters/files/log-line.ts"
import type { ImportedCommand, Importing } from "../../kernel/app.ts"
import type { Ids } from "../../kernel/ids.ts"
import type { Command } from "../../kernel/message.ts"
import { isInstant } from "../../protocol/moment.ts"

/** What becomes of a line: a command, or nothing, and why. */
export type Mapped = Command | { readonly skip: string }

/** Maps the lines of one log, in order. The id of each command follows from the log's name and the line's number. */
export function mapperOf(importing: Importing, name: string, ids: Ids): (line: LogLine) => Mapped {
  const map = importing()
  return line => {
    const mapped = tryMap(map, line)
    if ("skip" in mapped) return mapped
    const { occurredAt } = mapped
    const command = { ...mapped, id: ids.of(name, line.number) }
    return occurredAt === undefined || isInstant(occurredAt) ? command : { ...command, occurredAt: inUtc(occurredAt) }
  }
}

function tryMap(map: ReturnType<Importing>, line: LogLine): ImportedCommand | { readonly skip: string } {
  try {
    return map(line)
  } catch (error) {
    const { file, line: at } = line.place
    const why = error instanceof Error ? error.message : String(error)
    throw new LogError({ file, line: at, reason: `the app's importing failed on it (${why})` })
  }
}

// A log that says no zone is read as one in UTC, so that it means the same wherever it is imported.
function inUtc(moment: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(moment)) return `${moment}T00:00:00Z`
  return isInstant(`${moment}Z`) ? `${moment}Z` : moment
}
