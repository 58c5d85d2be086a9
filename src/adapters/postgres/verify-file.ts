import type { Finding } from "../../ports/maintenance.ts"
import type { Ask } from "./driver.ts"
import { aloneFunctions, archiveFunctions, functions } from "./functions.ts"
import { aloneTables, archiveTables, tables } from "./tables.ts"
import type { Check } from "./slices.ts"

/** Whether all that this program relies on is there and usable: tables, indexes, functions, and every partition. */
export async function* checkFile(read: Ask, schema: string): Check {
  const found: Finding[] = []
  const say = (sentence: string) => found.push({ check: "file", t: null, sentence })
  for (const what of await missing(read, schema)) say(`The ${what} is gone`)
  const broken = await read<[string, string]>(
    `SELECT c.relname::text, t.relname::text FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
       JOIN pg_class AS t ON t.oid = i.indrelid JOIN pg_namespace AS s ON s.oid = t.relnamespace
      WHERE s.nspname = $1 AND NOT (i.indisvalid AND i.indisready)`,
    [schema],
  )
  for (const [index, table] of broken) say(`The index ${index} of ${table} is not usable: REINDEX INDEX ${index}`)
  const kept = await read<[string, number, number]>(
    `SELECT p.relname::text, count(i.inhrelid), d.partitioned_to / d.partition_size FROM @.daybook AS d
       CROSS JOIN pg_class AS p JOIN pg_namespace AS s ON s.oid = p.relnamespace
       LEFT JOIN pg_inherits AS i ON i.inhparent = p.oid AND NOT i.inhdetachpending
      WHERE s.nspname = $1 AND p.relname IN ('transactions', 'events')
      GROUP BY p.relname, d.partitioned_to, d.partition_size`,
    [schema],
  )
  for (const [table, there, expected] of kept) {
    if (there < expected)
      say(`The table ${table} has ${there} partitions of ${expected}: what was in the others is gone`)
  }
  yield found
}

/** What was made here once, and is no more. */
async function missing(read: Ask, schema: string): Promise<string[]> {
  const rows = await read<[string]>(
    `SELECT c.relname::text FROM pg_class AS c JOIN pg_namespace AS s ON s.oid = c.relnamespace WHERE s.nspname = $1
     UNION ALL
     SELECT p.proname::text FROM pg_proc AS p JOIN pg_namespace AS s ON s.oid = p.pronamespace WHERE s.nspname = $1`,
    [schema],
  )
  const there = new Set(rows.map(([name]) => name))
  const made = [tables, archiveTables, aloneTables, functions, archiveFunctions, aloneFunctions]
    .join("")
    .matchAll(/^CREATE (?:UNIQUE )?(TABLE|INDEX|SEQUENCE|FUNCTION) (?:@\.)?(\w+)/gm)
  return [...made].filter(([, , name]) => !there.has(name!)).map(([, kind, name]) => `${kind!.toLowerCase()} ${name}`)
}
