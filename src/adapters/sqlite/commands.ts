import type { DatabaseSync } from "node:sqlite"
import type { Instance } from "../../kernel/instance.ts"
import type { CommandFilter, CommandStore } from "../../ports/commands.ts"
import {
  archivedColumns,
  archivedInstanceOf,
  commandColumns,
  instanceOf,
  type CommandRow,
} from "../sql/command-rows.ts"
import { statesInHand } from "../sql/states.ts"
import { archivableReader } from "./archivable.ts"
import { byStretches, conditionOf, plainly, tableReader } from "./command-lists.ts"
import { prepare, together } from "./driver.ts"
import type { Names } from "./names.ts"
import { refusalReader } from "./refusals.ts"

/** Reads the records of commands. */
export function commandStore(db: DatabaseSync, names: Names): CommandStore {
  const live = tableReader(db, "commands", commandColumns, byStretches)
  const archive = tableReader(db, "archived_commands", archivedColumns, plainly)
  const open = prepare<CommandRow>(
    db,
    `SELECT ${commandColumns}, iif(hash IS NULL, (SELECT actor FROM transactions_apart WHERE t = commands.n), actor)
       FROM commands WHERE state <> 5 AND state IN (${statesInHand.join()}) ORDER BY n`,
  )

  function find(id: string): Instance | null {
    const row = live.byId.get(id)
    if (row !== undefined) return instanceOf(row, names)
    const archived = archive.byId.get(id)
    return archived === undefined ? null : archivedInstanceOf(archived, names)
  }

  function list(filter: CommandFilter): readonly Instance[] {
    const { archived = false, after, limit } = filter
    const below = after === undefined ? Infinity : (live.placeOf.get(after) ?? archive.placeOf.get(after))?.[0]
    const asked = { ...conditionOf(filter, names), below: below ?? 0, limit }
    const here = archived === true ? [] : live.list(asked).map(row => ({ n: row[21]!, of: instanceOf(row, names) }))
    if (archived === false) return here.map(({ of }) => of)
    const there = archive.list(asked).map(row => ({ n: row[22]!, of: archivedInstanceOf(row, names) }))
    const newestFirst = [...here, ...there].sort((a, b) => b.n - a.n)
    return newestFirst.slice(0, limit).map(({ of }) => of)
  }

  return {
    find: ids => together(db, () => ids.map(find)),
    list: filter => together(db, () => list(filter)),
    unfinished: () => open.all().map(row => ({ ...instanceOf(row, names), actor: names.nameOf(row[21]!) })),
    archivable: archivableReader(db),
    refusal: refusalReader(db),
  }
}
