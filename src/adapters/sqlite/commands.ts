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
import { codeOfState, statesInHand } from "../sql/states.ts"
import { archivableReader } from "./archivable.ts"
import { prepare, together, type Cell, type Statement } from "./driver.ts"
import type { Names } from "./names.ts"
import { refusalReader } from "./refusals.ts"

/** Reads the records of commands. */
export function commandStore(db: DatabaseSync, names: Names): CommandStore {
  const live = tableReader(db, "commands", commandColumns)
  const archive = tableReader(db, "archived_commands", archivedColumns)
  const open = prepare<CommandRow>(
    db,
    `SELECT ${commandColumns}, (SELECT actor FROM transactions WHERE t = commands.n)
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

type Asked = Condition & { readonly below: number; readonly limit: number }

/** What is asked of `commands`, and of the archive in the very same way. */
function tableReader(db: DatabaseSync, table: string, columns: string) {
  const lists = new Map<string, Statement<CommandRow>>()

  /** One statement for each set of things that may be asked for. */
  function listing(where: string): Statement<CommandRow> {
    const prepared = lists.get(where)
    if (prepared !== undefined) return prepared
    const text = `SELECT ${columns}, n FROM ${table} WHERE ${where} ORDER BY n DESC LIMIT ?`
    const statement = prepare<CommandRow>(db, text)
    lists.set(where, statement)
    return statement
  }

  return {
    byId: prepare<CommandRow>(db, `SELECT ${columns} FROM ${table} WHERE id = ?`),
    placeOf: prepare<[number]>(db, `SELECT n FROM ${table} WHERE id = ?`),
    list({ terms, values, below, limit }: Asked): readonly CommandRow[] {
      const all = below === Infinity ? terms : [...terms, "n < ?"]
      const where = all.length === 0 ? "true" : all.join(" AND ")
      return listing(where).all(...values, ...(below === Infinity ? [] : [below]), limit)
    },
  }
}

type Condition = { readonly terms: readonly string[]; readonly values: readonly Cell[] }

function conditionOf({ owner, parent, state, type }: CommandFilter, names: Names): Condition {
  const terms: string[] = []
  const values: Cell[] = []
  const term = (text: string, ...cells: Cell[]) => {
    terms.push(text)
    values.push(...cells)
  }
  // A name without a key is one that no row can have.
  if (owner !== undefined) term("owner = ?", names.known(owner))
  if (parent !== undefined) term("parent = ?", parent)
  if (state !== undefined) {
    const code = codeOfState(state)
    // Said as the index says it, so that what is not simply done is found without a walk over what is.
    if (code === 5) term("state = 5")
    else term("state <> 5 AND state = ?", code)
  }
  if (type !== undefined) term("type = ?", names.known(type))
  return { terms, values }
}
