import { isUtf8 } from "node:buffer"
import { BadPlace } from "./log-error.ts"

/** The encoding of a text: as asked for, as its mark or its XML declaration says, or else UTF-8. */
export function encodingOf(head: Buffer, asked?: string): string {
  const label = asked ?? markedEncoding(head) ?? declaredEncoding(head) ?? "utf-8"
  try {
    return new TextDecoder(label).encoding
  } catch {
    throw new BadPlace(`no text encoding is called "${label}"`)
  }
}

function markedEncoding(head: Buffer): string | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le"
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be"
  return undefined
}

function declaredEncoding(head: Buffer): string | undefined {
  return /^(?:\xef\xbb\xbf)?<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(head.toString("latin1"))?.[1]
}

/** A text of any other encoding as UTF-8, so that all that follows knows only one. */
export async function* recoded(
  chunks: AsyncIterable<Buffer>,
  encoding: string,
): AsyncGenerator<Buffer, void, undefined> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  const decode = (chunk?: Buffer) => {
    try {
      return Buffer.from(decoder.decode(chunk, { stream: chunk !== undefined }))
    } catch {
      throw new BadPlace(`the bytes are no ${encoding} text`)
    }
  }
  for await (const chunk of chunks) yield decode(chunk)
  yield decode()
}

/** Cuts UTF-8 between characters, never within one. Bytes that are no UTF-8 are a bad place. */
export async function* wholeCharacters(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let left: Buffer = Buffer.alloc(0)
  let before = 0
  for await (const chunk of chunks) {
    const bytes = left.length === 0 ? chunk : Buffer.concat([left, chunk])
    const piece = withoutOpenCharacter(bytes)
    yield* checked(piece, before)
    before += piece.length
    left = bytes.subarray(piece.length)
  }
  if (left.length > 0) throw new BadPlace("the text ends within a character", { byte: before })
}

function* checked(piece: Buffer, before: number): Generator<Buffer, void, undefined> {
  if (isUtf8(piece)) return yield piece

  // How many bytes from the start are good is found by halving.
  let good = 0
  let bad = piece.length
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (isUtf8(withoutOpenCharacter(piece.subarray(0, middle)))) good = middle
    else bad = middle
  }
  const start = withoutOpenCharacter(piece.subarray(0, good))
  yield start
  throw new BadPlace("the bytes are no UTF-8 text; name the encoding if it has another", {
    byte: before + start.length,
  })
}

// A character of several bytes says in its first how many there are; the others begin with the bits 10.
function withoutOpenCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!
    if (byte < 0x80) return bytes
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return length > back ? bytes.subarray(0, bytes.length - back) : bytes
    }
  }
  return bytes
}
