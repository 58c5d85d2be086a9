// PostgreSQL takes every character in a text but this one. In JSON it is escaped anyway; in texts that are not JSON, and
// may hold whatever somebody sent, it is two characters, and so is the one that marks it. Escaped, texts keep their order.
const escaped: Readonly<Record<string, string>> = { "\u0000": "\u0001\u0001", "\u0001": "\u0001\u0002" }
const meant: Readonly<Record<string, string>> = { "\u0001\u0001": "\u0000", "\u0001\u0002": "\u0001" }

/** A text as it is kept. */
export function withoutZeros(text: string): string {
  return text.replaceAll(/[\u0000\u0001]/g, character => escaped[character]!)
}

/** A text as it was, out of what is kept. */
export function withZeros(kept: string): string {
  return kept.replaceAll(/\u0001[\u0001\u0002]/g, pair => meant[pair]!)
}
