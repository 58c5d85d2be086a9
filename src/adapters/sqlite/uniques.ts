import type { DatabaseSync } from "node:sqlite"
import type { EntityChange, ValueChange } from "../../ports/write.ts"
import { prepare } from "./driver.ts"
import type { Names } from "./names.ts"
import { still } from "./tables.ts"
import type { ValueWriter } from "./values.ts"

/** Tells the attribute of a unique value that somebody else holds; null: there is none. */
export type FindTaken = (changes: readonly EntityChange[]) => string | null

/** Prepares the search for holders of unique values. */
export function uniqueChecker(db: DatabaseSync, names: Names, values: ValueWriter): FindTaken {
  const holders = prepare<[string]>(
    db,
    `SELECT e.id FROM vals v JOIN entities e ON e.key = v.entity
      WHERE v.attribute = ? AND v.value = ? AND v.to_t = ${still}`,
  )
  return changes => {
    const claimed = new Map<string, string>()
    for (const change of changes) {
      for (const value of change.values) {
        if (!value.unique || !value.added) continue
        const claim = claimOf(value)
        const rival = claimed.get(claim)
        if (rival !== undefined && rival !== change.id) return value.attribute
        claimed.set(claim, change.id)
        const all = holders.all(names.keyOf(value.attribute), values.cellOf(value))
        if (all.some(([id]) => id !== change.id && !gives(changes, id, claim))) return value.attribute
      }
    }
    return null
  }
}

/** Whether the same transaction takes the value from its holder. */
function gives(changes: readonly EntityChange[], holder: string, claim: string): boolean {
  return changes.some(c => c.id === holder && c.values.some(v => !v.added && claimOf(v) === claim))
}

function claimOf(value: ValueChange): string {
  return JSON.stringify([value.attribute, value.value])
}
