import type { DatabaseSync } from "node:sqlite"
import type { Document } from "../../kernel/entity.ts"
import type { FactAttribute } from "../../ports/facts.ts"
import type { MaintenanceStore } from "../../ports/maintenance.ts"
import { Stretches, type Stretch } from "../../ports/stretches.ts"
import { prepare, together } from "./driver.ts"
import { tOf } from "../sql/places.ts"
import type { Keys } from "./keys.ts"
import type { Names } from "./names.ts"
import { still } from "./tables.ts"
import { valueWriter } from "./values.ts"

// An entity may have any number of versions: so many are in memory at once.
const versionsAtOnce = 500

/** Prepares the making anew of looked-up values. A batch is there as a whole or not at all. */
export function valueRebuilder(db: DatabaseSync, names: Names, keys: Keys): MaintenanceStore["rebuildValues"] {
  const entities = prepare<[key: number, type: number]>(
    db,
    "SELECT key, type FROM entities WHERE key > ? ORDER BY key LIMIT ?",
  )
  const rebuildOne = entityRebuilder(db, names, keys)
  const forgetRef = prepare(db, "DELETE FROM refs WHERE attribute = ?")

  function batch(attributes: readonly FactAttribute[], after: number, limit: number): number | null {
    const rows = entities.all(after, limit)
    for (const { fullName, type, lookup } of attributes) {
      if (lookup && type === "ref") names.noteRef(names.keyOf(fullName))
      else forgetRef.run(names.keyOf(fullName))
    }
    for (const [key, type] of rows) rebuildOne(attributes, key, names.nameOf(type))
    return rows.at(-1)?.[0] ?? null
  }

  return (attributes, after, limit) => {
    try {
      return together(db, () => batch(attributes, after, limit))
    } catch (error) {
      names.forget()
      keys.forget()
      throw error
    }
  }
}

function entityRebuilder(db: DatabaseSync, names: Names, keys: Keys) {
  const writer = valueWriter(db, names, keys)
  const versions = prepare<[pos: number, document: string | null]>(
    db,
    `SELECT pos, document FROM versions WHERE entity = ? AND pos > ? ORDER BY pos LIMIT ${versionsAtOnce}`,
  )
  const clear = prepare(db, "DELETE FROM vals WHERE entity = ? AND attribute = ?")
  const insert = prepare(db, "INSERT INTO vals(entity, attribute, to_t, value, from_t) VALUES(?, ?, ?, ?, ?)")

  function add(entity: number, stretches: readonly Stretch[]): void {
    for (const { attribute, value, fromT, toT } of stretches) {
      const cell = writer.cellOf({ value, ref: attribute.type === "ref" })
      insert.run(entity, names.keyOf(attribute.fullName), toT ?? still, cell, fromT)
    }
  }

  return (attributes: readonly FactAttribute[], entity: number, type: string): void => {
    for (const { fullName } of attributes) clear.run(entity, names.keyOf(fullName))
    const stretches = new Stretches(attributes, type)
    for (let page = versions.all(entity, 0); page.length > 0; page = versions.all(entity, page.at(-1)![0])) {
      for (const [pos, text] of page) {
        // What was written as a document is read as one.
        stretches.take(tOf(pos), text === null ? null : (JSON.parse(text) as Document))
      }
      add(entity, stretches.ended())
    }
    add(entity, stretches.holding())
  }
}
