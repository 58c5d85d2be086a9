import { describe, expect, test } from "vitest"
import { openDaybook } from "../../../src/app/open.ts"
import type { Daybook } from "../../../src/daybook.ts"
import type { Write } from "../../../src/ports/write.ts"
import { club, raced, races } from "../../commands/club.ts"
import { whenTestEnds } from "../../ending.ts"
import { aPlace, aServer, aStore } from "./place.ts"

const server = await aServer()

describe.skipIf(server === null)("on one database, a right that hangs on an absence is lost to", () => {
  test.each(races)(
    "%s, which another process commits before its use [L57 L78]",
    async (_what, as, first, rival, own, expected) => {
      const place = aPlace(server!)
      let between: (() => Promise<unknown>) | null = null
      const start = async (): Promise<Daybook> => {
        const store = await aStore(place)
        const commit = async (writes: readonly Write[]) => {
          const happens = between
          between = null
          await happens?.()
          return store.commit(writes)
        }
        const opened = await openDaybook(club, { store: { ...store, commit }, clock: place.clock, ids: place.ids })
        whenTestEnds(() => opened.close())
        return opened
      }
      const [a, b] = [await start(), await start()]
      expect(await raced([a, b], happens => void (between = happens), as, first, rival, own)).toBe(expected)
    },
  )
})
