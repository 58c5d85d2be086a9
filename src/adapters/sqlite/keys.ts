import type { DatabaseSync } from "node:sqlite"
import { limits } from "../../kernel/limits.ts"
import { prepare } from "./driver.ts"
import { recent } from "../sql/recent.ts"
import { streamVersion } from "./streams.ts"

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
  /** The key of an id, made now if it has none. */
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
  const remembered = recent<string, Key>(limits.keysCachedMax)
  const select = prepare<[number, number, number | null, number]>(
    db,
    `SELECT key, type, created_t, ${streamVersion("key")} FROM entities WHERE id = ?`,
  )
  const insert = prepare(db, "INSERT INTO entities(id, type, created_t) VALUES(?, ?, ?) ON CONFLICT DO NOTHING")
  const remove = prepare(db, "DELETE FROM entities WHERE id = ?")

  function find(id: string): Key | null {
    const found = remembered.get(id)
    if (found !== undefined) return found
    const row = select.get(id)
    if (row === undefined) return null
    const [key, type, createdT, version] = row
    const made: Key = { key, type, version, createdT }
    remembered.set(id, made)
    return made
  }

  // Most ids that come here are new: trying to add them is one step down the tree, looking first would be two.
  function make(id: string, type: number, createdT: number | null): { key: Key; isNew: boolean } {
    const found = remembered.get(id)
    if (found !== undefined) return { key: found, isNew: false }
    const { changes, lastInsertRowid } = insert.run(id, type, createdT)
    if (changes === 0) return { key: find(id)!, isNew: false }
    const key: Key = { key: lastInsertRowid, type, version: 0, createdT }
    remembered.set(id, key)
    return { key, isNew: true }
  }

  function drop(id: string): void {
    remove.run(id)
    remembered.delete(id)
  }

  return { find, make, note: (id, key) => remembered.set(id, key), drop, forget: () => remembered.clear() }
}
