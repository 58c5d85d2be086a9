/** A stretch of source text between two brackets, cut at its commas. Comments are left out. */
export type SourceParts = { readonly parts: readonly string[]; readonly end: number }

const closing: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" }

// After one of these a slash begins a regular expression; after anything else it divides.
const beforeRegex = /(?:^|[([{,;:=!&|?+\-*%<>~^]|\b(?:return|typeof|case|in|of|void|delete|do|else|yield|await))$/

/** The parts of the bracket that opens at `at`: `(a, b = [1, 2])` has the parts `a` and `b = [1, 2]`. */
export function partsAt(source: string, at: number): SourceParts {
  const close = closing[source[at] ?? ""]
  const parts: string[] = []
  let part = ""
  let i = at + 1
  while (i < source.length) {
    const char = source[i]!
    if (char === close) return { parts: [...parts, part].map(p => p.trim()).filter(p => p !== ""), end: i + 1 }
    const end = endOfPiece(source, i, part)
    if (isComment(source, i)) part += " "
    else if (char === ",") {
      parts.push(part)
      part = ""
    } else part += source.slice(i, end)
    i = end
  }
  throw new Error("The source text ends within a bracket")
}

/**
 * Where the piece that begins at `at` ends: a comment, a string, a template, a regular expression, a whole bracket, or
 * one character. `before` is the text before it, which tells a regular expression from a division.
 */
export function endOfPiece(source: string, at: number, before: string): number {
  const char = source[at]!
  if (source.startsWith("//", at)) return after(source, "\n", at + 2)
  if (source.startsWith("/*", at)) return after(source, "*/", at + 2)
  if (char === '"' || char === "'") return endOfQuoted(source, at, char)
  if (char === "`") return endOfTemplate(source, at)
  if (char === "/" && beforeRegex.test(before.trimEnd())) return endOfRegex(source, at)
  if (char in closing) return partsAt(source, at).end
  return at + 1
}

/** Whether a comment begins here. */
export function isComment(source: string, at: number): boolean {
  return source.startsWith("//", at) || source.startsWith("/*", at)
}

function after(source: string, mark: string, from: number): number {
  const found = source.indexOf(mark, from)
  return found < 0 ? source.length : found + mark.length
}

function endOfQuoted(source: string, at: number, quote: string): number {
  let i = at + 1
  while (i < source.length && source[i] !== quote) i += source[i] === "\\" ? 2 : 1
  return i + 1
}

function endOfTemplate(source: string, at: number): number {
  let i = at + 1
  while (i < source.length && source[i] !== "`") {
    if (source.startsWith("${", i)) i = partsAt(source, i + 1).end
    else i += source[i] === "\\" ? 2 : 1
  }
  return i + 1
}

function endOfRegex(source: string, at: number): number {
  let inClass = false
  let i = at + 1
  while (i < source.length && (inClass || source[i] !== "/")) {
    if (source[i] === "[") inClass = true
    if (source[i] === "]") inClass = false
    i += source[i] === "\\" ? 2 : 1
  }
  return i + 1
}
