import { sqliteStore } from "../src/adapters/sqlite/index.ts"
import type { Maybe } from "../src/kernel/handler.ts"
import type { Store } from "../src/ports/store.ts"
import type { SimulatedClock } from "../src/testing/clock.ts"
import { memoryStore } from "../src/testing/memory-store.ts"
import { testStore, testStoreVariable } from "../src/testing/test-store.ts"

/** Opens an empty store, which takes its time from a clock. */
export type Opening = (clock: SimulatedClock) => Maybe<Store>

const inThisProcess: readonly (readonly [string, Opening])[] = [
  ["memory", clock => memoryStore({ clock })],
  ["SQLite", clock => sqliteStore({ path: ":memory:", now: () => clock.now() })],
  ["a store that answers later", clock => later(memoryStore({ clock }))],
]

const isElsewhere = (process.env[testStoreVariable] ?? "") !== ""

/** The stores that answers must be the same on: those of this process, or the server that the environment names. */
export const stores: readonly (readonly [string, Opening])[] = isElsewhere ? [["PostgreSQL", testStore]] : inThisProcess

/** A store whose facts are not there at once, as those of another process. */
function later(store: Store): Store {
  const facts = new Proxy(store.facts, {
    get: (target, name) => {
      const ask = Reflect.get(target, name) as (...asked: unknown[]) => unknown
      return async (...asked: unknown[]) => ask.apply(target, asked)
    },
  })
  return { ...store, facts }
}
