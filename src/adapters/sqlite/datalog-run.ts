import type { DatabaseSync } from "node:sqlite"
import type { Json } from "../../kernel/json.ts"
import { assert, Refusal, unreachable } from "../../kernel/refusal.ts"
import type { DatalogQuery, Scope } from "../../ports/datalog.ts"
import type { EntityKey, Moment } from "../../ports/facts.ts"
import { cellOf, plansOf, type Plans } from "../sql/plans.ts"
import { recent } from "../sql/recent.ts"
import type { CompiledQuery, Parameter } from "../sql/statement.ts"
import type { Class } from "../sql/terms.ts"
import { dialect, functions, listedDialect } from "./datalog-dialect.ts"
import { exact, prepare, type Cell, type Statement } from "./driver.ts"
import type { Names } from "./names.ts"

// How many statements are kept ready: each holds some kilobytes.
const statementsMax = 500

// A statement looks at the clock each time it has come so far: that takes less than a millisecond.
const callsPerLook = 256

/** That a statement was ended because its time was over. */
export class Overdue extends Error {}

/** What a statement is run for. */
export type Running = {
  readonly query: DatalogQuery
  readonly moment: Moment
  readonly scope: Pick<Scope, "sees"> | null
  /** What of it a statement that looks in lists is given. */
  readonly lists?: Lists
  readonly rowsMax: number
  /** After so many it is ended, with Overdue. */
  readonly milliseconds: number
}

/** All that is seen, or of which an attribute is: a byte for each key. */
export type Lists = (attribute: string | null) => Uint8Array

/** Finds and runs the statements that answer datalog queries on one connection. */
export type DatalogRunner = {
  /** The statement for a query; null: there is none. */
  readonly planOf: Plans
  /** The same, with what is seen in lists. */
  readonly listedPlanOf: Plans
  /** How many facts the last statement came by. */
  readonly cameBy: () => number
  readonly run: (plan: CompiledQuery, running: Running) => readonly (readonly Json[])[]
}

type Row = readonly Cell[]

/** Makes one for a connection. */
export function datalogRunner(db: DatabaseSync, names: Names): DatalogRunner {
  const statements = recent<string, Statement<Row>>(statementsMax)
  const watch = watched(db)

  function statementOf(sql: string): Statement<Row> {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const prepared = prepare<Row>(db, sql)
    statements.set(sql, prepared)
    return prepared
  }

  return {
    planOf: plansOf(dialect),
    listedPlanOf: plansOf(listedDialect),
    cameBy: watch.cameBy,
    run(plan, running) {
      const { rowsMax } = running
      const cells = plan.parameters.map(parameter => bound(parameter, running, names))
      const rows = watch.over(running, () => statementOf(plan.sql).all(...cells))
      if (rows.length > rowsMax) {
        throw new Refusal("too-large", `The answer has more than ${rowsMax} rows: ask for less at once`, { rowsMax })
      }
      return rows.map(row => meant(row, plan))
    },
  }
}

/** Says that a query took too long. */
export function overdue(milliseconds: number): Refusal {
  const sentence = `The query was not answered in ${Math.round(milliseconds)} ms: ask for less at once`
  return new Refusal("timeout", sentence, { milliseconds: Math.round(milliseconds) })
}

/** Makes the functions that statements call, and runs what calls them. */
function watched(db: DatabaseSync) {
  // What they know of the one that runs.
  let scope: Running["scope"] = null
  let until = 0
  let calls = 0
  let last = 0

  function goOn(): void {
    if ((calls += 1) % callsPerLook !== 0 || performance.now() < until) return
    throw new Overdue()
  }

  function sees(entity: EntityKey, attribute: string | null): boolean {
    if (scope === null) return false
    return scope.sees(entity) && (attribute === null || scope.sees(entity, attribute))
  }

  db.function(functions.goesOn, { directOnly: true }, (_entity: Cell) => {
    goOn()
    return 1
  })
  db.function(functions.sees, { directOnly: true }, (entity: Cell, attribute: Cell) => {
    // Statements of this store call it, with what they were made to hand over.
    return sees(entity as EntityKey, attribute as string | null) ? 1 : 0
  })
  db.function(functions.number, { directOnly: true, deterministic: true }, (text: Cell) =>
    text === null ? null : Number(text),
  )

  function over<Result>(running: Running, work: () => Result): Result {
    const before = { scope, until, calls }
    scope = running.scope
    until = performance.now() + running.milliseconds
    calls = 0
    try {
      return work()
    } finally {
      scope = before.scope
      until = before.until
      last = calls
      calls = before.calls
    }
  }

  return { over, cameBy: () => last }
}

function bound(parameter: Parameter, { query, moment, rowsMax, lists }: Running, names: Names): Cell {
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
      assert(lists !== undefined, "a statement that looks in lists is given them")
      return lists(parameter.attribute)
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
