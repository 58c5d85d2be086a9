import type { DatabaseSync } from "node:sqlite"
import { prepare } from "./driver.ts"

/** How many transactions are a stretch. A list walks over so many commands for one that it wants, at the most. */
export const stretchLength = 32

/** What is named by a row of `command_stretches`. */
export const named = { type: 0, owner: 1 } as const

/** Notes in which stretches of the log commands began. */
export type Stretches = {
  note(n: number, type: number, owner: number): void
  /** After a rollback: what was remembered may never have been. */
  forget(): void
}

/** Keeps the stretches, and remembers what is noted of the newest. */
export function stretchesOf(db: DatabaseSync): Stretches {
  const insert = prepare(
    db,
    "INSERT INTO command_stretches(kind, name, stretch) VALUES(?, ?, ?) ON CONFLICT DO NOTHING",
  )
  const types = new Set<number>()
  const owners = new Set<number>()
  let newest = 0

  function forget(): void {
    types.clear()
    owners.clear()
  }

  function note(n: number, type: number, owner: number): void {
    const stretch = Math.floor(n / stretchLength)
    if (stretch !== newest) forget()
    newest = stretch
    if (!types.has(type)) insert.run(named.type, type, stretch)
    if (!owners.has(owner)) insert.run(named.owner, owner, stretch)
    types.add(type)
    owners.add(owner)
  }

  return { note, forget }
}

const stretchesIn = (rows: string) =>
  `SELECT DISTINCT k.kind, iif(k.kind = ${named.type}, c.type, c.owner), c.n / ${stretchLength}
     FROM (SELECT type, owner, n FROM ${rows}) c CROSS JOIN (SELECT ${named.type} AS kind UNION ALL SELECT ${named.owner}) k`

/** Leads to commands that have come into `commands`, which are these rows. */
export function leadTo(rows: string): string {
  return `INSERT OR IGNORE INTO command_stretches(kind, name, stretch) ${stretchesIn(rows)}`
}

/**
 * Leads no more to where nothing is left by those that have gone from `commands`, which are these rows. Not in the newest stretch: that
 * it is noted there is remembered.
 */
export function leadNoMore(rows: string): string {
  return `DELETE FROM command_stretches WHERE (kind, name, stretch) IN (${stretchesIn(rows)})
     AND stretch < (SELECT max(n) FROM commands) / ${stretchLength}
     AND NOT EXISTS (SELECT 1 FROM commands c
                      WHERE c.n >= stretch * ${stretchLength} AND c.n < (stretch + 1) * ${stretchLength}
                        AND name = iif(kind = ${named.type}, c.type, c.owner))`
}

/** Whether a row of `commands` is led to. */
export function leadingTo(row: string): string {
  const noted = (kind: number, name: string) => `EXISTS (SELECT 1 FROM command_stretches
    WHERE kind = ${kind} AND name = ${row}.${name} AND stretch = ${row}.n / ${stretchLength})`
  return `${noted(named.type, "type")} AND ${noted(named.owner, "owner")}`
}
