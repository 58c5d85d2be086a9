import { SaxesParser, type SaxesTagPlain } from "saxes"
import { bounds, tooLong } from "./bounds.ts"
import type { Mapping } from "./columns.ts"
import { BadPlace } from "./log-error.ts"
import type { LogLine } from "./log-line.ts"
import type { Reader } from "./reader.ts"
import { XesLog } from "./xes-log.ts"

/** Reads XES (IEEE 1849). Declarations of document types are refused, and with them all entities but the five of XML. */
export class XesReader implements Reader<LogLine> {
  readonly unit = "event"
  readonly ready: LogLine[] = []
  readonly #parser = new SaxesParser()
  readonly #log: XesLog
  // The piece at hand, and what came before it. The parser counts characters, a file is found by bytes.
  #piece = ""
  #charsBefore = 0
  #bytesBefore = 0
  // Where the last tag ended: whatever comes next must end within the bound.
  #tagEnd = 0

  constructor(file: string, mapping: Mapping = {}) {
    this.#log = new XesLog(file, mapping, line => this.ready.push(line))
    this.#parser.on("opentag", tag => this.#open(tag))
    this.#parser.on("closetag", tag => this.#close(tag))
    this.#parser.on("doctype", () => {
      throw new BadPlace("it declares a document type, which could hold entities without end")
    })
    this.#parser.on("error", error => {
      throw new BadPlace(this.#sentence(error))
    })
  }

  standsAt(): { line: number | null; byte: number } {
    // Between two pieces the position of the parser is beyond the piece, which is to say at its end.
    const done = this.#parser.position - this.#charsBefore
    return {
      line: this.#log.number || null,
      byte: this.#bytesBefore + Buffer.byteLength(this.#piece.slice(0, done)),
    }
  }

  write(piece: Buffer): void {
    this.#bytesBefore += Buffer.byteLength(this.#piece)
    this.#charsBefore += this.#piece.length
    this.#piece = piece.toString("utf8")
    this.#parser.write(this.#piece)
    this.#checkLength(this.#charsBefore + this.#piece.length)
  }

  end(): void {
    const open = this.#log.innermost
    if (open !== null) throw new BadPlace(`the file ends in the middle: <${open}> is not closed`)
    this.#parser.close()
  }

  #open(tag: SaxesTagPlain): void {
    this.#endTag()
    this.#log.open(tag.name, tag.attributes)
  }

  #close(tag: SaxesTagPlain): void {
    this.#endTag()
    this.#log.close(tag.name)
  }

  #endTag(): void {
    const end = this.#parser.position
    this.#checkLength(end)
    this.#tagEnd = end
  }

  #checkLength(end: number): void {
    if (end - this.#tagEnd > bounds.valueCharsMax) {
      throw new BadPlace(`a tag, or what stands between two, is ${tooLong}`)
    }
  }

  // The parser begins its messages with line and column.
  #sentence(error: Error): string {
    const message = error.message.replace(/^\d+:\d+: /, "").replace(/\.$/, "")
    return `the XML is malformed on its line ${this.#parser.line}: ${message}`
  }
}
