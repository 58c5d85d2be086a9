import type { DatabaseSync } from "node:sqlite"
import type { Instance } from "../../kernel/instance.ts"
import { assert } from "../../kernel/refusal.ts"
import type { CommandTexts } from "../../ports/hash.ts"
import { historyText } from "../sql/command-rows.ts"
import { prepare, type Cell } from "./driver.ts"
import { msOf } from "../sql/instants.ts"
import type { Names } from "./names.ts"
import type { Stretches } from "./stretches.ts"
import { codeOfState } from "../sql/states.ts"

/** What the log says of a transaction. */
export type Entry = {
  readonly t: number
  readonly at: number
  /** names.key */
  readonly actor: number
  readonly schemaVersion: number
  /** In hexadecimal. */
  readonly hash: string
}

/** Writes the records of commands. */
export type CommandWriter = {
  /** Adds a command with its first transaction; null: its id is there already, or in the archive. Else `n`, its key. */
  add(instance: Instance, texts: CommandTexts, entry: Entry): number | null
  /** Writes how far a command that is there has got. Returns its key. */
  advance(instance: Instance, texts: CommandTexts, t: number, at: number): number
  /** The t of a command's last step; undefined: there is no such command. */
  lastT(id: string): number | undefined
  /** Takes back one that was added in this transaction, by a write that drops out. */
  drop(n: number): void
}

// What never changes once a command is there, and what each of its steps writes anew.
const fixed = `n, id, type, target_type, target, data, owner, parent, correlation, occurred_at, expected_version, basis_t,
  created_at, digest, at, actor, schema_version, hash`
const changing = "state, result, error, updated_at, t, attempts, due, history"

/** Prepares the writing of commands. */
export function commandWriter(db: DatabaseSync, names: Names, stretches: Stretches): CommandWriter {
  const insert = prepare(
    db,
    `INSERT INTO commands(${fixed}, ${changing})
     VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, unhex(?), ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  )
  // Asked within the insertion it would cost six times as much: 1.9 us of the 45 that a command takes.
  const archived = prepare<[number]>(db, "SELECT 1 FROM archived_commands WHERE id = ?")
  const update = prepare<[number]>(
    db,
    `UPDATE commands SET (${changing}) = (?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ? RETURNING n`,
  )
  const last = prepare<[number]>(db, "SELECT t FROM commands WHERE id = ?")
  const remove = prepare(db, "DELETE FROM commands WHERE n = ?")

  function add(instance: Instance, texts: CommandTexts, entry: Entry): number | null {
    const { command, owner, parent, correlationId } = instance
    const { id, type, target } = command
    const { t, at } = entry
    if (archived.get(id) !== undefined) return null
    const [typeKey, ownerKey] = [names.keyOf(type), names.keyOf(owner)]
    const { changes } = insert.run(
      t,
      id,
      typeKey,
      target && names.keyOf(target.type),
      target && target.id,
      texts.data,
      ownerKey,
      parent,
      correlationId === id ? null : correlationId,
      command.occurredAt ?? null,
      command.expectedVersion ?? null,
      command.basisT ?? null,
      msOf(instance.createdAt),
      instance.digest,
      at,
      entry.actor,
      entry.schemaVersion,
      entry.hash,
      ...stepOf(instance, texts, t, at),
    )
    if (changes === 0) return null
    stretches.note(t, typeKey, ownerKey)
    return t
  }

  function advance(instance: Instance, texts: CommandTexts, t: number, at: number): number {
    const { id } = instance.command
    const row = update.get(...stepOf(instance, texts, t, at), id)
    assert(row !== undefined, `The command ${id} takes a further step, but no first one is there`)
    return row[0]
  }

  return { add, advance, lastT: id => last.get(id)?.[0], drop: n => remove.run(n) }
}

/** The cells of `changing`. */
function stepOf(instance: Instance, { result, error }: CommandTexts, t: number, at: number): Cell[] {
  const { state, attempts, due } = instance
  return [codeOfState(state), result, error, at, t, attempts, due, historyText(instance)]
}
