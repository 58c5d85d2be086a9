import type { Clock } from "../kernel/clock.ts"
import { limits } from "../kernel/limits.ts"
import type { LeaseStore } from "../ports/leases.ts"
import type { Mutex, Turn } from "../ports/mutex.ts"

const anybody: Turn = { end: () => {} }

/**
 * The store's row: nobody waits, and nothing is asked. The commit compares the instance with what the step was decided on,
 * and of two steps the second is taken anew on what the first has left. It costs nothing where two seldom meet.
 */
export const rowMutex: Mutex = { take: () => anybody }

/** What a mutex of leases is kept with. `holder`: who this process is. */
export type LeaseMutexParts = {
  readonly leases: LeaseStore
  readonly clock: Pick<Clock, "ticks">
  readonly holder: string
}

/** A lease that steps are being taken under here: since when, of how many instances, and when it was last seen to be ours. */
type Held = { readonly epoch: number; readonly since: number; countUnder: number; seenAt: number }

/** The instances of so many leases: a lease for each would leave a row for each. */
const partsCount = 256

// Steps of many instances may overlap without an end. After so long no more are begun, so that another process has its turn,
// which asks for it every `pollMs`.
const turnMsMax = limits.leaseRenewMs
const breakMs = 2 * limits.pollMs

/**
 * Leases with a fencing token: nobody begins with a step while another process takes one, so that what a step asks of the
 * world is asked once. It costs two questions to the store for each turn. The token is the epoch of the lease, and the commit
 * compares it: who slept for longer than the lease changes nothing.
 */
export class LeaseMutex implements Mutex {
  readonly #parts: LeaseMutexParts
  readonly #held = new Map<string, Held>()
  // One question at a time for each lease, in order.
  readonly #asking = new Map<string, Promise<unknown>>()
  // Until when a lease is left to others.
  readonly #breaks = new Map<string, number>()

  constructor(parts: LeaseMutexParts) {
    this.#parts = parts
  }

  take(id: string): Promise<Turn | null> {
    const name = `instances:${partOf(id)}`
    return this.#inOrder(name, async () => {
      const held = await this.#hold(name)
      if (held === null) return null
      held.countUnder += 1
      const end = (isLost: boolean) => this.#inOrder(name, async () => this.#leave(name, held, isLost))
      return { fence: { name, epoch: held.epoch }, end }
    })
  }

  async #hold(name: string): Promise<Held | null> {
    const { leases, clock, holder } = this.#parts
    const known = this.#held.get(name)
    const asked = clock.ticks()
    if (known !== undefined) {
      const isOurs = asked - known.seenAt < limits.leaseRenewMs || (await this.#renew(name, known, asked))
      if (isOurs) return asked - known.since < turnMsMax ? known : null
      this.#held.delete(name)
    }
    if (asked < (this.#breaks.get(name) ?? asked)) return null
    this.#breaks.delete(name)
    const taken = await leases.take(name, holder, limits.leaseMs)
    if (taken === null) return null
    const held = { epoch: taken.epoch, since: asked, countUnder: 0, seenAt: asked }
    this.#held.set(name, held)
    return held
  }

  async #renew(name: string, held: Held, asked: number): Promise<boolean> {
    const { leases, holder } = this.#parts
    const isOurs = await leases.renew(name, holder, held.epoch, limits.leaseMs)
    if (isOurs) held.seenAt = asked
    return isOurs
  }

  async #leave(name: string, held: Held, isLost: boolean): Promise<void> {
    const { leases, clock, holder } = this.#parts
    held.countUnder -= 1
    if (isLost && this.#held.get(name) === held) this.#held.delete(name)
    if (held.countUnder > 0 || this.#held.get(name) !== held) return
    this.#held.delete(name)
    const now = clock.ticks()
    if (now - held.since >= turnMsMax) this.#breaks.set(name, now + breakMs)
    await leases.release(name, holder, held.epoch)
  }

  async #inOrder<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#asking.get(name)
    const asking = before === undefined ? work() : before.catch(() => undefined).then(work)
    this.#asking.set(name, asking)
    try {
      return await asking
    } finally {
      if (this.#asking.get(name) === asking) this.#asking.delete(name)
    }
  }
}

function partOf(id: string): number {
  let sum = 0
  for (let i = 0; i < id.length; i++) sum = (sum * 31 + id.charCodeAt(i)) % 65_521
  return sum % partsCount
}
