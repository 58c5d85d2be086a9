import type { Finding } from "../../ports/maintenance.ts"
import type { Ask } from "./driver.ts"
import { inSlices, rowsPerSlice, type Check } from "./slices.ts"

type CommandRow = [n: number, id: string, t: number, updatedAt: number, owner: number | null, at: number | null]

/**
 * Whether each command's last step is a transaction that is there, its own, and of the same instant. So the end of the log cannot go without
 * a trace: the chain alone would be as whole as before.
 */
export function checkCommands(read: Ask): Check {
  function look([n, id, t, updatedAt, owner, at]: CommandRow): Finding[] {
    if (owner === n) {
      if (updatedAt === at) return []
      const sentence = `The last step of the command ${id} was transaction ${t}, but it says another instant`
      return [{ check: "chain", t, sentence }]
    }
    const wrong = owner === null ? "is gone" : "is that of another command"
    return [{ check: "chain", t, sentence: `The last step of the command ${id} was transaction ${t}, which ${wrong}` }]
  }

  return (async function* () {
    for (const table of ["commands", "archived_commands"]) {
      const text = `SELECT c.n, c.id, c.t, c.updated_at, x.command, x.at
           FROM @.${table} AS c LEFT JOIN @.transactions AS x ON x.t = c.t
          WHERE c.n > $1 ORDER BY c.n LIMIT ${rowsPerSlice}`
      yield* inSlices<CommandRow>(
        last => read(text, [last?.[0] ?? 0]),
        rows => rows.flatMap(look),
      )
    }
    yield* inSlices<TwiceRow>(
      last => read(twice, [last?.[0] ?? 0]),
      rows =>
        rows.map(([t, id]) => ({ check: "chain", t, sentence: `The command ${id} is in the archive and out of it` })),
    )
  })()
}

type TwiceRow = [n: number, id: string]

const twice = `SELECT a.n, a.id FROM @.archived_commands AS a WHERE a.n > $1 AND (
    EXISTS (SELECT 1 FROM @.commands WHERE n = a.n) OR EXISTS (SELECT 1 FROM @.commands WHERE id = a.id)
  ) ORDER BY a.n LIMIT ${rowsPerSlice}`
