// npm run bench -- [NAME …] [--json]: one line per figure.

import type { Bench, Figure } from "./harness.ts"
import { commands } from "./figures/commands.ts"
import { growth } from "./figures/growth.ts"
import { importing } from "./figures/importing.ts"
import { live } from "./figures/live.ts"
import { peers } from "./figures/peers.ts"
import { postgres } from "./figures/postgres.ts"
import { queries, queriesPostgres } from "./figures/queries.ts"
import { reading } from "./figures/reading.ts"
import { rights } from "./figures/rights.ts"
import { serving } from "./figures/serving.ts"
import { workflows, workflowsPostgres } from "./figures/workflows.ts"

const benches: readonly Bench[] = [
  commands,
  serving,
  importing,
  reading,
  growth,
  peers,
  postgres,
  queries,
  queriesPostgres,
  rights,
  live,
  workflows,
  workflowsPostgres,
]

const json = process.argv.includes("--json")
const names = process.argv.slice(2).filter(arg => !arg.startsWith("--"))
const unknown = names.filter(name => !benches.some(b => b.name === name))
if (unknown.length > 0) {
  console.error(
    `There is no bench ${unknown.join(", ")}; there are:\n${benches.map(b => `  ${b.name}  ${b.says}`).join("\n")}`,
  )
  process.exit(2)
}

let short = 0
for (const bench of benches.filter(b => names.length === 0 || names.includes(b.name))) await bench.run(say)
if (!json) console.log(short === 0 ? "every figure is met" : `${short} figures fall short`)

function say(figure: Figure): void {
  const { value, atLeast, atMost } = figure
  const met = !(value < (atLeast ?? -Infinity)) && !(value > (atMost ?? Infinity)) && !Number.isNaN(value)
  if (!met) short++
  console.log(json ? JSON.stringify(figure) : lineOf(figure, met))
}

function lineOf({ figure, value, unit, atLeast, atMost, floor, peers: others, note }: Figure, met: boolean): string {
  const wanted =
    atLeast === undefined ? (atMost === undefined ? "" : `at most ${shown(atMost)}`) : `at least ${shown(atLeast)}`
  const verdict = wanted === "" ? "" : `${met ? "met" : "SHORT"}, ${wanted}`
  const byHand = floor === undefined ? "" : `floor ${shown(floor)}, ratio ${(value / floor).toFixed(2)}`
  const beside = Object.entries(others ?? {}).map(
    ([name, theirs]) => `${name} ${shown(theirs)}, ratio ${(value / theirs).toFixed(1)}`,
  )
  return [figure.padEnd(72), `${shown(value)} ${unit}`.padStart(20), verdict, byHand, ...beside, note]
    .filter(Boolean)
    .join("  ")
}

function shown(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(2)
}
