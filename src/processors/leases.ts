import type { Cancel, Clock } from "../kernel/clock.ts"
import type { Ids } from "../kernel/ids.ts"
import { limits } from "../kernel/limits.ts"
import type { Journal } from "../ports/journal.ts"
import { namedOnce, type Fence, type HeldLease } from "../ports/leases.ts"
import type { Store } from "../ports/store.ts"
import { Lease, type LeaseParts } from "./lease.ts"
import { membersOf, shareOf } from "./share.ts"
import type { Tenant } from "./tenure.ts"

/** Something that is held with nothing running under it: a sign for others. */
export type Sign = { isOurs(): boolean; release(): Promise<void> }

/** This process as others see it: its name, and the lease that says that it lives. */
export type ProcessMark = { readonly id: string; readonly fence: Fence }

// A lease that is free is taken at once, or after others had the time to take it.
const patience = { ours: 1, others: 2, yielding: Math.ceil(limits.leaseMs / limits.leaseBeatMs) }

/**
 * All leases of a process. Where the store is this process's alone, each is had for the asking and nothing more is done.
 * Where it is shared, a beat every so often renews what is held, and looks who holds what: what is free is taken, and
 * when another process comes, it is given its share.
 */
export class Leases {
  readonly isShared: boolean
  readonly #parts: LeaseParts
  readonly #ids: Ids
  /** For what runs in one process at a time, shared out among the processes. */
  readonly #shared: Lease[] = []
  /** Held for as long as they are wanted, by nobody else's leave. */
  readonly #signs = new Set<Lease>()
  readonly #listeners = new Set<(held: readonly HeldLease[]) => void>()
  #member: Lease | null = null
  #mark: ProcessMark | null = null
  #members: ReadonlySet<string> | null = null
  #next: Cancel | null = null
  #isBeating = false
  #isClosed = false

  constructor(parts: { store: Store; clock: Clock; ids: Ids; journal: Journal }) {
    const { store, clock, ids, journal } = parts
    this.isShared = store.leases.isShared
    this.#ids = ids
    // A process that has the store alone is always the same one: what an earlier one left is its own.
    this.#parts = { leases: store.leases, clock, journal, holder: this.isShared ? ids.next() : "the only process" }
  }

  /** This process, as long as others take it to be alive; null where there are no others. */
  get mark(): ProcessMark | null {
    return this.#mark
  }

  /** Called with each beat, with what is held by whom. */
  onBeat(listener: (held: readonly HeldLease[]) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Takes part: from now on the others see this process, and each of these runs here or there. */
  async add(tenants: readonly Tenant[]): Promise<void> {
    const leases = tenants.map(tenant => new Lease(tenant, this.#parts))
    this.#shared.push(...leases)
    if (!this.isShared) {
      for (const lease of leases) await lease.take()
      return
    }
    await this.join()
    const held = await this.#parts.leases.held()
    this.#makeRoom(held)
    for (const lease of await this.#takeable(held)) await lease.take()
  }

  /** Shows that this process is there. */
  async join(): Promise<void> {
    if (!this.isShared || this.#member !== null) return
    await this.#rejoin()
    this.#arm(limits.leaseBeatMs)
  }

  /** Ends what runs here of these, and gives their leases to others. */
  async remove(tenants: readonly Tenant[]): Promise<void> {
    const leaving = this.#shared.filter(({ tenant }) => tenants.includes(tenant))
    for (const lease of leaving) this.#shared.splice(this.#shared.indexOf(lease), 1)
    await Promise.all(leaving.map(lease => this.#untilLeft(lease)))
  }

  /** Holds a lease until it is released; null: another has it. */
  async hold(name: string): Promise<Sign | null> {
    const state = { isOurs: () => false }
    const begin: Tenant["begin"] = async tenure => void (state.isOurs = () => tenure.isOurs())
    const lease = new Lease({ name, begin, end: async () => {} }, this.#parts)
    this.#signs.add(lease)
    if (!(await lease.take().catch(() => false))) {
      this.#signs.delete(lease)
      return null
    }
    return {
      isOurs: () => lease.mode === "holding" && state.isOurs(),
      release: async () => {
        await this.#untilLeft(lease)
        this.#signs.delete(lease)
      },
    }
  }

  /** Gives everything back, and lastly that this process is there. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#listeners.clear()
    await this.remove(this.#shared.map(({ tenant }) => tenant))
    await Promise.all([...this.#signs].map(lease => lease.leave()))
    this.#next?.()
    this.#next = null
    await this.#member?.leave()
    this.#mark = null
  }

  // It is renewed while it ends, whatever else this process does.
  async #untilLeft(lease: Lease): Promise<void> {
    this.#signs.add(lease)
    await lease.leave()
    this.#signs.delete(lease)
  }

  #arm(ms: number): void {
    this.#next?.()
    this.#next = this.#parts.clock.after(ms, () => this.#beat())
  }

  #beat(): void {
    this.#arm(limits.leaseBeatMs)
    for (const lease of [...this.#shared, ...this.#signs]) lease.beat()
    this.#member?.beat()
    if (this.#isBeating || this.#isClosed) return
    this.#isBeating = true
    this.#look()
      .catch((error: unknown) => this.#parts.journal.warn("Who holds which lease could not be read", { error }))
      .finally(() => (this.#isBeating = false))
  }

  async #look(): Promise<void> {
    await this.#rejoin()
    const held = await this.#parts.leases.held()
    if (this.#isClosed) return
    this.#makeRoom(held)
    for (const lease of await this.#takeable(held)) {
      lease.take().catch((error: unknown) => {
        this.#parts.journal.warn("What was to run here could not begin", { lease: lease.name, error })
      })
    }
    for (const tell of this.#listeners) tell(held)
    this.#lookSooner(held)
  }

  /** A process that was taken to be dead is another one afterwards: what it had in hand may be somebody else's. */
  async #rejoin(): Promise<void> {
    if (this.#member !== null && this.#member.mode !== "waiting") return
    const id = this.#ids.next()
    const begin: Tenant["begin"] = async ({ fence }) => void (this.#mark = { id, fence })
    this.#member = new Lease({ name: namedOnce.process + id, begin, end: async () => {} }, this.#parts)
    await this.#member.take()
  }

  /** When a process has come, what is more than our share is given back, once. */
  #makeRoom(held: readonly HeldLease[]): void {
    const before = this.#members
    const members = membersOf(held, this.#parts.holder)
    this.#members = members
    if (before === null || [...members].every(member => before.has(member))) return
    const ours = this.#shared.filter(({ mode }) => mode === "holding")
    for (const lease of ours.slice(shareOf(this.#names(), held, members).keeps)) void lease.leave()
  }

  /** What is free and is to be taken now, up to our share; more only if nobody else has taken it for a while. */
  async #takeable(held: readonly HeldLease[]): Promise<readonly Lease[]> {
    const { takes } = shareOf(this.#names(), held, membersOf(held, this.#parts.holder))
    const taken = new Set(held.map(({ name }) => name))
    let count = this.#shared.filter(({ mode }) => mode !== "waiting").length
    const takeable: Lease[] = []
    for (const lease of this.#shared.filter(({ mode }) => mode === "waiting")) {
      lease.freeBeats = taken.has(lease.name) ? 0 : lease.freeBeats + 1
      if (lease.freeBeats === 0) continue
      const yields = (await lease.tenant.yields?.()) === true
      const beats = yields ? patience.yielding : count < takes ? patience.ours : patience.others
      if (lease.freeBeats < beats) continue
      takeable.push(lease)
      count++
    }
    return takeable
  }

  /** What is not renewed is taken when it runs out, and not a beat later. */
  #lookSooner(held: readonly HeldLease[]): void {
    const wanted = new Set(this.#shared.filter(({ mode }) => mode === "waiting").map(({ name }) => name))
    const left = held.filter(({ name }) => wanted.has(name)).map(({ msLeft }) => msLeft)
    const soonest = Math.min(...left)
    if (soonest < limits.leaseBeatMs && !this.#isClosed) this.#arm(Math.max(soonest, limits.pollMs))
  }

  #names(): ReadonlySet<string> {
    return new Set(this.#shared.map(({ name }) => name))
  }
}
