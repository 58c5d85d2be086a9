import { bounds } from "./bounds.ts"

/**
 * Keeps texts apart from the piece of the file that they were cut from.
 *
 * The engine lets a text that was cut from a longer one point into it, so that whoever remembers one name would
 * remember 64 KB of XML with it. A copy has no such tail; and what comes again and again is copied once.
 */
export class Words {
  // A character takes three bytes at most, or four for two.
  readonly #scratch = Buffer.alloc(bounds.wordCharsMax * 3)
  readonly #kept = new Map<string, string>()

  /** The text for one that is likely to come again, such as a name. */
  kept(text: string): string {
    if (text.length > bounds.wordCharsMax) return this.copy(text)
    const known = this.#kept.get(text)
    if (known !== undefined) return known
    const word = this.copy(text)
    if (this.#kept.size < bounds.wordsKeptMax) this.#kept.set(word, word)
    return word
  }

  /** The text for one that is likely to come once, such as a moment. */
  copy(text: string): string {
    if (text.length * 3 > this.#scratch.length) return Buffer.from(text, "utf8").toString("utf8")
    return this.#scratch.toString("utf8", 0, this.#scratch.write(text, "utf8"))
  }
}
