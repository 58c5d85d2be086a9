import type { Json } from "../../kernel/json.ts"
import type { DatalogQuery, Scope } from "../../ports/datalog.ts"
import type { Moment } from "../../ports/facts.ts"
import { classesOf, compiled } from "./compile.ts"
import type { CompiledQuery, Dialect } from "./statement.ts"
import { Unsaid } from "./terms.ts"

/** Finds the statement for a query; null: there is none. */
export type Plans = (query: DatalogQuery, moment: Moment, scope: Scope | null) => CompiledQuery | null

/** A query that was asked before, with the statements for what it was asked with. */
type Asked = Pick<DatalogQuery, "find" | "with" | "rules" | "kinds"> & {
  readonly statements: Map<string, CompiledQuery | null>
}

/** Keeps the statements of queries as long as whoever asks them keeps those: what is asked with them may change. */
export function plansOf(dialect: Dialect): Plans {
  const known = new WeakMap<DatalogQuery["where"], Asked>()
  return (query, { since }, scope) => {
    const shape = shapeOf(query, since !== undefined, scope)
    if (shape === null) return null
    let asked = known.get(query.where)
    if (asked === undefined || !isSame(asked, query)) {
      const { find, rules, kinds } = query
      asked = { find, rules, kinds, with: query.with, statements: new Map() }
      known.set(query.where, asked)
    }
    const before = asked.statements.get(shape)
    if (before !== undefined) return before
    const guarded = scope === null ? null : scope.guarded
    const made = compiled(query, dialect, { guarded, since: since !== undefined })
    asked.statements.set(shape, made)
    return made
  }
}

function isSame(asked: Asked, query: DatalogQuery): boolean {
  return (
    asked.find === query.find && asked.with === query.with && asked.rules === query.rules && asked.kinds === query.kinds
  )
}

/** What a statement depends on, beside the query. Null: of such inputs there is none. */
function shapeOf(query: DatalogQuery, since: boolean, scope: Scope | null): string | null {
  try {
    const inputs = query.inputs.map(input => `${input.rows.length === 1} ${classesOf(query, input).join(" ")}`)
    const guarded = scope === null ? null : [...scope.guarded].toSorted()
    return query.inputs.length === 0 && !since && scope === null ? "" : JSON.stringify([inputs, since, guarded])
  } catch (error) {
    if (error instanceof Unsaid) return null
    throw error
  }
}

/** The value that a parameter has in a query. */
export function cellOf(query: DatalogQuery, input: number, column: number): Json {
  return query.inputs[input]!.rows[0]![column] ?? null
}
