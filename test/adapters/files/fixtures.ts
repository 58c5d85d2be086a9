import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { LogError } from "../../../src/adapters/files/log-error.ts"
import type { LogLine } from "../../../src/adapters/files/log-line.ts"
import { type LineFile, type OpenOptions, openLog } from "../../../src/adapters/files/open-log.ts"
import { whenFileEnds } from "../../ending.ts"

let folder: string | null = null
let files = 0

/** Writes a file that is gone after the tests, and tells its path. */
export function file(name: string, content: string | Buffer): string {
  folder ??= aFolder()
  const path = join(folder, `${++files}-${name}`)
  writeFileSync(path, content)
  return path
}

function aFolder(): string {
  const path = mkdtempSync(join(tmpdir(), "daybook-files-"))
  whenFileEnds(() => {
    folder = null
    rmSync(path, { recursive: true })
  })
  return path
}

/** Everything that could be read, and what stopped it. */
export type Outcome<Line> = { lines: Line[]; error: LogError | null }

/** Reads to the end or to the bad place. */
export async function outcomeOf<Line>(open: () => LineFile<Line>): Promise<Outcome<Line>> {
  const lines: Line[] = []
  try {
    for await (const batch of open().lines()) lines.push(...batch)
  } catch (error) {
    if (error instanceof LogError) return { lines, error }
    throw error
  }
  return { lines, error: null }
}

/** Reads a content as a log, from a file of that name. */
export function read(name: string, content: string | Buffer, options?: OpenOptions): Promise<Outcome<LogLine>> {
  return outcomeOf(() => openLog(file(name, content), options))
}

/** A content and the same content gzipped, for tests in which it must not matter. */
export function plainAndZipped(name: string, content: string): [name: string, content: Buffer][] {
  const plain = Buffer.from(content)
  return [
    [name, plain],
    [`${name}.gz`, gzipSync(plain)],
  ]
}

/** An XES log of one trace for each list of activities, the cases named 1, 2, 3 … */
export function xes(...traces: readonly (readonly string[])[]): string {
  const event = (activity: string) => `<event><string key="concept:name" value="${activity}"/></event>\n`
  const trace = (activities: readonly string[], i: number) =>
    `<trace><string key="concept:name" value="${i + 1}"/>\n${activities.map(event).join("")}</trace>\n`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0">\n${traces.map(trace).join("")}</log>\n`
}

/** The XES log whose one event has these tags. */
export function xesEvent(tags: string): string {
  return `<log><trace><string key="concept:name" value="1"/><event>${tags}</event></trace></log>`
}
