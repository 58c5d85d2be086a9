import { existsSync } from "node:fs"
import { basename } from "node:path"
import type { Mapping } from "../adapters/files/columns.ts"
import { openJsonLines, openLog, type OpenOptions } from "../adapters/files/open-log.ts"
import type { App } from "../kernel/app.ts"
import type { Store } from "../ports/store.ts"
import { BadInput } from "./bad-input.ts"
import { loadFittingApp } from "./check-app.ts"
import { caseApp } from "./import/case-app.ts"
import { importLog } from "./import/log.ts"
import { looksRecorded } from "./import/recorded.ts"
import { restoreFile } from "./import/restore-file.ts"
import { spooled } from "./import/standard-input.ts"
import { openStore } from "./open-store.ts"
import type { Altering, Place } from "./options.ts"
import { note } from "./print.ts"
import { asked } from "./signals.ts"

type Options = Place &
  Altering & {
    readonly app?: string
    readonly name?: string
    readonly columns?: string
    readonly encoding?: string
    readonly again?: boolean
    readonly effects?: boolean
    readonly skipErrors?: boolean
    readonly json?: boolean
  }

/** Takes in a file: a log line by line, as commands; what `export` has printed as it was recorded. */
export async function importFile(file: string, options: Options): Promise<void> {
  if (file !== "-") {
    if (!existsSync(file)) throw new BadInput(`There is no file ${file}`)
    return importPath(file, file, options.name ?? basename(file).replace(/\.gz$/i, ""), options)
  }
  const { path, remove } = await spooled()
  try {
    await importPath(path, "standard input", options.name ?? null, options)
  } finally {
    remove()
  }
}

async function importPath(path: string, title: string, name: string | null, options: Options): Promise<void> {
  const { again = false, effects = false, skipErrors = false, alter = false, json = false } = options
  const opening = openingOf(options)
  const log = openLog(path, opening)
  const isTranscript = log.format === "jsonl" && (await beginsRecorded(path, opening))
  if (!isTranscript && name === null)
    throw new BadInput("What comes from standard input has no name: give it one with --name")

  const app = options.app === undefined ? null : (await loadFittingApp(options.app)).app
  const stop = new AbortController()
  void asked().then(() => stop.abort())
  const store = await openStore(options, "own")
  try {
    const chosen = await choose(app, isTranscript, store)
    const parts = { path, title, store, app: chosen, stop: stop.signal, json, alter }
    if (isTranscript) await restoreFile({ ...parts, opening })
    else await importLog({ ...parts, log, name: name!, again, effects, skipErrors })
  } finally {
    await store.close()
  }
  if (!stop.signal.aborted) return
  note("Stopped as asked; the same command goes on from here")
  process.exitCode = 1
}

function openingOf({ columns, encoding }: Options): OpenOptions {
  const mapping = columns === undefined ? {} : { mapping: mappingOf(columns) }
  return encoding === undefined ? mapping : { ...mapping, encoding }
}

const roles: readonly (keyof Mapping)[] = ["case", "activity", "transition", "at", "resource"]

function mappingOf(text: string): Mapping {
  const pairs = text.split(",").map(pair => {
    const [role = "", ...column] = pair.split("=")
    if (column.length > 0 && roles.some(known => known === role.trim())) return [role.trim(), column.join("=").trim()]
    throw new BadInput(`--columns takes ${roles.map(known => `${known}=…`).join(",")}, not "${pair}"`)
  })
  return Object.fromEntries(pairs) as Mapping
}

async function beginsRecorded(path: string, opening: OpenOptions): Promise<boolean> {
  for await (const [first] of openJsonLines(path, opening).lines()) return looksRecorded(first?.value)
  return false
}

/**
 * The app that takes it in; for a log and an app that does not say how, the built-in one. To that the data of another
 * app would mean nothing, and it would forget its read models.
 */
async function choose(app: App | null, isTranscript: boolean, store: Store): Promise<App> {
  if (app !== null && (isTranscript || app.importing !== null)) return app
  const kept = (await store.maintenance.schemas()).at(-1)
  const name = JSON.stringify(kept?.schema["name"])
  if (kept === undefined || name === JSON.stringify(caseApp.schema["name"])) {
    if (app !== null)
      note("The app does not say how it takes in a log: each case becomes a Case, each line a LineRecorded")
    return caseApp
  }
  if (app === null) throw new BadInput(`This daybook holds the data of ${name}: name its app with --app`)
  throw new BadInput(`This daybook holds the data of ${name}, and that app does not say how it takes in a log`)
}
