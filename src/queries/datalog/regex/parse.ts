/** A regular expression, read. What JavaScript can do beyond this cannot be matched in a time that is known before. */
export type Node =
  | { readonly kind: "set"; readonly source: string }
  | { readonly kind: "assertion"; readonly source: "^" | "$" | "\\b" | "\\B" }
  | { readonly kind: "sequence"; readonly items: readonly Node[] }
  | { readonly kind: "choice"; readonly items: readonly Node[] }
  | { readonly kind: "repeat"; readonly item: Node; readonly min: number; readonly max: number }

/** What is in a pattern that is not matched here. */
export class Beyond extends Error {}

/** Reads a pattern that is known to be one. */
export function parsePattern(pattern: string): Node {
  return new Parser(pattern).choice()
}

class Parser {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  choice(): Node {
    const items = [this.#sequence()]
    while (this.#take("|")) items.push(this.#sequence())
    return items.length === 1 ? items[0]! : { kind: "choice", items }
  }

  #sequence(): Node {
    const items: Node[] = []
    while (this.#at < this.#text.length && !"|)".includes(this.#text[this.#at]!)) items.push(this.#repeated())
    return { kind: "sequence", items }
  }

  #repeated(): Node {
    const item = this.#atom()
    const quantifier = this.#match(/(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/y)
    if (quantifier === null) return item
    const [, sign, from, comma, to] = quantifier
    if (sign !== undefined) return { kind: "repeat", item, min: sign === "+" ? 1 : 0, max: sign === "?" ? 1 : Infinity }
    const min = Number(from)
    return { kind: "repeat", item, min, max: comma === "" ? min : to === "" ? Infinity : Number(to) }
  }

  #atom(): Node {
    if (this.#take("(")) return this.#group()
    const assertion = this.#match(/\^|\$|\\b|\\B/y)
    if (assertion !== null) return { kind: "assertion", source: assertion[0] as "^" }
    if (this.#match(/\\[1-9k]/y) !== null) throw new Beyond("what a group found, again")
    const set = this.#match(
      /\[(?:\\.|[^\]\\])*\]|\\[pPu]\{[^}]*\}|\\ud[89ab][\da-f]{2}\\ud[c-f][\da-f]{2}|\\u[\da-f]{4}|\\x[\da-f]{2}|\\c[a-z]|\\.|./isuy,
    )
    return { kind: "set", source: set?.[0] ?? "" }
  }

  #group(): Node {
    if (this.#match(/\?(?:[=!]|<[=!])/y) !== null) throw new Beyond("looking ahead or behind")
    if (this.#match(/\?[a-z-]+:/y) !== null) throw new Beyond("flags")
    this.#match(/\?(?::|<[^>]+>)/y)
    const inner = this.choice()
    this.#take(")")
    return inner
  }

  #take(sign: string): boolean {
    if (this.#text[this.#at] !== sign) return false
    this.#at++
    return true
  }

  #match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.#at
    const found = expression.exec(this.#text)
    if (found !== null) this.#at = expression.lastIndex
    return found
  }
}
