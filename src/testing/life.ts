import type { Cancel, Clock } from "../kernel/clock.ts"
import type { Store } from "../ports/store.ts"

/** The time between a start and a crash: what a process sees of the world, until it sees nothing any more. */
export type Life = {
  readonly parts: { readonly clock: Clock; readonly store: Store; readonly adapters: Readonly<Record<string, unknown>> }
  /** From now on nothing that was begun goes on: no timer fires, no call comes back, nothing is written or sent. */
  end(): void
}

/** Begins a life on a world that goes on after it. */
export function beginLife(clock: Clock, store: Store, adapters: Readonly<Record<string, unknown>>): Life {
  let isOver = false
  const pending = new Set<Cancel>()
  const over = () => isOver

  const kept = (ask: (work: () => void) => Cancel, work: () => void): Cancel => {
    if (isOver) return () => {}
    const cancel = ask(() => {
      pending.delete(cancel)
      work()
    })
    pending.add(cancel)
    return () => {
      pending.delete(cancel)
      cancel()
    }
  }

  return {
    parts: {
      clock: {
        now: () => clock.now(),
        ticks: () => clock.ticks(),
        soon: work => kept(run => clock.soon(run), work),
        after: (ms, work) => kept(run => clock.after(ms, run), work),
      },
      store: mortal(store, over),
      adapters: Object.fromEntries(Object.entries(adapters).map(([name, adapter]) => [name, mortal(adapter, over)])),
    },
    end() {
      isOver = true
      for (const cancel of pending) cancel()
      pending.clear()
    },
  }
}

// Whoever is dead waits for ever: for the store, for the outside, for anything.
const never = new Promise<never>(() => {})

function mortal<Part>(part: Part, isOver: () => boolean): Part {
  if (typeof part !== "function" && (typeof part !== "object" || part === null)) return part
  const proxy = new Proxy(part, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key)
      if (typeof key === "symbol") return member
      if (typeof member !== "function") return mortal(member, isOver)
      return (...args: unknown[]) => (isOver() ? never : afterwards(Reflect.apply(member, target, args), isOver))
    },
    apply: (target, self, args: unknown[]) => {
      // Only functions get here.
      const result = isOver() ? never : Reflect.apply(target as (...args: unknown[]) => unknown, self, args)
      return afterwards(result, isOver)
    },
  })
  return proxy
}

// What was under way at the end does not come back either.
function afterwards(result: unknown, isOver: () => boolean): unknown {
  if (!(result instanceof Promise)) return result
  return result.then(
    value => (isOver() ? never : (value as unknown)),
    (error: unknown) => (isOver() ? never : Promise.reject(error as Error)),
  )
}
