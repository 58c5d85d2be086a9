import type { Json } from "../../kernel/json.ts"
import { Refusal, unreachable } from "../../kernel/refusal.ts"
import type { DatalogBounds, DatalogQuery, DatalogStore, Scope } from "../../ports/datalog.ts"
import type { FactStore, Moment } from "../../ports/facts.ts"
import { cellOf, plansOf } from "../sql/plans.ts"
import type { CompiledQuery, Parameter } from "../sql/statement.ts"
import type { Class, Expression } from "../sql/terms.ts"
import type { Connections } from "./connections.ts"
import { dialect } from "./datalog-dialect.ts"
import { goneSince, membersOf } from "./datalog-members.ts"
import type { Cell } from "./driver.ts"
import { stateOf } from "./errors.ts"
import type { Names } from "./names.ts"
import { integers, type Value } from "./wire.ts"

const canceled = "57014"
// Text with a sign that PostgreSQL cannot hold: it is in a document all the same.
const untranslatable = "22P05"

type Row = readonly Cell[]

/** Answers datalog queries in one statement each. */
export function datalogStore(connections: Connections, names: Names, { keys }: Pick<FactStore, "keys">): DatalogStore {
  const plans = plansOf(dialect)
  return {
    async answer(query, { moment, scope, bounds }) {
      if (query.inputs.some(({ rows }) => rows.length === 0)) return []
      const plan = plans(query, moment, scope)
      if (plan === null) return null
      const values = await bound(plan, { query, moment, scope, bounds, names, connections })
      if (values === null) return null
      const rows = await run(connections, plan.sql, values, bounds)
      if (rows === null) return null
      if (rows.length > bounds.rowsMax) {
        const sentence = `The answer has more than ${bounds.rowsMax} rows: ask for less at once`
        throw new Refusal("too-large", sentence, { rowsMax: bounds.rowsMax })
      }
      return spelled(rows, plan.columns, keys)
    },
  }
}

/** Runs a statement, in the order in which it is written, and not longer than it may. Null: it cannot be answered. */
async function run(
  { join }: Connections,
  sql: string,
  values: readonly Value[],
  { milliseconds }: DatalogBounds,
): Promise<readonly Row[] | null> {
  const most = Math.max(1, Math.ceil(milliseconds))
  const begin = `BEGIN READ ONLY; SET LOCAL statement_timeout = ${most}; SET LOCAL join_collapse_limit = 1`
  return join(async ({ ask, run: say }) => {
    // Sent at once: one way there and back. After a statement that failed, COMMIT ends the transaction as well.
    const [begun, asked, ended] = await Promise.allSettled([say(begin), ask<Row>(sql, values), say("COMMIT")])
    if (begun.status === "rejected") throw begun.reason
    if (asked.status === "rejected") return unanswered(asked.reason, milliseconds)
    if (ended.status === "rejected") throw ended.reason
    return asked.value
  })
}

function unanswered(error: unknown, milliseconds: number): null {
  if (stateOf(error) === untranslatable) return null
  if (stateOf(error) !== canceled) throw error
  const sentence = `The query was not answered in ${milliseconds} ms: ask for less at once`
  throw new Refusal("timeout", sentence, { milliseconds })
}

type Given = {
  readonly query: DatalogQuery
  readonly moment: Moment
  readonly scope: Scope | null
  readonly bounds: DatalogBounds
  readonly names: Names
  readonly connections: Connections
}

async function bound({ parameters }: CompiledQuery, given: Given): Promise<Value[] | null> {
  const { names, connections, scope, moment } = given
  await names.find(connections.read, parameters.flatMap(wordsOf))
  const values: Value[] = []
  const isGuarded = parameters.some(({ kind }) => kind === "members")
  const gone = isGuarded && moment.t < scope!.t ? await goneSince(connections.read, moment.t) : []
  if (gone === null) return null
  for (const parameter of parameters) {
    if (parameter.kind !== "members") {
      values.push(valueOf(parameter, given))
      continue
    }
    const members = await membersOf(scope!, parameter.attribute ?? undefined, gone)
    if (members === null) return null
    values.push(members)
  }
  return values
}

function wordsOf(parameter: Parameter): readonly string[] {
  if (parameter.kind === "attribute") return [parameter.name]
  return parameter.kind === "types" ? parameter.names : []
}

function valueOf(parameter: Exclude<Parameter, { kind: "members" }>, { query, moment, bounds, names }: Given): Value {
  switch (parameter.kind) {
    case "t":
      return moment.t
    case "since":
      return moment.since ?? 0
    case "limit":
      return bounds.rowsMax + 1
    case "attribute":
      // No row names what has no key.
      return names.known(parameter.name) ?? -1
    case "path":
    case "name":
      return parameter.name
    case "types":
      return integers(parameter.names.map(name => names.known(name)).filter(key => key !== null))
    case "value":
      return cell(parameter.value, parameter.class)
    case "cell":
      return cell(cellOf(query, parameter.input, parameter.column), parameter.class)
    case "rows":
      return JSON.stringify(query.inputs[parameter.input]!.rows)
    default:
      return unreachable(parameter)
  }
}

function cell(value: Json, of: Class): Value {
  return of === "entity" ? (value as number) : JSON.stringify(value)
}

/** Rows as whoever asked reads them: values as JSON says them, entities as keys. */
async function spelled(
  rows: readonly Row[],
  columns: readonly Expression[],
  keysOf: FactStore["keys"],
): Promise<readonly (readonly Json[])[]> {
  // What was written as JSON is read as such; numbers are counts and keys.
  const meant = rows.map(row => row.map(value => (typeof value === "string" ? (JSON.parse(value) as Json) : value)))
  const named = columns.flatMap(({ asId }, i) => (asId ? [i] : []))
  if (named.length === 0) return meant
  const ids = [...new Set(meant.flatMap(row => named.map(i => row[i] as string)))]
  const found = await keysOf(ids)
  const keys = new Map(ids.map((id, i) => [id, found[i] ?? null]))
  // A target that never was has no key here: nothing else can be known of it.
  return meant
    .map(row => row.map((value, i) => (named.includes(i) ? (keys.get(value as string) ?? null) : value)))
    .filter(row => named.every(i => row[i] !== null))
}
