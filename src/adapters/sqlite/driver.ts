import type { DatabaseSync } from "node:sqlite"

/** What a cell of a row may be. */
export type Cell = null | number | bigint | string | Uint8Array

/** A prepared statement whose rows are arrays of a known shape. */
export type Statement<Row extends readonly Cell[]> = {
  run(...values: Cell[]): { changes: number; lastInsertRowid: number }
  get(...values: Cell[]): Row | undefined
  all(...values: Cell[]): Row[]
}

/** Prepares a statement. Rows as arrays are a third cheaper to make than rows as objects. */
export function prepare<Row extends readonly Cell[] = []>(db: DatabaseSync, sql: string): Statement<Row> {
  const statement = db.prepare(sql)
  statement.setReturnArrays(true)
  // The one place where it is taken on trust that a statement's rows are of the shape that its text says.
  return statement as unknown as Statement<Row>
}

/** The first cell of the first row of a statement that is asked once. */
export function scalar(db: DatabaseSync, sql: string): Cell {
  return prepare<[Cell]>(db, sql).get()?.[0] ?? null
}

/** How large a file is, with what waits to be carried over into it. */
export function bytesOf(db: DatabaseSync): number {
  return Number(scalar(db, "PRAGMA page_count")) * Number(scalar(db, "PRAGMA page_size"))
}

/** Runs something in one transaction: what it reads is of one moment, what it writes is all there or not at all. */
export function together<T>(db: DatabaseSync, work: () => T): T {
  if (db.isTransaction) return work()
  db.exec("BEGIN")
  try {
    const result = work()
    db.exec("COMMIT")
    return result
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK")
    throw error
  }
}

/**
 * A number as it is stored where a column takes any kind: whole ones as integers. The driver binds every number as a
 * float, which would take nine bytes and, in such a column, stay one.
 */
export function exact(value: string | number | boolean): Cell {
  if (typeof value === "boolean") return value ? 1n : 0n
  return typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value
}
