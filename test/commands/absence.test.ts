import { describe, expect, test } from "vitest"
import { openDaybook } from "../../src/app/open.ts"
import type { Store } from "../../src/ports/store.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { emptyMemory, memoryStore } from "../../src/testing/memory-store.ts"
import { club, raced, races } from "./club.ts"

describe("a right that hangs on an absence is lost when another process commits, before its use does,", () => {
  test.each(races)("%s [L57 L78]", async (_what, as, first, rival, own, expected) => {
    const [memory, clock] = [emptyMemory(), simulatedClock()]
    let between: (() => Promise<unknown>) | null = null
    const start = async (seed: string, wrap: (store: Store) => Store = store => store) =>
      openDaybook(club, { store: wrap(memoryStore({ clock, memory, isShared: true })), clock, ids: seededIds(seed) })
    const a = await start("first", store => ({
      ...store,
      async commit(writes) {
        const happens = between
        between = null
        await happens?.()
        return store.commit(writes)
      },
    }))
    const b = await start("second")
    expect(await raced([a, b], happens => void (between = happens), as, first, rival, own)).toBe(expected)
  })
})
