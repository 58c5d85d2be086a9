import type { DatabaseSync } from "node:sqlite"
import type { Finding } from "../../ports/maintenance.ts"
import { prepare } from "./driver.ts"
import { inSlices, rowsPerSlice, type Check } from "./slices.ts"

type CommandRow = [n: number, id: string, t: number, updatedAt: number, owner: number | null, at: number | null]

/**
 * Whether each command's last step is a transaction that is there, its own, and of the same instant. So the end of the log cannot go without
 * a trace: the chain alone would be as whole as before.
 */
export function checkCommands(db: DatabaseSync): Check {
  const commands = prepare<CommandRow>(
    db,
    `SELECT c.n, c.id, c.t, c.updated_at, x.command, x.at FROM commands c LEFT JOIN transactions x ON x.t = c.t
      WHERE c.n > ? ORDER BY c.n LIMIT ${rowsPerSlice}`,
  )

  function look([n, id, t, updatedAt, owner, at]: CommandRow): Finding[] {
    if (owner === n) {
      if (updatedAt === at) return []
      const sentence = `The last step of the command ${id} was transaction ${t}, but it says another instant`
      return [{ check: "chain", t, sentence }]
    }
    const wrong = owner === null ? "is gone" : "is that of another command"
    return [{ check: "chain", t, sentence: `The last step of the command ${id} was transaction ${t}, which ${wrong}` }]
  }

  return inSlices<CommandRow>(
    last => commands.all(last?.[0] ?? 0),
    rows => rows.flatMap(look),
  )
}
