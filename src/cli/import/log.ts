import { openDaybook } from "../../app/open.ts"
import type { LogLine } from "../../adapters/files/log-line.ts"
import type { LineFile } from "../../adapters/files/open-log.ts"
import { systemClock } from "../../adapters/node/clock.ts"
import { systemIds } from "../../adapters/node/ids.ts"
import { systemJournal } from "../../adapters/node/journal.ts"
import type { App } from "../../kernel/app.ts"
import { assert } from "../../kernel/refusal.ts"
import type { Store } from "../../ports/store.ts"
import { note, say } from "../print.ts"
import { mapperOf } from "./mapping.ts"
import { showProgress } from "./progress.ts"
import { Position } from "./resume.ts"
import { Run } from "./runner.ts"
import { Summary } from "./summary.ts"

/** A log that is to be taken in, and by which app. */
export type LogImport = {
  /** What it is called where a person reads it. */
  readonly title: string
  readonly log: LineFile<LogLine>
  readonly name: string
  readonly app: App
  readonly store: Store
  readonly stop: AbortSignal
  readonly again: boolean
  readonly effects: boolean
  readonly skipErrors: boolean
  readonly json: boolean
  /** Whether the app's schema may alter how data is stored. */
  readonly alter: boolean
}

const units = { xes: "event", csv: "row", jsonl: "line" } as const

/** Takes in a log, and says what came of it. Whatever stops it, what came before is kept and told. */
export async function importLog({
  title,
  log,
  name,
  app,
  store,
  stop,
  again,
  effects,
  skipErrors,
  json,
  alter,
}: LogImport): Promise<void> {
  const [clock, ids] = [systemClock(), systemIds()]
  const daybook = await openDaybook(app, { store, clock, ids, journal: systemJournal({ level: "warn" }), alter })
  const summary = new Summary(units[log.format])
  const began = clock.ticks()
  const { bytesTotal } = log
  const end = await showProgress({ bytesTotal, bytesRead: () => log.bytesRead(), lines: () => summary.lines })
  try {
    assert(app.importing !== null, "an app was chosen that takes in no log")
    const map = mapperOf(app.importing, name, ids)
    const position = await Position.of(name, store)
    await Run.over(log, { log: name, daybook, store, map, position, again, effects, summary, stop })
    if (!stop.aborted) await daybook.drain()
  } finally {
    end()
    const seconds = (clock.ticks() - began) / 1_000
    await daybook.close()
    if (json) await say(JSON.stringify(summary.json(title, seconds)))
    else for (const line of summary.text(title, seconds)) await say(line)
  }
  if (!summary.hasRefused || skipErrors) return
  note("Some lines were refused: once the cause is mended, --again asks for them again")
  process.exitCode = 1
}
