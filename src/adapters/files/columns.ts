import { BadPlace } from "./log-error.ts"

/** What a line is made of, each with the name of the column or attribute that holds it. */
export type Mapping = {
  readonly case?: string
  readonly activity?: string
  readonly transition?: string
  readonly at?: string
  readonly resource?: string
}

/** The columns in which a table says it. */
export type Columns = {
  readonly case: string
  readonly activity: string
  readonly transition: string | null
  readonly at: string | null
  readonly resource: string | null
}

// The name that XES gives it comes first, then what people call it.
const knownAs: Readonly<Record<keyof Columns, readonly string[]>> = {
  case: ["case:concept:name", "case", "case_id", "caseid"],
  activity: ["concept:name", "activity", "event"],
  transition: ["lifecycle:transition", "lifecycle", "transition"],
  at: ["time:timestamp", "timestamp", "time"],
  resource: ["org:resource", "resource", "user"],
}

/**
 * Finds the columns by their names; what the mapping says goes first.
 *
 * In a full table a mapped column that is not there is a mistake. In a sparse one, where each row has its own
 * columns, only the case and the activity must be there.
 */
export function columnsOf(names: readonly string[], mapping: Mapping, table: "full" | "sparse"): Columns {
  const find = (role: keyof Columns): string | null => {
    const mapped = mapping[role]
    if (mapped === undefined) return firstKnown(names, knownAs[role])
    if (names.includes(mapped)) return mapped
    if (table === "sparse" && role !== "case" && role !== "activity") return null
    throw new BadPlace(`the mapping says ${role}: "${mapped}", but it has ${list(names)}`)
  }
  const columns = {
    case: find("case"),
    activity: find("activity"),
    transition: find("transition"),
    at: find("at"),
    resource: find("resource"),
  }
  if (columns.case !== null && columns.activity !== null) return columns as Columns

  const missing = (["case", "activity"] as const).filter(role => columns[role] === null)
  const needed = missing.map(role => `one for the ${role} (${knownAs[role].join(", ")})`).join(" and ")
  throw new BadPlace(`it has ${list(names)} and needs ${needed}; which these are can be said (--columns)`)
}

function firstKnown(names: readonly string[], known: readonly string[]): string | null {
  const spelled = new Map(names.toReversed().map(name => [name.toLowerCase().replaceAll(/[ -]/g, "_"), name]))
  for (const alias of known) {
    const name = spelled.get(alias)
    if (name !== undefined) return name
  }
  return null
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 30).map(name => `"${name.slice(0, 40)}"`)
  if (names.length > shown.length) shown.push(`${names.length - shown.length} more`)
  return shown.length === 0 ? "no columns" : `the columns ${shown.join(", ")}`
}
