import type { Clock } from "../kernel/clock.ts"
import { limits } from "../kernel/limits.ts"
import type { Journal } from "../ports/journal.ts"
import type { LeaseStore } from "../ports/leases.ts"
import type { Tenant, Tenure } from "./tenure.ts"

/** What leases are kept with. */
export type LeaseParts = {
  readonly leases: LeaseStore
  readonly clock: Clock
  readonly journal: Journal
  /** Who this process is. */
  readonly holder: string
}

/** A lease while it is ours. Times are ticks of this process, and count from before the store was asked. */
type Held = { readonly epoch: number; until: number; renewedAt: number; isLost: boolean }

/** See `Lease`. */
export type LeaseMode = "waiting" | "taking" | "holding" | "ending"

/**
 * One lease that this process has or wants, and what runs under it. Always in one of these modes:
 *
 * waiting   It is another's, or free and not asked for. `take` leads to taking.
 * taking    The store is asked, and what runs under it begins. A no leads to waiting, a yes to holding.
 * holding   It runs. When the lease is lost, or `leave` gives it back: ending.
 * ending    What was under way is let finish. A lease that is still ours is renewed meanwhile, and then given back, so
 *           that nobody else begins before. Then: waiting.
 *
 * It is lost when the store says that it is another's, when a write under it is refused, or when it could not be renewed
 * for so long that it may be another's.
 */
export class Lease {
  readonly tenant: Tenant
  /** How often in a row it was seen to be free. */
  freeBeats = 0
  readonly #parts: LeaseParts
  #mode: LeaseMode = "waiting"
  #held: Held | null = null
  #settled: Promise<void> = Promise.resolve()
  #isRenewing = false

  constructor(tenant: Tenant, parts: LeaseParts) {
    this.tenant = tenant
    this.#parts = parts
  }

  get name(): string {
    return this.tenant.name
  }

  get mode(): LeaseMode {
    return this.#mode
  }

  /** Takes it if nobody has it, and begins what runs under it. Throws what that throws; the lease is free again then. */
  async take(): Promise<boolean> {
    if (this.#mode !== "waiting") return false
    this.#mode = "taking"
    const settled = Promise.withResolvers<void>()
    this.#settled = settled.promise
    try {
      const held = await this.#ask()
      this.#held = held
      if (held !== null) await this.tenant.begin(this.#tenure(held))
      this.#mode = held === null ? "waiting" : "holding"
    } catch (error) {
      await this.#release()
      this.#mode = "waiting"
      throw error
    } finally {
      settled.resolve()
    }
    if (this.#held?.isLost === true) void this.leave()
    return this.#held !== null
  }

  /** Ends what runs under it, and gives it back if it is still ours. */
  async leave(): Promise<void> {
    while (this.#mode === "taking" || this.#mode === "ending") await this.#settled
    if (this.#mode !== "holding") return
    this.#mode = "ending"
    const settled = Promise.withResolvers<void>()
    this.#settled = settled.promise
    try {
      await this.tenant.end()
    } catch (error) {
      this.#parts.journal.error("What ran under a lease did not end well", { lease: this.name, error })
    }
    await this.#release()
    this.freeBeats = 0
    this.#mode = "waiting"
    settled.resolve()
  }

  /** Time has passed: it is renewed when that is due, and lost when that did not succeed in time. */
  beat(): void {
    const held = this.#held
    if (held === null || !this.#isOurs(held) || this.#isRenewing) return
    if (this.#parts.clock.ticks() - held.renewedAt < limits.leaseRenewMs) return
    this.#isRenewing = true
    this.#renew(held)
      .catch((error: unknown) => this.#parts.journal.warn("A lease could not be renewed", { lease: this.name, error }))
      .finally(() => (this.#isRenewing = false))
  }

  async #ask(): Promise<Held | null> {
    const { leases, clock, holder } = this.#parts
    const asked = clock.ticks()
    const taken = await leases.take(this.name, holder, limits.leaseMs)
    if (taken === null) return null
    return { epoch: taken.epoch, until: this.#untilFrom(asked), renewedAt: asked, isLost: false }
  }

  #tenure(held: Held): Tenure {
    return {
      fence: { name: this.name, epoch: held.epoch },
      isOurs: () => this.#isOurs(held),
      lost: () => this.#lose(held, "a write under it was refused"),
    }
  }

  /** Also notices that it is not. */
  #isOurs(held: Held): boolean {
    if (!held.isLost && this.#parts.clock.ticks() >= held.until) this.#lose(held, "it was not renewed in time")
    return !held.isLost
  }

  async #renew(held: Held): Promise<void> {
    const { leases, clock, holder } = this.#parts
    const asked = clock.ticks()
    const isOurs = await leases.renew(this.name, holder, held.epoch, limits.leaseMs)
    if (!isOurs) return this.#lose(held, "it is another's")
    held.renewedAt = asked
    held.until = this.#untilFrom(asked)
  }

  #lose(held: Held, why: string): void {
    if (held.isLost || !this.#parts.leases.isShared) return
    held.isLost = true
    this.#parts.journal.warn("A lease was lost", { lease: this.name, why })
    if (this.#mode === "holding") void this.leave()
  }

  // What cannot be given back ends by itself.
  async #release(): Promise<void> {
    const held = this.#held
    this.#held = null
    if (held === null || held.isLost) return
    const { leases, holder, journal } = this.#parts
    try {
      await leases.release(this.name, holder, held.epoch)
    } catch (error) {
      journal.warn("A lease could not be given back", { lease: this.name, error })
    }
  }

  #untilFrom(asked: number): number {
    return this.#parts.leases.isShared ? asked + limits.leaseMs : Infinity
  }
}
