import type { DatabaseSync } from "node:sqlite"
import type { Moved, TransactionWrite } from "../../ports/write.ts"
import { commandColumns } from "../sql/command-rows.ts"
import { endStates } from "../sql/states.ts"
import type { Conflict } from "./checks.ts"
import { prepare, type Statement } from "./driver.ts"
import { leadTo, leadNoMore } from "./stretches.ts"

const columns = `n, ${commandColumns}`
const named = "id IN (SELECT value FROM json_each(?))"

/** Moves commands to the archive and back, within a transaction of the file. */
export type Archiver = {
  /** What stands in the way of what a transaction moves; null: nothing. */
  readonly objection: (write: TransactionWrite) => Conflict | null
  readonly move: (write: TransactionWrite, at: number) => void
  /** Moves some commands to the archive. */
  readonly archive: (moved: Moved, at: number) => void
}

/** Prepares the moving of commands. */
export function archiver(db: DatabaseSync): Archiver {
  const loose = prepare<[number]>(db, `SELECT count(*) FROM commands WHERE ${named} AND state IN (${endStates.join()})`)
  const kept = prepare<[number]>(db, `SELECT count(*) FROM archived_commands WHERE ${named}`)
  const store = prepare(
    db,
    `INSERT INTO archived_commands(${columns}, archived_at) SELECT ${columns}, ? FROM commands WHERE ${named}`,
  )
  // In the archive a command does not tell its first transaction: that has a row of its own from now on.
  const part = prepare(
    db,
    `INSERT INTO transactions_apart(t, at, command, actor, schema_version, hash)
     SELECT n, at, n, actor, schema_version, hash FROM commands WHERE ${named} AND hash IS NOT NULL`,
  )
  const clear = prepare(db, `DELETE FROM commands WHERE ${named}`)
  const lead = prepare(db, leadTo(`archived_commands WHERE ${named}`))
  const unlead = prepare(db, leadNoMore(`archived_commands WHERE ${named}`))
  const fetch = prepare(db, `INSERT INTO commands(${columns}) SELECT ${columns} FROM archived_commands WHERE ${named}`)
  const forget = prepare(db, `DELETE FROM archived_commands WHERE ${named}`)

  function archive({ ids }: Moved, at: number): void {
    const list = JSON.stringify(ids)
    store.run(at, list)
    part.run(list)
    clear.run(list)
    unlead.run(list)
  }

  function restore({ ids }: Moved): void {
    const list = JSON.stringify(ids)
    fetch.run(list)
    lead.run(list)
    forget.run(list)
  }

  return {
    objection: write =>
      lacking(write.archive, loose, "are not at their end, or in the archive already") ??
      lacking(write.restore, kept, "are not in the archive"),
    move(write, at) {
      if (write.archive !== undefined) archive(write.archive, at)
      if (write.restore !== undefined) restore(write.restore)
    },
    archive,
  }
}

function lacking(moved: Moved | undefined, counting: Statement<[number]>, why: string): Conflict | null {
  if (moved === undefined) return null
  const [found] = counting.get(JSON.stringify(moved.ids))!
  const wanted = new Set(moved.ids).size
  if (found === wanted) return null
  const sentence = `Of ${wanted} commands that are to be moved, ${wanted - found} ${why}`
  return { kind: "conflict", sentence, facts: { wanted, found }, unique: false }
}
