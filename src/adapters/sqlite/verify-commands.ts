import type { DatabaseSync } from "node:sqlite"
import type { Finding } from "../../ports/maintenance.ts"
import { prepare } from "./driver.ts"
import { inSlices, rowsPerSlice, type Check } from "./slices.ts"
import { leadingTo } from "./stretches.ts"

type CommandRow = [
  n: number,
  id: string,
  t: number,
  updatedAt: number,
  owner: number | null,
  at: number | null,
  isLedTo: number,
]

/**
 * Whether each command's last step is a transaction that is there, its own, and of the same instant. So the end of the log cannot go without
 * a trace: the chain alone would be as whole as before. And whether each that is not in the archive is in the lists that it belongs to.
 */
export function checkCommands(db: DatabaseSync): Check {
  const commands = prepare<CommandRow>(db, stepsOf("commands", leadingTo("c")))
  const archived = prepare<CommandRow>(db, stepsOf("archived_commands", "true"))
  const twice = prepare<[n: number, id: string]>(
    db,
    `SELECT a.n, a.id FROM archived_commands a CROSS JOIN commands c ON c.n = a.n OR c.id = a.id
      WHERE a.n > ? ORDER BY a.n LIMIT ${rowsPerSlice}`,
  )

  function look([n, id, t, updatedAt, owner, at, isLedTo]: CommandRow): Finding[] {
    if (isLedTo === 0)
      return [{ check: "chain", t, sentence: `The command ${id} is not found by its type and its owner` }]
    if (owner === n) {
      if (updatedAt === at) return []
      const sentence = `The last step of the command ${id} was transaction ${t}, but it says another instant`
      return [{ check: "chain", t, sentence }]
    }
    const wrong = owner === null ? "is gone" : "is that of another command"
    return [{ check: "chain", t, sentence: `The last step of the command ${id} was transaction ${t}, which ${wrong}` }]
  }

  return (function* () {
    for (const statement of [commands, archived]) {
      yield* inSlices<CommandRow>(
        last => statement.all(last?.[0] ?? 0),
        rows => rows.flatMap(look),
      )
    }
    yield* inSlices<[n: number, id: string]>(
      last => twice.all(last?.[0] ?? 0),
      rows =>
        rows.map(([t, id]) => ({ check: "chain", t, sentence: `The command ${id} is in the archive and out of it` })),
    )
  })()
}

/** Commands with the transaction of their last step, wherever that is told. */
function stepsOf(table: string, isLedTo: string): string {
  return `SELECT c.n, c.id, c.t, c.updated_at, iif(f.n IS NULL, x.command, f.n), iif(f.n IS NULL, x.at, f.at), ${isLedTo}
      FROM ${table} c LEFT JOIN commands f ON f.n = c.t AND f.hash IS NOT NULL
      LEFT JOIN transactions_apart x ON x.t = c.t
     WHERE c.n > ? ORDER BY c.n LIMIT ${rowsPerSlice}`
}
