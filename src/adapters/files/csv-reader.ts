import { CsvError, Parser } from "csv-parse"
import { Bag } from "./bag.ts"
import { bounds, tooLong } from "./bounds.ts"
import { type Columns, columnsOf, type Mapping } from "./columns.ts"
import { BadPlace } from "./log-error.ts"
import type { LogLine } from "./log-line.ts"
import type { Reader } from "./reader.ts"
import { lineFrom } from "./row.ts"

type Header = { readonly names: readonly string[]; readonly columns: Columns }

/** Reads CSV whose first row is a header. An empty field is an attribute that is absent. */
export class CsvReader implements Reader<LogLine> {
  readonly unit = "row"
  readonly ready: LogLine[] = []
  readonly #file: string
  readonly #mapping: Mapping
  readonly #parser: Parser
  #header: Header | null = null
  #number = 0
  // The row whose fields are looked at. It stays when they are bad.
  #inRow: number | null = null
  #written = 0
  // Where the row that is being read begins.
  #start = 0

  constructor(file: string, delimiter: string, mapping: Mapping = {}) {
    this.#file = file
    this.#mapping = mapping
    this.#parser = new Parser({
      bom: true,
      delimiter,
      record_delimiter: ["\r\n", "\n", "\r"],
      skip_empty_lines: true,
      // The count of fields is checked here, for a sentence of our own.
      relax_column_count: true,
      // Null keeps the row out of the stream: nobody would read it from there.
      on_record: (fields: string[]) => (this.#row(fields), null),
    })
    // The callbacks of write and end are told as well.
    this.#parser.on("error", () => {})
  }

  standsAt(): { line: number; byte: number } {
    return { line: this.#inRow ?? this.#rowsBehind() + 1, byte: this.#start }
  }

  async write(piece: Buffer): Promise<void> {
    this.#written += piece.length
    await told(done => this.#parser.write(piece, done))
    if (this.#written - this.#start > bounds.rowBytesMax) {
      throw new BadPlace(`the row is longer than ${bounds.rowBytesMax} bytes; is a quote not closed?`)
    }
  }

  async end(): Promise<void> {
    await told(done => this.#parser.end(done))
  }

  async breakOff(): Promise<void> {
    // The parser looks some bytes ahead. These end no row, so that the one that broke off stays out.
    const error = await outcome(done => this.#parser.write("breaks off here", done))
    if (error instanceof BadPlace) throw error
  }

  #row(fields: readonly string[]): void {
    this.#inRow = this.#rowsBehind()
    if (this.#header === null) this.#header = headerOf(fields, this.#mapping)
    else this.ready.push(this.#line(fields, this.#header, this.#inRow))
    this.#inRow = null
    this.#start = this.#parser.info.bytes
  }

  #line(fields: readonly string[], { names, columns }: Header, row: number): LogLine {
    if (fields.length !== names.length) {
      throw new BadPlace(`the row has ${fields.length} fields and the header has ${names.length}`)
    }
    const bag = new Bag()
    for (const [i, field] of fields.entries()) {
      if (field.length > bounds.valueCharsMax) throw new BadPlace(`"${names[i]}" is ${tooLong}`)
      if (field !== "") bag.put(names[i]!, field)
    }
    const line = lineFrom(columns, bag, { file: this.#file, line: row, byte: this.#start }, this.#number + 1)
    this.#number++
    return line
  }

  #rowsBehind(): number {
    const { records, empty_lines } = this.#parser.info
    return records + empty_lines
  }
}

function headerOf(fields: readonly string[], mapping: Mapping): Header {
  const names = fields.map((field, i) => field.trim() || `column ${i + 1}`)
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) throw new BadPlace(`the header names "${name}" twice`)
    seen.add(name)
  }
  return { names, columns: columnsOf(names, mapping, "full") }
}

type Start = (done: (error?: Error | null) => void) => void

function outcome(start: Start): Promise<Error | null | undefined> {
  return new Promise(start)
}

async function told(start: Start): Promise<void> {
  const error = await outcome(start)
  if (error instanceof CsvError) throw new BadPlace(reasons[error.code] ?? error.message)
  if (error) throw error
}

const reasons: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "a quote is opened and never closed",
  CSV_INVALID_CLOSING_QUOTE: "a quote is closed in the middle of a field",
  INVALID_OPENING_QUOTE: "a quote is opened in the middle of a field",
}
