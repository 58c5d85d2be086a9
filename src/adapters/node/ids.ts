import { hash, randomBytes } from "node:crypto"
import type { Ids } from "../../kernel/ids.ts"

// The namespace of all ids that follow from a cause (RFC 9562, 5.5). A constant for ever: other bytes, other ids.
const namespace = Buffer.from("d29bd95b1c5e4f0e9c3ab7a5e3f04d1b", "hex")

/** Ids of this machine: UUIDv7 in ascending order within a process, and UUIDv5 of a cause. */
export function systemIds(): Ids {
  return { next: ascendingIds(Date.now, randomHex), of: idOf, random: Math.random }
}

const counterMax = 2 ** 26 - 1
const tailChars = 12
const seedChars = 6

/**
 * Makes UUIDv7s that ascend even within a millisecond, and when the clock is set back. After the milliseconds come 26
 * bits that count (RFC 9562, 6.2, method 1), from a random place in the lower half; then 48 random bits.
 */
export function ascendingIds(now: () => number, random: (chars: number) => string): () => string {
  let ms = -1
  let counter = 0
  let prefix = ""

  const begin = (at: number) => {
    ms = at
    counter = Number.parseInt(random(seedChars), 16)
    const hex = at.toString(16).padStart(12, "0")
    prefix = `${hex.slice(0, 8)}-${hex.slice(8)}-`
  }

  return () => {
    const at = now()
    if (at > ms) begin(at)
    else if (counter === counterMax) begin(ms + 1)
    else counter += 1

    const high = (0x7000 | (counter >>> 14)).toString(16)
    const low = (0x8000 | (counter & 0x3fff)).toString(16)
    return `${prefix}${high}-${low}-${random(tailChars)}`
  }
}

// One call for random bytes costs as much as many bytes do: they are fetched for about a thousand ids at once.
const pooledBytes = 6 * 1_024
let pool = ""
let taken = 0

function randomHex(chars: number): string {
  if (taken + chars > pool.length) {
    pool = randomBytes(pooledBytes).toString("hex")
    taken = 0
  }
  taken += chars
  return pool.slice(taken - chars, taken)
}

// Causes are ids, mostly: they are written behind the namespace, in a place that is there already.
const place = Buffer.alloc(1_024)
namespace.copy(place)
const charsMax = 256

function hashed(text: string): string {
  if (text.length > charsMax) return hash("sha1", Buffer.concat([namespace, Buffer.from(text)]), "hex")
  return hash("sha1", place.subarray(0, namespace.length + place.write(text, namespace.length)), "hex")
}

function idOf(cause: string, what: string | number): string {
  const hex = hashed(`${cause}:${what}`)
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
