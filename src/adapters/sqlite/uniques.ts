import type { DatabaseSync } from "node:sqlite"
import type { EntityChange, TransactionWrite, ValueChange } from "../../ports/write.ts"
import { prepare } from "./driver.ts"
import type { Names } from "./names.ts"
import { still } from "./tables.ts"
import type { ValueWriter } from "./values.ts"

/** Tells the attribute of a unique value that somebody else holds; null: there is none. */
export type FindTaken = (changes: readonly EntityChange[]) => string | null

/** Tells what a write retracts though somebody points there from whom it does not take the ref; null: there is none. */
export type FindPointedAt = (
  write: Pick<TransactionWrite, "changes" | "unreferenced">,
) => NonNullable<TransactionWrite["unreferenced"]>[number] | null

/** Prepares the search for holders of unique values, and of refs. */
export function holderChecker(
  db: DatabaseSync,
  names: Names,
  values: ValueWriter,
): { readonly findTaken: FindTaken; readonly findPointedAt: FindPointedAt } {
  const holders = prepare<[string]>(
    db,
    `SELECT e.id FROM vals v JOIN entities e ON e.key = v.entity
      WHERE v.attribute = ? AND v.value = ? AND v.to_t = ${still}`,
  )
  const findTaken: FindTaken = changes => {
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
  const findPointedAt: FindPointedAt = ({ changes, unreferenced = [] }) => {
    const found = unreferenced.find(({ attribute, id }) => {
      const pointing = holders.all(names.keyOf(attribute), values.cellOf({ ref: true, value: id }))
      return pointing.some(([holder]) => !gives(changes, holder, claimOf({ attribute, value: id })))
    })
    return found ?? null
  }
  return { findTaken, findPointedAt }
}

/** Whether the same transaction takes the value from its holder. */
function gives(changes: readonly EntityChange[], holder: string, claim: string): boolean {
  return changes.some(c => c.id === holder && c.values.some(v => !v.added && claimOf(v) === claim))
}

function claimOf(value: Pick<ValueChange, "attribute" | "value">): string {
  return JSON.stringify([value.attribute, value.value])
}
