import type { Mapping } from "./columns.ts"
import { CsvReader } from "./csv-reader.ts"
import { delimiterOf, type Format, formatOf } from "./format.ts"
import { JsonlLogReader } from "./jsonl-log.ts"
import { JsonlReader } from "./jsonl-reader.ts"
import { BadPlace, LogError } from "./log-error.ts"
import type { JsonLine, LogLine } from "./log-line.ts"
import { inBatches, type Reader } from "./reader.ts"
import { openSource, type Source } from "./source.ts"
import { XesReader } from "./xes-reader.ts"

/** A file of lines, and how much of it has been read. */
export type LineFile<Line> = {
  readonly format: Format
  /** The size of the file on the disk, zipped or not. */
  readonly bytesTotal: number
  /** How many of those have been read so far. */
  bytesRead(): number
  /**
   * The lines in the order of the file, in batches of 256, the last one shorter.
   *
   * - All lines before a bad place come before the `LogError` that names it.
   * - Each call reads the file anew. Whoever stops early closes it by that.
   */
  lines(): AsyncIterable<readonly Line[]>
}

/** What to say where the file does not say it itself. */
export type OpenOptions = {
  /** Which columns, or which attributes of XES, say what. The names of XES and their common aliases need none. */
  readonly mapping?: Mapping
  /** The text encoding, such as `windows-1252`, where it is neither UTF-8 nor declared in the file. */
  readonly encoding?: string
}

/** Opens an event log: XES, CSV or JSON Lines, plain or gzipped, whichever its content says. */
export function openLog(path: string, options: OpenOptions = {}): LineFile<LogLine> {
  return placed(path, () => {
    const source = openSource(path, options.encoding)
    const format = formatOf(source.head, path)
    return lineFile(path, format, source, () => readerOf(format, path, source, options.mapping ?? {}))
  })
}

/** Opens a file of JSON Lines for their values, whatever those are. */
export function openJsonLines(path: string, options: Pick<OpenOptions, "encoding"> = {}): LineFile<JsonLine> {
  return placed(path, () => {
    const source = openSource(path, options.encoding)
    if (source.head.trim() === "") throw new BadPlace("the file is empty")
    return lineFile(path, "jsonl", source, () => new JsonlReader(path))
  })
}

function readerOf(format: Format, path: string, source: Source, mapping: Mapping): Reader<LogLine> {
  switch (format) {
    case "xes":
      return new XesReader(path, mapping)
    case "csv":
      return new CsvReader(path, delimiterOf(source.head), mapping)
    case "jsonl":
      return new JsonlLogReader(path, mapping)
  }
}

function lineFile<Line>(path: string, format: Format, source: Source, reader: () => Reader<Line>): LineFile<Line> {
  return {
    format,
    bytesTotal: source.bytesTotal,
    bytesRead: () => source.bytesRead(),
    lines: () => inBatches(path, source.pieces(), reader()),
  }
}

function placed<T>(file: string, open: () => T): T {
  try {
    return open()
  } catch (error) {
    throw error instanceof BadPlace ? new LogError({ file, reason: error.message }) : error
  }
}
