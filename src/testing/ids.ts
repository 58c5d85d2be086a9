import { hash } from "node:crypto"
import type { Ids } from "../kernel/ids.ts"

// The same namespace as in adapters/node: an id that follows from a cause is the same in a test and in production.
const namespace = Buffer.from("d29bd95b1c5e4f0e9c3ab7a5e3f04d1b", "hex")

// All ids of one seed lie in the years from 2030 on, one millisecond apart, so that they ascend.
const firstMs = Date.UTC(2030, 0, 1)

/** Ids and chance that are the same each time for the same seed. `of` makes the ids that production makes. */
export function seededIds(seed: number | string = 0): Ids {
  const dice = seededRandom(seed)
  let made = 0
  return {
    next() {
      const ms = (firstMs + made++).toString(16).padStart(12, "0")
      const tail = hex(dice, 12)
      return `${ms.slice(0, 8)}-${ms.slice(8)}-7${hex(dice, 3)}-${(8 + Math.floor(dice() * 4)).toString(16)}${hex(dice, 3)}-${tail}`
    },
    of(cause, what) {
      const sha1 = hash("sha1", Buffer.concat([namespace, Buffer.from(`${cause}:${what}`)]), "buffer").subarray(0, 16)
      sha1.writeUInt8((sha1.readUInt8(6) & 0x0f) | 0x50, 6)
      sha1.writeUInt8((sha1.readUInt8(8) & 0x3f) | 0x80, 8)
      return sha1.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")
    },
    random: dice,
  }
}

/** Chance that repeats: numbers in [0, 1) that follow from the seed (the generator is Mulberry32). */
export function seededRandom(seed: number | string): () => number {
  let state = typeof seed === "number" ? seed >>> 0 : hash("sha1", seed, "buffer").readUInt32BE(0)
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function hex(dice: () => number, chars: number): string {
  let text = ""
  while (text.length < chars) text += Math.floor(dice() * 16).toString(16)
  return text
}
