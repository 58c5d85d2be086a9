import { assert } from "../../kernel/refusal.ts"
import type { Ask } from "./driver.ts"

// How many keys one step of the sequence stands for.
const blockSize = 1_000

/** New keys for entities, in ascending order. They are fetched by the thousand; those that are not used are lost. */
export type Keys = {
  /** Whether fewer than that are at hand. */
  lack(count: number): boolean
  /** Fetches what is missing of so many. Others may take of them, before whoever waits for this does. */
  reserve(ask: Ask, count: number): Promise<void>
  next(): number
}

/** Fetches nothing yet. */
export function keysOf(): Keys {
  const blocks: { next: number; readonly end: number }[] = []
  const atHand = () => blocks.reduce((sum, { next, end }) => sum + end - next, 0)
  return {
    lack: count => atHand() < count,
    async reserve(ask, count) {
      const missing = Math.ceil((count - atHand()) / blockSize)
      if (missing <= 0) return
      const rows = await ask<[number]>("SELECT nextval('@.entity_keys') FROM generate_series(1, $1::integer)", [
        missing,
      ])
      for (const [next] of rows.toSorted(([a], [b]) => a - b)) blocks.push({ next, end: next + blockSize })
    },
    next() {
      while (blocks[0] !== undefined && blocks[0].next === blocks[0].end) blocks.shift()
      const block = blocks[0]
      assert(block !== undefined, "a key was taken that was not reserved")
      return block.next++
    },
  }
}
