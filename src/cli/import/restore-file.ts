import { openJsonLines, type OpenOptions } from "../../adapters/files/open-log.ts"
import { systemClock } from "../../adapters/node/clock.ts"
import { systemIds } from "../../adapters/node/ids.ts"
import type { App } from "../../kernel/app.ts"
import type { Store } from "../../ports/store.ts"
import { counting, say } from "../print.ts"
import { showProgress } from "./progress.ts"
import { effort, pace } from "./summary.ts"
import { restore, type Restored } from "./transcript.ts"

/** A file of recorded events that is to be restored. */
export type FileRestore = {
  readonly path: string
  /** What it is called where a person reads it. */
  readonly title: string
  readonly opening: OpenOptions
  readonly app: App
  readonly store: Store
  readonly stop: AbortSignal
  readonly json: boolean
  /** Whether the app's schema may alter how data is stored. */
  readonly alter: boolean
}

/** Restores what `export` has printed, and says what came of it. Whatever stops it, what came before is kept and told. */
export async function restoreFile({ path, title, opening, app, store, stop, json, alter }: FileRestore): Promise<void> {
  const clock = systemClock()
  const file = openJsonLines(path, opening)
  const counts: Restored = { lines: 0, past: 0, transactions: 0, events: 0 }
  const began = clock.ticks()
  const { bytesTotal } = file
  const end = await showProgress({ bytesTotal, bytesRead: () => file.bytesRead(), lines: () => counts.lines })
  try {
    await restore(path, file, { app, store, ids: systemIds(), counts, stop, alter })
  } finally {
    end()
    const seconds = (clock.ticks() - began) / 1_000
    if (json) await say(JSON.stringify({ file: title, ...counts, ...effort(counts.lines, seconds) }))
    else for (const line of textOf(title, counts, seconds)) await say(line)
  }
}

function textOf(title: string, { lines, past, transactions, events }: Restored, seconds: number): readonly string[] {
  return [
    `${title}: ${pace(lines, "line", seconds)}`,
    `  ${counting(events, "event")} of ${counting(transactions, "transaction")} restored as they were recorded`,
    ...(past > 0 ? [`  ${counting(past, "event")} of it ${past === 1 ? "was" : "were"} here already`] : []),
  ]
}
