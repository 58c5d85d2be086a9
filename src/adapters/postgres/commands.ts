import { instant } from "../../kernel/clock.ts"
import type { Json } from "../../kernel/json.ts"
import type { Fault, RefusalCode } from "../../kernel/refusal.ts"
import type { CommandFilter, CommandStore } from "../../ports/commands.ts"
import { archivedColumns, commandColumns, type CommandRow } from "../sql/command-rows.ts"
import { archivableReader } from "./archivable.ts"
import { instancesOf } from "./command-rows.ts"
import type { Ask } from "./driver.ts"
import type { Names } from "./names.ts"
import { codeOfState, statesInHand } from "../sql/states.ts"
import { texts, type Value } from "./wire.ts"
import { withZeros } from "./zeros.ts"

const selectFrom = {
  live: `SELECT ${commandColumns}, NULL::bigint, n FROM @.commands`,
  archive: `SELECT ${archivedColumns}, n FROM @.archived_commands`,
}

/** Reads the records of commands. */
export function commandStore(read: Ask, names: Names): CommandStore {
  return {
    async find(ids) {
      const rows = await read<CommandRow>(
        `${selectFrom.live} WHERE id = ANY($1) UNION ALL ${selectFrom.archive} WHERE id = ANY($1)`,
        [texts([...ids])],
      )
      const found = new Map((await instancesOf(read, rows, names)).map(instance => [instance.command.id, instance]))
      return ids.map(id => found.get(id) ?? null)
    },
    list: async filter => instancesOf(read, await listed(read, filter, names), names),
    async unfinished() {
      // Put in order afterwards: what is not done is little, and all commands in their order are many.
      const open = `SELECT *, (SELECT actor FROM @.transactions WHERE t = open.n) FROM (
          ${selectFrom.live} WHERE state <> 5 AND state IN (${statesInHand.join()}) OFFSET 0
        ) AS open ORDER BY n`
      const rows = await read<CommandRow>(open)
      const instances = await instancesOf(read, rows, names)
      await names.spell(read, new Set(rows.map(row => row[23]!)))
      return instances.map((instance, i) => ({ ...instance, actor: names.nameOf(rows[i]![23]!) }))
    },
    archivable: archivableReader(read),
    refusal: refusalReader(read),
  }
}

/** One statement for each set of things that may be asked for. */
async function listed(read: Ask, filter: CommandFilter, names: Names): Promise<CommandRow[]> {
  const { owner, type, parent, state, archived = false, after, limit } = filter
  const terms: string[] = []
  const values: Value[] = []
  const next = (value: Value) => `$${values.push(value)}`
  await names.find(
    read,
    [owner, type].filter(name => name !== undefined),
  )
  // A name without a key is one that no row can have.
  if (owner !== undefined) terms.push(`owner = ${next(names.known(owner))}`)
  if (type !== undefined) terms.push(`type = ${next(names.known(type))}`)
  if (parent !== undefined) terms.push(`parent = ${next(parent)}`)
  if (state !== undefined) {
    const code = codeOfState(state)
    // Said as the index says it, so that what is not simply done is found without a walk over what is.
    terms.push(code === 5 ? "state = 5" : `state <> 5 AND state = ${code}`)
  }
  if (after !== undefined) {
    const id = next(after)
    const place = ["commands", "archived_commands"].map(table => `SELECT n FROM @.${table} WHERE id = ${id}`)
    terms.push(`n < (${place.join(" UNION ALL ")})`)
  }
  const where = terms.length === 0 ? "true" : terms.join(" AND ")
  const tail = `ORDER BY n DESC LIMIT ${next(limit)}`
  const text = (select: string) => `${select} WHERE ${where} ${tail}`
  if (archived === false) return read<CommandRow>(text(selectFrom.live), values)
  if (archived === true) return read<CommandRow>(text(selectFrom.archive), values)
  const both = `(${text(selectFrom.live)}) UNION ALL (${text(selectFrom.archive)}) ${tail}`
  return read<CommandRow>(both, values)
}

type RefusalRow = [
  at: number,
  type: string,
  actor: string,
  code: string,
  sentence: string,
  faults: string,
  data: string,
]

function refusalReader(read: Ask): CommandStore["refusal"] {
  return async id => {
    const [row] = await read<RefusalRow>(
      "SELECT at, type, actor, code, sentence, faults, data FROM @.refusals WHERE id = $1 ORDER BY n DESC LIMIT 1",
      [id],
    )
    if (row === undefined) return null
    const [at, type, actor, code, sentence, faults, data] = row
    return {
      id,
      type: withZeros(type),
      actor,
      // What was written as a code, faults and data is read as such.
      code: code as RefusalCode,
      sentence: withZeros(sentence),
      faults: JSON.parse(faults) as Fault[],
      data: JSON.parse(data) as Json,
      at: instant(at),
    }
  }
}
