import { join } from "node:path"
import { onTestFinished } from "vitest"
import { openEnd } from "../../../src/cli/move/ends.ts"
import type { MovableStore } from "../../../src/ports/transfer.ts"
import { testStoreVariable } from "../../../src/testing/test-store.ts"
import { folder } from "../binary.ts"

export type Kind = "a folder" | "a database"

/** From where to where is tried: among folders, or, where there is a server, from and to its databases. */
export const ways: readonly (readonly [Kind, Kind])[] =
  process.env[testStoreVariable] === undefined
    ? [["a folder", "a folder"]]
    : [
        ["a folder", "a database"],
        ["a database", "a folder"],
      ]

let ends = 0

/** The name of a place in which nothing is. */
export function newEnd(kind: Kind): string {
  if (kind === "a folder") return join(folder(), "data")
  return `${process.env[testStoreVariable]}?schema=move_${process.pid}_${++ends}`
}

/** Opens a place for this test. What is closed by the test itself is not closed again. */
export async function opened(end: string, mode: "own" | "read" = "own"): Promise<MovableStore> {
  const store = await openEnd(end, mode)
  let isOpen = true
  const close = async () => {
    if (isOpen) await store.close()
    isOpen = false
  }
  onTestFinished(close)
  return { ...store, close }
}

/** Everything that a place holds, in an order that is the same in every store. */
export async function contents(end: string) {
  const store = await openEnd(end, "read")
  try {
    const transactions = []
    for (let t = 0; ;) {
      const page = await store.transfer.transactions(t, 100)
      if (page.length === 0) break
      transactions.push(...page)
      t = page.at(-1)!.t
    }
    const aside = []
    for await (const page of store.transfer.aside()) aside.push(...page)
    return {
      transactions,
      commands: await store.commands.list({ limit: 10_000, archived: "both" }),
      aside,
      schemas: await store.maintenance.schemas(),
      chain: await store.maintenance.chain(),
      holdings: await store.transfer.holdings(),
      held: await Promise.all([
        store.entities.holders("Stall/open", true),
        store.entities.holders("Stall/open", false),
        store.entities.holders("Stall/tags", "blue"),
        store.entities.holdersAt("Stall/open", true, 10),
        store.entities.holders("Stall/next", "stall-1-0"),
        store.entities.ids("Stall", 1_000, { limit: 100 }),
      ]),
    }
  } finally {
    await store.close()
  }
}
