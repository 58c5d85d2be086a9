import type { Fence, LeaseStore } from "../../ports/leases.ts"
import type { Memory } from "./memory.ts"

/** Leases, out of a memory. */
export function memoryLeases(memory: Memory, now: () => number, isShared: boolean): LeaseStore {
  const held = (name: string, holder: string, epoch: number) => {
    const lease = memory.leases.get(name)
    return lease?.holder === holder && lease.epoch === epoch ? lease : null
  }

  return {
    isShared,

    take(name, holder, ms) {
      const before = memory.leases.get(name)
      const isAnothers = before !== undefined && before.holder !== null && before.holder !== holder
      if (isAnothers && now() < before.until) return null
      const epoch = (before?.epoch ?? 0) + 1
      memory.leases.set(name, { holder, epoch, until: now() + ms })
      return { epoch }
    },

    renew(name, holder, epoch, ms) {
      const lease = held(name, holder, epoch)
      if (lease !== null) lease.until = now() + ms
      return lease !== null
    },

    release(name, holder, epoch) {
      const lease = held(name, holder, epoch)
      if (lease !== null) lease.holder = null
    },

    held: () =>
      [...memory.leases]
        .filter(([, { holder, until }]) => holder !== null && now() < until)
        .map(([name, { holder, until }]) => ({ name, holder: holder!, msLeft: until - now() }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  }
}

/** Whether the lease that a write was made under is another's by now. */
export function isStale(memory: Memory, { name, epoch }: Fence): boolean {
  const lease = memory.leases.get(name)
  return lease === undefined || lease.holder === null || lease.epoch !== epoch
}
