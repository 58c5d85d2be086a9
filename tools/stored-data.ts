// Writes docs/stored-data.md from the comments in the adapters' table definitions: node tools/stored-data.ts

import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))

type Column = { readonly name: string; readonly type: string; reason: string }
type Table = {
  readonly name: string
  readonly says: string
  readonly columns: Column[]
  readonly key: string | null
  readonly partitions: string | null
  readonly indexes: string[]
}

/** The page for one adapter's tables, out of its SQL text. */
export function pageOf(title: string, sql: string): string {
  return [`## ${title}`, ...tablesOf(sql).map(sectionOf)].join("\n\n")
}

/** The whole document, as it is to be committed. */
export function storedData(): string {
  const intro = [
    "# Stored data",
    "Every table, and why each column exists. Made from the comments in `src/adapters/*/tables.ts` by `npm run docs`; do not edit.",
    "Names of types, attributes and people, and the ids of entities, stand in rows as short integers, because they are repeated in every index. Instants are milliseconds since 1970, UTC. What is JSON is text, exactly as it is hashed. A `t` is the number of a transaction. Text that is looked up is compared byte by byte.",
  ].join("\n\n")
  const pages = [
    ["SQLite", "sqlite"],
    ["PostgreSQL", "postgres"],
  ].map(([title, folder]) => pageOf(title!, readFileSync(`${root}src/adapters/${folder}/tables.ts`, "utf8")))
  return `${[intro, ...pages].join("\n\n")}\n`
}

function tablesOf(source: string): readonly Table[] {
  const tables: Table[] = []
  let said: string[] = []
  let table: Table | null = null
  for (const line of source.split("\n")) {
    const opened = /^CREATE TABLE (\w+)\(/.exec(line)
    const index = /^CREATE (?:UNIQUE )?INDEX \w+ ON (\w+)(\(.*\).*);/.exec(line)
    if (opened !== null) {
      table = { ...nothing(opened[1]!), says: said.join(" ") }
      tables.push(table)
      said = []
    } else if (index !== null) {
      const why = said.length === 0 ? "" : `: ${said.join(" ")}`
      tables.find(t => t.name === index[1])?.indexes.push(`\`${index[2]}\`${why}`)
      said = []
    } else if (line.startsWith("CREATE SEQUENCE")) {
      const name = `${/^CREATE SEQUENCE (\w+)/.exec(line)![1]!}, a sequence`
      tables.push({ ...nothing(name), says: said.join(" ") })
      said = []
    } else if (line.startsWith("--")) said.push(line.slice(2).trim())
    else if (line.startsWith(")")) {
      if (table !== null) Object.assign(table, { partitions: /PARTITION BY RANGE \((\w+)\)/.exec(line)?.[1] ?? null })
      table = null
    } else if (table !== null) readColumn(table, line)
  }
  return tables
}

function nothing(name: string): Table {
  return { name, says: "", columns: [], key: null, partitions: null, indexes: [] }
}

function readColumn(table: Table, line: string): void {
  const key = /^\s+PRIMARY KEY\((.*)\)/.exec(line)
  const column = /^\s+(\w+) ([A-Z](?:[A-Z ]|"C"|\([^)]*\))*?)\s*(?:,|$|--)/.exec(line)
  const reason = /--\s*(.*)$/.exec(line)?.[1] ?? ""
  if (key !== null) Object.assign(table, { key: key[1] })
  else if (column !== null) table.columns.push({ name: column[1]!, type: typeOf(column[2]!), reason })
  else if (/^\s+--/.test(line) && table.columns.length > 0) table.columns.at(-1)!.reason += ` ${reason}`
}

// That text is compared byte by byte is said once, for all of it.
function typeOf(said: string): string {
  return said.replace(' COLLATE "C"', "").trim()
}

function sectionOf({ name, says, columns, key, partitions, indexes }: Table): string {
  const rows = columns.map(c => `| ${c.name} | ${c.type} | ${c.reason.trim()} |`)
  const tail = [
    ...(key === null ? [] : [`Key: \`${key}\`.`]),
    ...(partitions === null ? [] : [`In partitions by \`${partitions}\`.`]),
    ...indexes.map(i => `Index ${i}`),
  ]
  const all = rows.length === 0 ? "" : ["| column | type | why |", "| --- | --- | --- |", ...rows].join("\n")
  return [`### ${name}`, says, all, ...tail].filter(Boolean).join("\n\n")
}

if (import.meta.main) writeFileSync(`${root}docs/stored-data.md`, storedData())
