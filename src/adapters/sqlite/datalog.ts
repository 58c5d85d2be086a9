import type { DatabaseSync } from "node:sqlite"
import type { Json } from "../../kernel/json.ts"
import { Refusal, unreachable } from "../../kernel/refusal.ts"
import type { DatalogQuery, DatalogStore, Scope } from "../../ports/datalog.ts"
import type { EntityKey, Moment } from "../../ports/facts.ts"
import { cellOf, plansOf } from "../sql/plans.ts"
import type { CompiledQuery, Parameter } from "../sql/statement.ts"
import type { Class } from "../sql/terms.ts"
import { dialect, functions } from "./datalog-dialect.ts"
import { exact, prepare, type Cell, type Statement } from "./driver.ts"
import type { Names } from "./names.ts"
import { recent } from "../sql/recent.ts"

// How many statements are kept ready: each holds some kilobytes.
const statementsMax = 500

// A statement looks at the clock each time it has come so far: that takes less than a millisecond.
const callsPerLook = 256

/** What the functions that statements call know of the one that runs. */
type Run = { readonly scope: Scope | null; readonly until: number; readonly milliseconds: number; calls: number }

type Row = readonly Cell[]

/** Answers datalog queries in one statement each. */
export function datalogStore(db: DatabaseSync, names: Names): DatalogStore {
  const plans = plansOf(dialect)
  const statements = recent<string, Statement<Row>>(statementsMax)
  const running = watched(db)

  function statementOf(sql: string): Statement<Row> {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const prepared = prepare<Row>(db, sql)
    statements.set(sql, prepared)
    return prepared
  }

  return {
    answer(query, { moment, scope, bounds }) {
      if (query.inputs.some(({ rows }) => rows.length === 0)) return []
      const plan = plans(query, moment, scope)
      if (plan === null) return null
      const cells = plan.parameters.map(parameter =>
        bound(parameter, { query, moment, names, rowsMax: bounds.rowsMax }),
      )
      const rows = running(scope, bounds.milliseconds, () => statementOf(plan.sql).all(...cells))
      if (rows.length > bounds.rowsMax) {
        const sentence = `The answer has more than ${bounds.rowsMax} rows: ask for less at once`
        throw new Refusal("too-large", sentence, { rowsMax: bounds.rowsMax })
      }
      return rows.map(row => meant(row, plan))
    },
  }
}

/** Makes the functions that statements call, and runs what calls them. */
function watched(db: DatabaseSync) {
  let run: Run | null = null

  function goOn(): void {
    if (run === null || (run.calls += 1) % callsPerLook !== 0 || performance.now() < run.until) return
    const sentence = `The query was not answered in ${run.milliseconds} ms: ask for less at once`
    throw new Refusal("timeout", sentence, { milliseconds: run.milliseconds })
  }

  function sees(entity: EntityKey, attribute: string | null): boolean {
    const scope = run?.scope
    if (scope === null || scope === undefined) return false
    return scope.sees(entity) && (attribute === null || scope.sees(entity, attribute))
  }

  db.function(functions.goesOn, { directOnly: true }, (_entity: Cell) => {
    goOn()
    return 1
  })
  db.function(functions.sees, { directOnly: true }, (entity: Cell, attribute: Cell) => {
    goOn()
    // Statements of this store call it, with what they were made to hand over.
    return sees(entity as EntityKey, attribute as string | null) ? 1 : 0
  })
  db.function(functions.number, { directOnly: true, deterministic: true }, (text: Cell) =>
    text === null ? null : Number(text),
  )

  return <Result>(scope: Scope | null, milliseconds: number, work: () => Result): Result => {
    const before = run
    run = { scope, milliseconds, until: performance.now() + milliseconds, calls: 0 }
    try {
      return work()
    } finally {
      run = before
    }
  }
}

type Given = {
  readonly query: DatalogQuery
  readonly moment: Moment
  readonly names: Names
  readonly rowsMax: number
}

function bound(parameter: Parameter, { query, moment, names, rowsMax }: Given): Cell {
  switch (parameter.kind) {
    case "t":
      return moment.t
    case "since":
      return moment.since ?? 0
    case "limit":
      return rowsMax + 1
    case "attribute":
      // No row names what has no key.
      return names.known(parameter.name) ?? -1
    case "name":
      return parameter.name
    case "types":
      return JSON.stringify(parameter.names.map(name => names.known(name)).filter(key => key !== null))
    case "path":
      return `$.${JSON.stringify(parameter.name)}`
    case "value":
      return cell(parameter.value)
    case "cell":
      return cell(cellOf(query, parameter.input, parameter.column))
    case "rows":
      return JSON.stringify(query.inputs[parameter.input]!.rows)
    case "members":
      throw new Error("Cannot be: SQLite asks the scope itself")
    default:
      return unreachable(parameter)
  }
}

function cell(value: Json): Cell {
  // Only scalars are said in a statement.
  return exact(value as string | number | boolean)
}

function meant(row: Row, { columns }: CompiledQuery): readonly Json[] {
  return row.map((value, i) => spelled(value, columns[i]!.class))
}

function spelled(value: Cell, of: Class): Json {
  if (of === "boolean") return value === 1
  // Statements answer numbers and text; JSON is written as text.
  return of === "json" ? (JSON.parse(value as string) as Json) : (value as number | string)
}
