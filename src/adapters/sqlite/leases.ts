import { Refusal } from "../../kernel/refusal.ts"
import type { Fence, LeaseStore } from "../../ports/leases.ts"
import type { WriteOutcome } from "../../ports/write.ts"

type Lease = { holder: string | null; readonly epoch: number; until: number }

/** The leases of a file, and whether a write's is still good. */
export type Leases = LeaseStore & {
  /** The conflict of a write whose lease is another's by now; null: it may be made. */
  objection(fence: Fence | undefined): Extract<WriteOutcome, { kind: "conflict" }> | null
  /** Refuses with the same conflict. */
  check(fence: Fence | undefined): void
}

/** One process owns the file, so what it alone knows is enough: with the process, its leases end. */
export function leasesOf(now: () => number): Leases {
  const leases = new Map<string, Lease>()

  function held(name: string, holder: string, epoch: number): Lease | null {
    const lease = leases.get(name)
    return lease?.holder === holder && lease.epoch === epoch ? lease : null
  }

  return {
    isShared: false,
    take(name, holder, ms) {
      const before = leases.get(name)
      const isAnothers = before !== undefined && before.holder !== null && before.holder !== holder
      if (isAnothers && now() < before.until) return null
      const epoch = (before?.epoch ?? 0) + 1
      leases.set(name, { holder, epoch, until: now() + ms })
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
      [...leases]
        .filter(([, { holder, until }]) => holder !== null && now() < until)
        .map(([name, { holder, until }]) => ({ name, holder: holder!, msLeft: until - now() }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    objection,
    check(fence) {
      const stale = objection(fence)
      if (stale !== null) throw new Refusal("conflict", stale.sentence, stale.facts)
    },
  }

  function objection(fence: Fence | undefined): ReturnType<Leases["objection"]> {
    if (fence === undefined) return null
    const { name, epoch } = fence
    const lease = leases.get(name)
    if (lease !== undefined && lease.holder !== null && lease.epoch === epoch) return null
    const sentence = `The lease ${name} of epoch ${epoch} is another's by now, or was given back`
    return { kind: "conflict", sentence, facts: { name, epoch }, unique: false }
  }
}
