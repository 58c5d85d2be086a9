import { sqliteStore } from "../adapters/sqlite/index.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Ids } from "../kernel/ids.ts"
import type { Store } from "../ports/store.ts"
import type { SimulatedClock } from "./clock.ts"

/** The variable that names the server on which tests keep what they keep: postgres://… Else all is in memory. */
export const testStoreVariable = "DAYBOOK_TEST_STORE"

const opened = new Set<Store>()
let count = 0

/**
 * An empty store for one test, whose instants are those of a simulated clock: in memory, or in a new schema of the
 * server that the environment names. What goes on there takes time, in which the clock does not move.
 */
export async function testStore(clock: SimulatedClock): Promise<Store> {
  const url = process.env[testStoreVariable]
  if (url === undefined || url === "") return sqliteStore({ path: ":memory:", now: () => clock.now() })
  const { postgresStore } = await import("../adapters/postgres/index.ts")
  const schema = `test_${process.pid}_${++count}`
  const now = () => clock.now()
  const store = await postgresStore({ url, schema, now, poolMax: 3, clock: realClock(), ids: realIds() })
  const once: Store = {
    ...store,
    // Nobody else is there: a process that ends under simulated time must not be waited for in real time.
    leases: { ...store.leases, isShared: false },
    async close() {
      opened.delete(once)
      await store.close()
    },
  }
  opened.add(once)
  return held(once, clock)
}

/** The stores that are open now. */
export function openTestStores(): ReadonlySet<Store> {
  return new Set(opened)
}

/** Closes every store that a test has left open, but some. */
export async function closeTestStores(but: ReadonlySet<Store> = new Set()): Promise<void> {
  await Promise.all([...opened].filter(store => !but.has(store)).map(async store => store.close()))
}

/** The same, with everything that it answers later keeping the clock where it is. */
function held<Part extends object>(part: Part, clock: SimulatedClock): Part {
  return new Proxy(part, {
    get(target, key) {
      // No other process works on it. One that takes a crashed one's place need not wait for the leases of that one.
      if (key === "isShared") return false
      const member: unknown = Reflect.get(target, key)
      if (typeof member === "object" && member !== null) return held(member, clock)
      if (typeof member !== "function") return member
      return (...args: unknown[]) => {
        const answer: unknown = Reflect.apply(member, target, args)
        return answer instanceof Promise ? clock.hold(answer) : answer
      }
    },
  })
}

// What a store does to keep its connections takes real time, also where all else is simulated.
function realClock(): Clock {
  return {
    now: () => Date.now(),
    ticks: () => performance.now(),
    soon(work) {
      const immediate = setImmediate(work)
      return () => clearImmediate(immediate)
    },
    after(ms, work) {
      const timeout = setTimeout(work, ms).unref()
      return () => clearTimeout(timeout)
    },
  }
}

function realIds(): Ids {
  return { next: () => crypto.randomUUID(), of: (cause, what) => `${cause} ${what}`, random: () => Math.random() }
}
