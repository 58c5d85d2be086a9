import type { Finding } from "../../ports/maintenance.ts"
import type { Ask } from "./driver.ts"
import { inSlices, rowsPerSlice, type Check } from "./slices.ts"

type CommandRow = [n: number, id: string, t: number, owner: number | null]

/**
 * Whether each command's last step is a transaction that is there, and its own. So the end of the log cannot go without
 * a trace: the chain alone would be as whole as before.
 */
export function checkCommands(read: Ask): Check {
  function look([n, id, t, owner]: CommandRow): Finding[] {
    if (owner === n) return []
    const wrong = owner === null ? "is gone" : "is that of another command"
    return [{ check: "chain", t, sentence: `The last step of the command ${id} was transaction ${t}, which ${wrong}` }]
  }

  return inSlices<CommandRow>(
    last =>
      read(
        `SELECT c.n, c.id, c.t, (SELECT command FROM @.transactions WHERE t = c.t) FROM @.commands AS c
          WHERE c.n > $1 ORDER BY c.n LIMIT ${rowsPerSlice}`,
        [last?.[0] ?? 0],
      ),
    rows => rows.flatMap(look),
  )
}
