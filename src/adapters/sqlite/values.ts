import type { DatabaseSync } from "node:sqlite"
import type { ValueChange } from "../../ports/write.ts"
import { exact, prepare, type Cell } from "./driver.ts"
import type { Keys } from "./keys.ts"
import type { Names } from "./names.ts"
import { still } from "./tables.ts"

/** Writes the values that are looked up. */
export type ValueWriter = {
  /** A value as its row has it. */
  cellOf(value: Pick<ValueChange, "ref" | "value">): Cell
  /** Ends and begins stretches of values of an entity at a t. */
  write(values: readonly ValueChange[], entity: number, t: number): void
}

/** Prepares the writing of values. */
export function valueWriter(db: DatabaseSync, names: Names, keys: Keys): ValueWriter {
  // A command that is taken over from elsewhere may say again what is there already.
  const begin = prepare(
    db,
    `INSERT INTO vals(entity, attribute, to_t, value, from_t) VALUES(?, ?, ${still}, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const end = prepare(
    db,
    `UPDATE vals SET to_t = ? WHERE entity = ? AND attribute = ? AND to_t = ${still} AND value = ?`,
  )

  // A ref to an id that nobody has mentioned yet gives it a key.
  function cellOf({ ref, value }: Pick<ValueChange, "ref" | "value">): Cell {
    if (!ref) return exact(value)
    const id = String(value)
    const key = keys.find(id) ?? keys.make(id, names.keyOf(""), null).key
    return BigInt(key.key)
  }

  function write(values: readonly ValueChange[], entity: number, t: number): void {
    for (const value of values) {
      if (!value.added) end.run(t, entity, names.keyOf(value.attribute), cellOf(value))
    }
    for (const value of values) {
      if (!value.added) continue
      const attribute = names.keyOf(value.attribute)
      if (value.ref) names.noteRef(attribute)
      begin.run(entity, attribute, cellOf(value), t)
    }
  }

  return { cellOf, write }
}
