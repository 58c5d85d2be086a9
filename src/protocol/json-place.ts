/** What may come next: a value, a key, or what stands between them. */
type Wanted = "value" | "value or ]" | "key" | "key or }" | "colon" | "comma or close" | "nothing"

const word = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y
const wordCharacter = /[\w.+-]/

/**
 * The offset at which a text ceases to be JSON; null: it is JSON. What a parser's own message says about it differs
 * between engines, and is often no number at all. Reads without recursion: nesting costs no stack.
 */
export function placeOfFault(text: string): number | null {
  const open: ("{" | "[")[] = []
  let wanted: Wanted = "value"
  for (let i = skipSpace(text, 0); i < text.length; i = skipSpace(text, i)) {
    const mark = text.charAt(i)
    if (wanted === "nothing") return i
    if (closes(mark, wanted, open.at(-1))) {
      open.pop()
      wanted = afterValue(open)
      i += 1
    } else if (wanted === "comma or close") {
      if (mark !== ",") return i
      wanted = open.at(-1) === "{" ? "key" : "value"
      i += 1
    } else if (wanted === "colon") {
      if (mark !== ":") return i
      wanted = "value"
      i += 1
    } else if (wanted === "key" || wanted === "key or }") {
      const end = mark === '"' ? stringEnd(text, i) : ~i
      if (end < 0) return ~end
      wanted = "colon"
      i = end
    } else if (mark === "{" || mark === "[") {
      open.push(mark)
      wanted = mark === "{" ? "key or }" : "value or ]"
      i += 1
    } else {
      const end = mark === '"' ? stringEnd(text, i) : wordEnd(text, i)
      if (end < 0) return ~end
      wanted = afterValue(open)
      i = end
    }
  }
  return wanted === "nothing" ? null : text.length
}

function closes(mark: string, wanted: Wanted, innermost: "{" | "[" | undefined): boolean {
  if (mark === "}") return innermost === "{" && (wanted === "key or }" || wanted === "comma or close")
  return mark === "]" && innermost === "[" && (wanted === "value or ]" || wanted === "comma or close")
}

function afterValue(open: readonly string[]): Wanted {
  return open.length === 0 ? "nothing" : "comma or close"
}

function skipSpace(text: string, from: number): number {
  let i = from
  while (i < text.length && " \t\n\r".includes(text.charAt(i))) i++
  return i
}

// Both ends below: the offset after the token, or the complement (~) of the offset of what is wrong in it.

function stringEnd(text: string, from: number): number {
  for (let i = from + 1; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x22) return i + 1
    if (code < 0x20) return ~i
    if (code !== 0x5c) continue
    i++
    if (i >= text.length) break
    const escaped = text.charAt(i)
    if (escaped === "u") {
      for (const end = i + 4; i < end;) if (!/[0-9a-fA-F]/.test(text.charAt(++i))) return ~Math.min(i, text.length)
    } else if (!'"\\/bfnrt'.includes(escaped)) return ~i
  }
  return ~text.length
}

function wordEnd(text: string, from: number): number {
  word.lastIndex = from
  const found = word.exec(text)?.[0] ?? ""
  const end = from + found.length
  // A word goes on as far as its characters do: 01 and truee are wrong from where they leave the grammar.
  return found === "" || (end < text.length && wordCharacter.test(text.charAt(end))) ? ~end : end
}
