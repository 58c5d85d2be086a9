// The bank's figures, out of the daybook's projections: npx node examples/loans/report.ts [--data DIR] [--json]

import { join } from "node:path"
import { parseArgs } from "node:util"
import { openDaybook, sqliteStore, systemClock, systemIds, type Daybook, type Document } from "daybook"
import app from "./app.ts"

type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>

/** The tallies of all that was logged. Amounts in euro, times in whole seconds. */
export type Tallies = {
  readonly lines: number
  readonly cases: number
  readonly refused: Readonly<Record<string, number>>
  readonly eventsByActivityAndTransition: Counts
  readonly eventsByMonthAndKind: Counts
  readonly casesByOutcome: Readonly<Record<string, number>>
  readonly amountByOutcome: Counts
  readonly secondsToDecisionByOutcome: Counts
}

/** Reads the tallies off the projections, as they are when everything recorded so far is in them. */
export async function talliesOf(daybook: Daybook): Promise<Tallies> {
  await daybook.waitFor(await daybook.basis(), { timeoutMs: 120_000 })
  const activities = await allRows(daybook, "activities")
  const months = await allRows(daybook, "months")
  const cases = (await allRows(daybook, "applications")).map(({ row }) => row)
  const numbers = (attribute: string) => (outcome: string) =>
    cases.filter(row => row["outcome"] === outcome && row[attribute] !== undefined).map(row => Number(row[attribute]))
  const outcomes = ["activated", "declined", "cancelled", "undecided"]
  const decided = outcomes.filter(outcome => outcome !== "undecided")
  return {
    lines: activities.reduce((sum, { row }) => sum + Number(row["lines"]), 0),
    cases: cases.length,
    refused: Object.fromEntries(
      activities.filter(({ row }) => row["refused"] !== 0).map(({ key, row }) => [key, Number(row["refused"])]),
    ),
    eventsByActivityAndTransition: nested(activities),
    eventsByMonthAndKind: nested(months),
    casesByOutcome: Object.fromEntries(
      outcomes.map(outcome => [outcome, cases.filter(row => row["outcome"] === outcome).length]),
    ),
    amountByOutcome: Object.fromEntries(outcomes.map(outcome => [outcome, amounts(numbers("amount")(outcome))])),
    secondsToDecisionByOutcome: Object.fromEntries(
      decided.map(outcome => [outcome, times(numbers("secondsToDecision")(outcome))]),
    ),
  }
}

async function allRows(daybook: Daybook, projection: string): Promise<{ key: string; row: Document }[]> {
  const rows: { key: string; row: Document }[] = []
  for (;;) {
    const after = rows.at(-1)?.key
    const page = await daybook.list(projection, { limit: 1_000, ...(after === undefined ? {} : { after }) })
    if (page.length === 0) return rows
    rows.push(...page)
  }
}

function nested(rows: readonly { key: string; row: Document }[]): Counts {
  const counts: Record<string, Record<string, number>> = {}
  for (const { key, row } of rows) {
    const [outer = "", inner = ""] = key.split("/")
    counts[outer] = { ...counts[outer], [inner]: Number(row["lines"]) }
  }
  return counts
}

function amounts(values: readonly number[]): Record<string, number> {
  const [first = 0] = values
  const [min, max] = values.reduce(([least, most], v) => [Math.min(least, v), Math.max(most, v)], [first, first])
  return { count: values.length, sum: sum(values), min, max }
}

function times(values: readonly number[]): Record<string, number> {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
  const mean = values.length === 0 ? 0 : Math.floor(sum(values) / values.length)
  return { count: values.length, min: sorted[0] ?? 0, median: middle, max: sorted.at(-1) ?? 0, mean }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, v) => total + v, 0)
}

function print(title: string, counts: Counts): void {
  process.stdout.write(`\n${title}\n`)
  for (const [name, row] of Object.entries(counts)) {
    const cells = Object.entries(row).map(([column, value]) => `${column} ${value.toLocaleString("en")}`)
    process.stdout.write(`  ${name.padEnd(34)}${cells.join("   ")}\n`)
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { data: { type: "string", default: "./data" }, json: { type: "boolean", default: false } },
  })
  const store = sqliteStore({ path: join(values.data, "daybook.sqlite") })
  const daybook = await openDaybook(app, { store, clock: systemClock(), ids: systemIds() })
  const tallies = await talliesOf(daybook)
  await daybook.close()
  if (values.json) return void process.stdout.write(`${JSON.stringify(tallies, null, 2)}\n`)
  process.stdout.write(
    `${tallies.lines.toLocaleString("en")} lines about ${tallies.cases.toLocaleString("en")} applications\n`,
  )
  print("What was logged", tallies.eventsByActivityAndTransition)
  print(
    "Refused by the bank's rules, of these",
    Object.fromEntries(Object.entries(tallies.refused).map(([k, v]) => [k, { lines: v }])),
  )
  print("Per month: applications, offers, work", tallies.eventsByMonthAndKind)
  print(
    "How they ended",
    Object.fromEntries(Object.entries(tallies.casesByOutcome).map(([k, v]) => [k, { applications: v }])),
  )
  print("What was asked for, in euro", tallies.amountByOutcome)
  print("From submission to decision, in seconds", tallies.secondsToDecisionByOutcome)
}

if (import.meta.main) await main()
