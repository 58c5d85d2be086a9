import type { DatabaseSync } from "node:sqlite"
import { limits } from "../../kernel/limits.ts"
import { prepare } from "./driver.ts"

/** What the writer knows of an entity whose id has a key. Changes as its stream grows. */
export type Key = {
  readonly key: number
  /** names.key; the name is empty while only others have mentioned the id. */
  type: number
  /** How many events its stream has. */
  version: number
  /** The transaction that first created it; null: it never was. */
  createdT: number | null
}

/** The short keys of entities, by their ids. */
export type Keys = {
  /** The key of an id; null: it has none. */
  find(id: string): Key | null
  /** The key of an id, made now if it has none. `isNew` spares the look whether it has. */
  make(id: string, type: number, createdT: number | null): { key: Key; isNew: boolean }
  /** Remembers what a reader has come across. */
  note(id: string, key: Key): void
  /** Takes a key back that was made in this transaction, by a write that drops out. */
  drop(id: string): void
  /** After a rollback: what was remembered may never have been. */
  forget(): void
}

/** Keeps the keys of a file's entities, and remembers a bounded number of them. */
export function keysOf(db: DatabaseSync): Keys {
  // Whoever was asked for since the older half was set aside is in the younger one. Two halves instead of a list in
  // order of use: looking something up costs nothing but the looking up.
  let young = new Map<string, Key>()
  let old = new Map<string, Key>()
  const select = prepare<[number, number, number | null, number]>(
    db,
    `SELECT key, type, created_t, (SELECT ifnull(max(version), 0) FROM events WHERE entity = key)
       FROM entities WHERE id = ?`,
  )
  const insert = prepare(db, "INSERT INTO entities(id, type, created_t) VALUES(?, ?, ?) ON CONFLICT DO NOTHING")
  const remove = prepare(db, "DELETE FROM entities WHERE id = ?")

  function note(id: string, key: Key): void {
    if (young.size >= limits.keysCachedMax / 2) {
      old = young
      young = new Map()
    }
    young.set(id, key)
  }

  function remembered(id: string): Key | undefined {
    const found = young.get(id)
    if (found !== undefined) return found
    const older = old.get(id)
    if (older !== undefined) note(id, older)
    return older
  }

  function find(id: string): Key | null {
    const found = remembered(id)
    if (found !== undefined) return found
    const row = select.get(id)
    if (row === undefined) return null
    const key: Key = { key: row[0], type: row[1], version: row[3], createdT: row[2] }
    note(id, key)
    return key
  }

  function make(id: string, type: number, createdT: number | null): { key: Key; isNew: boolean } {
    const found = remembered(id)
    if (found !== undefined) return { key: found, isNew: false }
    const { changes, lastInsertRowid } = insert.run(id, type, createdT)
    if (changes === 0) return { key: find(id)!, isNew: false }
    const key: Key = { key: lastInsertRowid, type, version: 0, createdT }
    note(id, key)
    return { key, isNew: true }
  }

  function drop(id: string): void {
    remove.run(id)
    young.delete(id)
    old.delete(id)
  }

  function forget(): void {
    young.clear()
    old.clear()
  }

  return { find, make, note, drop, forget }
}
