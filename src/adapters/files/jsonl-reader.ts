import { bounds } from "./bounds.ts"
import { BadPlace } from "./log-error.ts"
import type { JsonLine } from "./log-line.ts"
import type { Reader } from "./reader.ts"

const newline = 10

/** Reads JSON Lines: one JSON value to a line. Lines of nothing but white space are counted and left out. */
export class JsonlReader implements Reader<JsonLine> {
  readonly unit = "line"
  readonly ready: JsonLine[] = []
  readonly #file: string
  #line = 1
  #number = 0
  // Where the line that is being read begins, and what of it has come so far.
  #start = 0
  #begun: Buffer[] = []
  #begunBytes = 0

  constructor(file: string) {
    this.#file = file
  }

  standsAt(): { line: number; byte: number } {
    return { line: this.#line, byte: this.#start }
  }

  write(piece: Buffer): void {
    let from = 0
    for (let to = piece.indexOf(newline); to !== -1; to = piece.indexOf(newline, from)) {
      this.#begin(piece.subarray(from, to))
      this.#finish(1)
      from = to + 1
    }
    this.#begin(piece.subarray(from))
  }

  end(): void {
    this.#finish(0)
  }

  #begin(part: Buffer): void {
    this.#begun.push(part)
    this.#begunBytes += part.length
    if (this.#begunBytes > bounds.rowBytesMax) throw new BadPlace(`the line is longer than ${bounds.rowBytesMax} bytes`)
  }

  #finish(breakBytes: number): void {
    const bytes = this.#begun.length === 1 ? this.#begun[0]! : Buffer.concat(this.#begun)
    const text = bytes.toString("utf8").trim() // a byte order mark is white space, too
    if (text !== "") {
      const place = { file: this.#file, line: this.#line, byte: this.#start }
      this.ready.push({ place, number: this.#number + 1, value: parsed(text) })
      this.#number++
    }
    this.#line++
    this.#start += bytes.length + breakBytes
    this.#begun = []
    this.#begunBytes = 0
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new BadPlace(`the line is not JSON (${(error as Error).message})`)
  }
}
