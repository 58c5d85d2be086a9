import type { DatabaseSync } from "node:sqlite"
import { limits } from "../../kernel/limits.ts"
import { assert } from "../../kernel/refusal.ts"
import { prepare } from "./driver.ts"
import { recent } from "../sql/recent.ts"

/** The words that rows name by short keys. */
export type Names = {
  /** The key of a name; a new one is written at once, in the transaction that is open. */
  keyOf(name: string): number
  /** The key of a name that is there; null: no row can name it. */
  known(name: string): number | null
  nameOf(key: number): string
  /** Notes that an attribute holds refs. */
  noteRef(attribute: number): void
  /** After a rollback: what was remembered may never have been. */
  forget(): void
}

/** Keeps the words of a file, and remembers a bounded number of them. */
export function namesOf(db: DatabaseSync): Names {
  // People are names too, so there may be many.
  const byName = recent<string, number>(limits.keysCachedMax)
  const byKey = recent<number, string>(limits.keysCachedMax)
  const refs = new Set<number>()
  const find = prepare<[number]>(db, "SELECT key FROM names WHERE name = ?")
  const add = prepare(db, "INSERT INTO names(name) VALUES(?)")
  const addRef = prepare(db, "INSERT INTO refs(attribute) VALUES(?) ON CONFLICT DO NOTHING")
  const spell = prepare<[string]>(db, "SELECT name FROM names WHERE key = ?")

  function remember(name: string, key: number): number {
    byName.set(name, key)
    byKey.set(key, name)
    return key
  }

  function known(name: string): number | null {
    const remembered = byName.get(name)
    if (remembered !== undefined) return remembered
    const row = find.get(name)
    return row === undefined ? null : remember(name, row[0])
  }

  function keyOf(name: string): number {
    return known(name) ?? remember(name, add.run(name).lastInsertRowid)
  }

  function nameOf(key: number): string {
    const remembered = byKey.get(key)
    if (remembered !== undefined) return remembered
    const row = spell.get(key)
    assert(row !== undefined, `No name has the key ${key}`)
    remember(row[0], key)
    return row[0]
  }

  function noteRef(attribute: number): void {
    if (refs.has(attribute)) return
    addRef.run(attribute)
    refs.add(attribute)
  }

  function forget(): void {
    refs.clear()
    byName.clear()
    byKey.clear()
  }

  return { keyOf, known, nameOf, noteRef, forget }
}
