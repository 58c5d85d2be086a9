import { instant } from "../kernel/clock.ts"
import type { OpenedStore, OpenStore } from "./store-case.ts"
import { archiveFaults } from "./store-faults/archive.ts"
import { commitFaults } from "./store-faults/commit.ts"
import { answering, type StoreFault } from "./store-faults/fault.ts"
import { readFaults } from "./store-faults/reads.ts"

/** What can be wrong with a store on purpose, by its sentence, and which case of the suite must notice it. */
export const storeFaults: Readonly<Record<string, StoreFault["noticedBy"]>> = {
  "what was committed is forgotten when it is opened again":
    "everything is there after the store was opened again, and it goes on from there",
  "instants go back with the clock": "instants do not go back although the clock does",
  ...Object.fromEntries(
    Object.entries({ ...commitFaults, ...readFaults, ...archiveFaults }).map(([name, fault]) => [
      name,
      fault.noticedBy,
    ]),
  ),
}

/** Opens a store in which one promise is broken. The suite for stores must notice: else it holds nobody to that promise. */
export function brokenStore(open: OpenStore, fault: string): OpenStore {
  if (fault === "what was committed is forgotten when it is opened again") return forgetful(open)
  if (fault === "instants go back with the clock") {
    return async parts => {
      const breaks = answering(outcome =>
        outcome.kind === "done" ? { ...outcome, at: instant(parts.clock.now()) } : outcome,
      )
      return wrapped(await open(parts), breaks)
    }
  }
  const found = commitFaults[fault] ?? readFaults[fault] ?? archiveFaults[fault]
  if (found === undefined) throw new Error(`There is no fault "${fault}"`)
  return async parts => wrapped(await open(parts), found.breaks)
}

function wrapped(opened: OpenedStore, breaks: StoreFault["breaks"]): OpenedStore {
  return {
    ...opened,
    store: breaks(opened.store),
    reopen: async () => breaks(await opened.reopen()),
    close: async () => opened.close(),
  }
}

function forgetful(open: OpenStore): OpenStore {
  return async parts => {
    const opened = [await open(parts)]
    return {
      store: opened[0]!.store,
      async reopen() {
        opened.push(await open(parts))
        return opened.at(-1)!.store
      },
      async close() {
        for (const one of opened) await one.close()
      },
    }
  }
}
