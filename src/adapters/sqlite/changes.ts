import type { DatabaseSync } from "node:sqlite"
import type { EntityChange, ValueChange } from "../../ports/write.ts"
import { exact, prepare, type Cell } from "./driver.ts"
import type { Key, Keys } from "./keys.ts"
import type { Names } from "./names.ts"
import { still } from "./tables.ts"

/** Writes what entities are from a transaction on. */
export type ChangeWriter = {
  /** The attribute of a unique value that somebody else holds; null: there is none. */
  taken(changes: readonly EntityChange[]): string | null
  write(change: EntityChange, key: Key, t: number): void
}

/** Prepares the writing of documents and of values that are looked up. */
export function changeWriter(db: DatabaseSync, names: Names, keys: Keys): ChangeWriter {
  const create = prepare(db, "UPDATE entities SET created_t = ? WHERE key = ?")
  const version = prepare(db, "INSERT INTO versions(entity, from_t, document) VALUES(?, ?, ?)")
  const open = prepare(
    db,
    `INSERT INTO vals(entity, attribute, to_t, value, from_t) VALUES(?, ?, ${still}, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const end = prepare(
    db,
    `UPDATE vals SET to_t = ? WHERE entity = ? AND attribute = ? AND to_t = ${still} AND value = ?`,
  )
  const holder = prepare<[number, string]>(
    db,
    `SELECT v.entity, e.id FROM vals v JOIN entities e ON e.key = v.entity
      WHERE v.attribute = ? AND v.value = ? AND v.to_t = ${still}`,
  )

  /** A value as its row has it. A ref to an id that nobody has mentioned yet gives it a key. */
  function cellOf(value: ValueChange): Cell {
    if (!value.ref) return exact(value.value)
    const id = String(value.value)
    const key = keys.find(id) ?? keys.make(id, names.keyOf(""), null).key
    return BigInt(key.key)
  }

  function taken(changes: readonly EntityChange[]): string | null {
    const claimed = new Set<string>()
    for (const change of changes) {
      for (const value of change.values) {
        if (!value.unique || !value.added) continue
        const claim = claimOf(value)
        if (claimed.has(claim)) return value.attribute
        claimed.add(claim)
        const row = holder.get(names.keyOf(value.attribute), cellOf(value))
        if (row !== undefined && !gives(changes, row[1], value)) return value.attribute
      }
    }
    return null
  }

  function write(change: EntityChange, key: Key, t: number): void {
    const { document, values } = change
    if (document !== null && key.createdT === null) {
      create.run(t, key.key)
      key.createdT = t
    }
    version.run(key.key, t, document === null ? null : JSON.stringify(document))
    for (const value of values) {
      if (!value.added) end.run(t, key.key, names.keyOf(value.attribute), cellOf(value))
    }
    for (const value of values) {
      if (!value.added) continue
      const attribute = names.keyOf(value.attribute)
      if (value.ref) names.noteRef(attribute)
      open.run(key.key, attribute, cellOf(value), t)
    }
  }

  return { taken, write }
}

/** Whether the same transaction takes the value from its holder. */
function gives(changes: readonly EntityChange[], holder: string, wanted: ValueChange): boolean {
  const claim = claimOf(wanted)
  return changes.some(c => c.id === holder && c.values.some(v => !v.added && claimOf(v) === claim))
}

function claimOf(value: ValueChange): string {
  return `${value.attribute}\n${JSON.stringify(value.value)}`
}
