import type { DatabaseSync } from "node:sqlite"
import type { CommandFilter, CommandStore } from "../../ports/commands.ts"
import { commandColumns, instanceOf, type CommandRow } from "../sql/command-rows.ts"
import { prepare, together, type Cell, type Statement } from "./driver.ts"
import type { Names } from "./names.ts"
import { refusalReader } from "./refusals.ts"
import { codeOfState, statesInHand } from "../sql/states.ts"

/** Reads the records of commands. */
export function commandStore(db: DatabaseSync, names: Names): CommandStore {
  const byId = prepare<CommandRow>(db, `SELECT ${commandColumns} FROM commands WHERE id = ?`)
  const placeOf = prepare<[number]>(db, "SELECT n FROM commands WHERE id = ?")
  const open = prepare<CommandRow>(
    db,
    `SELECT ${commandColumns}, (SELECT actor FROM transactions WHERE t = commands.n)
       FROM commands WHERE state <> 5 AND state IN (${statesInHand.join()}) ORDER BY n`,
  )
  const lists = new Map<string, Statement<CommandRow>>()

  /** One statement for each set of things that may be asked for. */
  function listing(where: string): Statement<CommandRow> {
    const prepared = lists.get(where)
    if (prepared !== undefined) return prepared
    const text = `SELECT ${commandColumns} FROM commands WHERE ${where} ORDER BY n DESC LIMIT ?`
    const statement = prepare<CommandRow>(db, text)
    lists.set(where, statement)
    return statement
  }

  function list(filter: CommandFilter) {
    const terms: string[] = []
    const values: Cell[] = []
    const term = (text: string, ...cells: Cell[]) => {
      terms.push(text)
      values.push(...cells)
    }
    // A name without a key is one that no row can have.
    if (filter.owner !== undefined) term("owner = ?", names.known(filter.owner))
    if (filter.parent !== undefined) term("parent = ?", filter.parent)
    if (filter.state !== undefined) {
      const code = codeOfState(filter.state)
      // Said as the index says it, so that what is not simply done is found without a walk over what is.
      if (code === 5) term("state = 5")
      else term("state <> 5 AND state = ?", code)
    }
    if (filter.type !== undefined) term("type = ?", names.known(filter.type))
    const after = filter.after === undefined ? undefined : placeOf.get(filter.after)
    if (filter.after !== undefined) term("n < ?", after?.[0] ?? 0)
    const where = terms.length === 0 ? "true" : terms.join(" AND ")
    return listing(where)
      .all(...values, filter.limit)
      .map(row => instanceOf(row, names))
  }

  return {
    find: ids =>
      together(db, () =>
        ids.map(id => {
          const row = byId.get(id)
          return row === undefined ? null : instanceOf(row, names)
        }),
      ),
    list,
    unfinished: () => open.all().map(row => ({ ...instanceOf(row, names), actor: names.nameOf(row[21]!) })),
    refusal: refusalReader(db),
  }
}
