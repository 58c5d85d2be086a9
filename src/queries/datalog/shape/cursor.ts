import type { Json } from "../../../kernel/json.ts"
import { malformed } from "../refuse.ts"
import type { Position } from "./page.ts"

/** Where a page ended: of which query, at which moment, and with which row. */
export type Cursor = {
  readonly query: string
  readonly t: number
  readonly since: number | null
  readonly end: Position
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

/** A cursor as a text that means nothing to whoever holds it. */
export function writeCursor({ query, t, since, end }: Cursor): string {
  return encode(JSON.stringify([query, t, since, end.times, end.row]))
}

/** Reads a cursor back. Refuses what is none, or of another query. */
export function readCursor(text: string, query: string): Cursor {
  const [of, t, since, times, row] = parts(text)
  if (of === query && isT(t) && (since === null || isT(since)) && isT(times) && Array.isArray(row)) {
    return { query, t, since, end: { row: row as readonly Json[], times } }
  }
  throw malformed({ path: "/after", clause: undefined }, "The cursor is not one that came with a page of this query")
}

function isT(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0
}

function parts(text: string): readonly (Json | undefined)[] {
  try {
    const read = JSON.parse(decode(text)) as Json
    return Array.isArray(read) ? (read as readonly Json[]) : []
  } catch {
    return []
  }
}

// Each UTF-16 unit as two bytes, six bits to a sign.
function encode(text: string): string {
  let [bits, held, out] = [0, 0, ""]
  for (let i = 0; i < text.length; i++) {
    bits = (bits << 16) | text.charCodeAt(i)
    for (held += 16; held >= 6; held -= 6) out += alphabet[(bits >>> (held - 6)) & 63]
    bits &= (1 << held) - 1
  }
  return held > 0 ? out + alphabet[(bits << (6 - held)) & 63] : out
}

function decode(text: string): string {
  let [bits, held, out] = [0, 0, ""]
  for (const sign of text) {
    bits = (bits << 6) | alphabet.indexOf(sign)
    held += 6
    if (held < 16) continue
    out += String.fromCharCode((bits >>> (held - 16)) & 0xffff)
    held -= 16
    bits &= (1 << held) - 1
  }
  return out
}
