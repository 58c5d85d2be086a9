// The bank's log, lived through again under simulated time, with the bank's own handling beside it:
// npx node examples/loans/replay.ts bpic2012.xes.gz [--cases N] [--json]

import { parseArgs } from "node:util"
import { openDaybook, openLog, sqliteStore, type Command, type Daybook, type LogLine } from "daybook"
import { seededIds, simulatedClock } from "daybook/testing"
import app from "./app.ts"
import { importing } from "./importing.ts"

/** How a case ended: as the log tells it, and as the bank's handling here came to it. */
type Ends = { readonly log: string; readonly here: string }

/** How many cases ended in the same way, and why the others did not. */
export type Replay = {
  readonly lines: number
  readonly cases: number
  readonly same: number
  readonly others: Readonly<Record<string, number>>
  readonly days: number
}

// So many minutes of the log are asked for at once. All that the handling waits for takes days.
const stepMs = 10 * 60_000

const endOf: Readonly<Record<string, string>> = { A_DECLINED: "declined", A_CANCELLED: "cancelled" }
const grants = ["A_APPROVED", "A_REGISTERED", "A_ACTIVATED"]

/** Lives through a log. `cases`: only so many of them, in the order in which they begin. */
export async function replay(path: string, cases = Infinity): Promise<Replay> {
  const lines = await linesOf(path, cases)
  const first = Date.parse(lines[0]!.at!)
  const clock = simulatedClock(new Date(first).toISOString())
  const store = sqliteStore({ path: ":memory:", now: () => clock.now() })
  const daybook = await openDaybook(app, { store, clock, ids: seededIds(2012) })
  const map = importing()
  for (let at = 0; at < lines.length;) {
    const from = Date.parse(lines[at]!.at!)
    if (from > clock.now()) await clock.advance(from - clock.now())
    const asked: Promise<unknown>[] = []
    for (; at < lines.length && Date.parse(lines[at]!.at!) < from + stepMs && asked.length < 1_000; at++) {
      const command = map(lines[at]!)
      if (!("skip" in command)) asked.push(request(daybook, { ...command, id: `line-${lines[at]!.number}` }))
    }
    await Promise.all(asked)
    await daybook.drain()
  }
  const ends = await endsOf(daybook, lines)
  const days = Math.round((clock.now() - first) / 86_400_000)
  await daybook.close()
  return { ...told(ends), lines: lines.length, cases: ends.size, days }
}

async function request(daybook: Daybook, command: Command): Promise<void> {
  await daybook.request(command, { actor: "system" })
}

async function linesOf(path: string, cases: number): Promise<readonly LogLine[]> {
  const lines: LogLine[] = []
  const taken = new Set<string>()
  for await (const batch of openLog(path).lines()) {
    for (const line of batch) {
      if (line.at === null || (!taken.has(line.caseId) && taken.size >= cases)) continue
      taken.add(line.caseId)
      lines.push(line)
    }
  }
  // The file goes case by case; the bank lived through all of them at once.
  return lines.toSorted((a, b) => Date.parse(a.at!) - Date.parse(b.at!) || a.number - b.number)
}

async function endsOf(daybook: Daybook, lines: readonly LogLine[]): Promise<ReadonlyMap<string, Ends>> {
  const logs = new Map<string, { end: string; granted: Set<string> }>()
  for (const { caseId, activity } of lines) {
    const known = logs.get(caseId) ?? { end: "open", granted: new Set<string>() }
    logs.set(caseId, known)
    if (grants.includes(activity)) known.granted.add(activity)
    if (known.granted.size === grants.length) known.end = "granted"
    known.end = endOf[activity] ?? known.end
  }
  const ends = new Map<string, Ends>()
  for (const [caseId, { end }] of logs) ends.set(caseId, { log: end, here: "not handled" })
  for (let after: string | undefined; ;) {
    const page = await daybook.commands({
      type: "HandleApplication",
      limit: 1_000,
      ...(after === undefined ? {} : { after }),
    })
    for (const { command, state, result } of page) {
      const id = command.target?.id ?? ""
      // What it ended with, as its last step says.
      const ended = result as { readonly outcome: string } | null
      const here = state === "waiting" ? "open" : (ended?.outcome ?? state)
      ends.set(id, { log: ends.get(id)?.log ?? "unknown", here })
    }
    if (page.length === 0) return ends
    after = page.at(-1)!.command.id
  }
}

function told(ends: ReadonlyMap<string, Ends>): Pick<Replay, "same" | "others"> {
  const others: Record<string, number> = {}
  let same = 0
  for (const { log, here } of ends.values()) {
    if (log === here) same++
    else others[why({ log, here })] = (others[why({ log, here })] ?? 0) + 1
  }
  return { same, others }
}

function why({ log, here }: Ends): string {
  if (here === "cancelled" && log === "open")
    return "cancelled here after thirty days of silence, when the log ends before that"
  if (here === "cancelled")
    return `cancelled here after thirty days of silence; the bank waited longer, and it was ${log}`
  return `${here} here, ${log} in the log`
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { cases: { type: "string" }, json: { type: "boolean" } },
  })
  const replayed = await replay(positionals[0] ?? "", values.cases === undefined ? Infinity : Number(values.cases))
  if (values.json === true) process.stdout.write(`${JSON.stringify(replayed, null, 2)}\n`)
  else {
    const { lines, cases, same, others, days } = replayed
    process.stdout.write(`${lines} lines of ${cases} cases over ${days} days; ${same} ended as the log ends them\n`)
    for (const [reason, count] of Object.entries(others))
      process.stdout.write(`${String(count).padStart(7)}  ${reason}\n`)
  }
}
