import type { DatabaseSync } from "node:sqlite"
import type { Instance } from "../../kernel/instance.ts"
import { assert } from "../../kernel/refusal.ts"
import { commandColumns, historyText, textOrNull } from "./command-rows.ts"
import { prepare } from "./driver.ts"
import { msOf } from "./instants.ts"
import type { Names } from "./names.ts"
import { codeOfState } from "./states.ts"

/** Writes the records of commands. */
export type CommandWriter = {
  /** Adds a command; null: its id is there already. Else `n`, its key. */
  add(instance: Instance, dataText: string, t: number, at: number): number | null
  /** Writes how far a command that is there has got. Returns its key. */
  advance(instance: Instance, t: number, at: number): number
  /** Takes back one that was added in this transaction, by a write that drops out. */
  drop(n: number): void
}

/** Prepares the writing of commands. */
export function commandWriter(db: DatabaseSync, names: Names): CommandWriter {
  const insert = prepare(
    db,
    `INSERT INTO commands(${commandColumns})
     VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const update = prepare<[number]>(
    db,
    `UPDATE commands SET state = ?, owner = ?, result = ?, error = ?, updated_at = ?, t = ?, attempts = ?, due = ?,
       history = ?, digest = ? WHERE id = ? RETURNING n`,
  )
  const remove = prepare(db, "DELETE FROM commands WHERE n = ?")

  function add(instance: Instance, dataText: string, t: number, at: number): number | null {
    const { command, correlationId } = instance
    const { target } = command
    const { changes, lastInsertRowid } = insert.run(
      command.id,
      names.keyOf(command.type),
      target && names.keyOf(target.type),
      target && target.id,
      dataText,
      codeOfState(instance.state),
      names.keyOf(instance.owner),
      instance.parent,
      correlationId === command.id ? null : correlationId,
      command.occurredAt ?? null,
      command.expectedVersion ?? null,
      command.basisT ?? null,
      textOrNull(instance.result),
      textOrNull(instance.error),
      msOf(instance.createdAt),
      at,
      t,
      instance.attempts,
      instance.due,
      historyText(instance, t),
      instance.digest,
    )
    return changes === 0 ? null : lastInsertRowid
  }

  function advance(instance: Instance, t: number, at: number): number {
    const row = update.get(
      codeOfState(instance.state),
      names.keyOf(instance.owner),
      textOrNull(instance.result),
      textOrNull(instance.error),
      at,
      t,
      instance.attempts,
      instance.due,
      historyText(instance, t),
      instance.digest,
      instance.command.id,
    )
    assert(row !== undefined, `The command ${instance.command.id} takes a further step, but no first one is there`)
    return row[0]
  }

  return { add, advance, drop: n => remove.run(n) }
}
