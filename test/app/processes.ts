import { openDaybook } from "../../src/app/open.ts"
import { LeaseMutex, rowMutex } from "../../src/commands/mutexes.ts"
import type { Daybook } from "../../src/daybook.ts"
import type { App } from "../../src/kernel/app.ts"
import type { Clock } from "../../src/kernel/clock.ts"
import type { Store } from "../../src/ports/store.ts"
import type { SimulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { beginLife } from "../../src/testing/life.ts"
import { memoryStore, type Memory } from "../../src/testing/memory-store.ts"

/** One of several processes on one memory. */
export type Process = {
  readonly daybook: Daybook
  /** Ends it as `kill -9` would. */
  kill(): void
  /** It stands still, as on a machine that is out of memory, until it wakes. */
  sleep(): void
  wake(): void
}

let count = 0

/** Starts a process on a memory that others work on. `isDeaf`: no bell reaches it; `isLeased`: it takes turns by leases. */
export async function startProcess(
  app: App,
  place: { readonly clock: SimulatedClock; readonly memory: Memory },
  adapters: Readonly<Record<string, unknown>> = {},
  { isDeaf = false, isLeased = false }: { isDeaf?: boolean; isLeased?: boolean } = {},
): Promise<Process> {
  const nap = new Nap()
  const store = memoryStore({ ...place, isShared: true })
  const heard = isDeaf ? { ...store, onBell: () => () => {} } : store
  const life = beginLife(sleepy(place.clock, nap), slow(heard, place.clock, nap), { ...app.adapters, ...adapters })
  const holder = `process ${++count}`
  const { leases } = life.parts.store
  const mutex = isLeased ? new LeaseMutex({ leases, clock: life.parts.clock, holder }) : rowMutex
  const daybook = await openDaybook(app, { ...life.parts, ids: seededIds(holder), mutex })
  return { daybook, kill: () => life.end(), sleep: () => nap.begin(), wake: () => nap.end() }
}

/** Whether a process is asleep. */
export class Nap {
  #over: PromiseWithResolvers<void> | null = null

  begin(): void {
    this.#over ??= Promise.withResolvers()
  }

  end(): void {
    const over = this.#over
    this.#over = null
    over?.resolve()
  }

  async over(): Promise<void> {
    while (this.#over !== null) await this.#over.promise
  }

  whenOver(work: () => void): void {
    if (this.#over === null) work()
    else void this.over().then(work)
  }
}

/** A clock that does not go on while a process is asleep. */
export function sleepy(clock: SimulatedClock, nap: Nap): Clock {
  return {
    now: () => clock.now(),
    ticks: () => clock.ticks(),
    soon: work => clock.soon(() => nap.whenOver(work)),
    after: (ms, work) => clock.after(ms, () => nap.whenOver(work)),
  }
}

/** A store that answers a turn later, as one on another machine does. */
export function slow(store: Store, clock: Clock, nap: Nap): Store {
  const part = <Part extends object>(of: Part): Part =>
    new Proxy(of, {
      get(target, key) {
        const member: unknown = Reflect.get(target, key)
        if (typeof member === "object" && member !== null) return part(member)
        if (typeof member !== "function" || key === "onBell" || key === "verify") return member
        return async (...args: unknown[]) => {
          await new Promise<void>(resolve => {
            clock.soon(resolve)
          })
          await nap.over()
          return Reflect.apply(member, target, args) as unknown
        }
      },
    })
  return part(store)
}
