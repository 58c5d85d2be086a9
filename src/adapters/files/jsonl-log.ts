import { Bag } from "./bag.ts"
import { bounds, tooLong } from "./bounds.ts"
import { type Columns, columnsOf, type Mapping } from "./columns.ts"
import { JsonlReader } from "./jsonl-reader.ts"
import { BadPlace } from "./log-error.ts"
import type { JsonLine, LogLine } from "./log-line.ts"
import type { Reader } from "./reader.ts"
import { lineFrom } from "./row.ts"

/** Reads JSON Lines as a log: each line an object, whose members are what the columns of CSV are. */
export class JsonlLogReader implements Reader<LogLine> {
  readonly unit = "line"
  readonly ready: LogLine[] = []
  readonly #lines: JsonlReader
  readonly #mapping: Mapping
  // The line whose members are looked at. It stays when they are bad.
  #inLine: JsonLine | null = null
  // Most files have one set of members throughout, so that the last one found is the next one looked for.
  #known: { names: string; columns: Columns } | null = null

  constructor(file: string, mapping: Mapping = {}) {
    this.#lines = new JsonlReader(file)
    this.#mapping = mapping
  }

  standsAt(): { line: number | null; byte: number | null } {
    if (this.#inLine === null) return this.#lines.standsAt()
    const { line, byte } = this.#inLine.place
    return { line, byte: byte ?? null }
  }

  write(piece: Buffer): void {
    this.#forward(() => this.#lines.write(piece))
  }

  end(): void {
    this.#forward(() => this.#lines.end())
  }

  // What was read before a bad place comes first, even when that has a bad place of its own.
  #forward(read: () => void): void {
    try {
      read()
    } finally {
      for (const line of this.#lines.ready.splice(0)) this.ready.push(this.#lineOf(line))
    }
  }

  #lineOf(line: JsonLine): LogLine {
    this.#inLine = line
    const { value } = line
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      throw new BadPlace("the line holds no JSON object")
    }
    const bag = new Bag()
    flatten(value, "", bag, 1)
    const read = lineFrom(this.#columnsOf(bag), bag, line.place, line.number)
    this.#inLine = null
    return read
  }

  #columnsOf(bag: Bag): Columns {
    const names = Object.keys(bag.values)
    const key = JSON.stringify(names)
    if (this.#known?.names !== key) {
      this.#known = { names: key, columns: columnsOf(names, this.#mapping, "sparse") }
    }
    return this.#known.columns
  }
}

// What lies within an object or an array is named by the way to it: `address.city`, `tags.1`.
function flatten(value: object, way: string, bag: Bag, depth: number): void {
  if (depth > bounds.depthMax) throw new BadPlace(`it is nested deeper than ${bounds.depthMax}`)
  for (const [name, inner] of Object.entries(value)) {
    const key = way + (Array.isArray(value) ? Number(name) + 1 : name)
    switch (typeof inner) {
      case "string":
        if (inner.length > bounds.valueCharsMax) throw new BadPlace(`"${key.slice(0, 40)}" is ${tooLong}`)
        bag.put(key, inner)
        break
      case "number":
      case "boolean":
        bag.put(key, inner)
        break
      default:
        if (inner !== null) flatten(inner, `${key}.`, bag, depth + 1)
    }
  }
}
