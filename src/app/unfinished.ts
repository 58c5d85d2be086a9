import type { Dispatcher } from "../commands/dispatcher.ts"
import type { Routes } from "../commands/routes.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Head } from "../kernel/entity.ts"
import type { Instance } from "../kernel/instance.ts"
import { instanceIdOf, isUnwanted, type Life } from "../kernel/life.ts"
import { limits } from "../kernel/limits.ts"
import { instanceType } from "../kernel/workflow.ts"
import type { UnfinishedCommand } from "../ports/commands.ts"
import type { Journal } from "../ports/journal.ts"
import { namedOnce, type HeldLease } from "../ports/leases.ts"
import type { Store } from "../ports/store.ts"
import type { Leases, Sign } from "../processors/leases.ts"

const atOnceMax = limits.headsAtOnceMax / 2

/** What taking up unfinished commands needs. */
export type UnfinishedParts = {
  readonly store: Store
  readonly clock: Clock
  readonly journal: Journal
  readonly leases: Leases
  readonly dispatcher: Dispatcher
  readonly routes: Routes
}

/**
 * Takes up the commands that no process has in hand any more. A process that has its store alone takes up all of them
 * when it starts. Where several share it, a command says whose hands it is in, and a process says by a lease that it
 * lives: when that ends, one of the others takes the very same lease, and with it all that the dead one had in hand.
 * It keeps the lease until nothing of that is left, so that what it does not finish is the next one's.
 */
export class Unfinished {
  readonly #parts: UnfinishedParts
  readonly #heritage = new Map<string, Sign>()
  #living: ReadonlySet<string> = new Set()
  #isLooking = false
  #lookedAt = 0

  constructor(parts: UnfinishedParts) {
    this.#parts = parts
  }

  /** Takes up what there is. */
  async start(): Promise<void> {
    const { leases, store } = this.#parts
    if (!leases.isShared) {
      return this.#resume(await this.#unfinished())
    }
    const held = await store.leases.held()
    this.#living = livingOf(held)
    await this.#look(this.#living)
    leases.onBeat(now => this.#beat(now))
  }

  /** Looks when a process has died, while something of one is left, and now and then in case nobody saw it die. */
  #beat(held: readonly HeldLease[]): void {
    const living = livingOf(held)
    const hasDied = [...this.#living].some(name => !living.has(name))
    const isTime = this.#parts.clock.ticks() - this.#lookedAt >= limits.resumeEveryMs
    if (this.#isLooking) return
    if (!hasDied && !isTime && this.#heritage.size === 0) {
      this.#living = living
      return
    }
    this.#isLooking = true
    this.#look(living)
      .then(() => (this.#living = living))
      .catch((error: unknown) => this.#parts.journal.warn("Unfinished commands could not be looked for", { error }))
      .finally(() => (this.#isLooking = false))
  }

  async #look(living: ReadonlySet<string>): Promise<void> {
    this.#lookedAt = this.#parts.clock.ticks()
    const { leases, journal } = this.#parts
    for (const name of new Set((await this.#unfinished()).map(leaseOf))) {
      if (living.has(name) || this.#heritage.get(name)?.isOurs() === true) continue
      const sign = await leases.hold(name)
      if (sign !== null) this.#heritage.set(name, sign)
    }
    if (this.#heritage.size === 0) return
    // Read again: until the lease was taken, another step could be taken by whoever had it.
    const left = new Set<string>()
    const inherited: UnfinishedCommand[] = []
    for (const instance of await this.#unfinished()) {
      const name = leaseOf(instance)
      if (this.#heritage.get(name)?.isOurs() !== true) continue
      if (!left.has(name)) journal.info("Commands of a process that is no more are taken up", { process: name })
      left.add(name)
      inherited.push(instance)
    }
    await this.#resume(inherited)
    for (const [name, sign] of this.#heritage) {
      if (left.has(name)) continue
      this.#heritage.delete(name)
      await sign.release()
    }
  }

  async #resume(instances: readonly UnfinishedCommand[]): Promise<void> {
    for (let at = 0; at < instances.length; at += atOnceMax) {
      const some = instances.slice(at, at + atOnceMax)
      const heads = await this.#parts.store.entities.heads(some.flatMap(headsOf))
      some.forEach((instance, i) => this.#resumeOne(instance, heads[2 * i], heads[2 * i + 1]))
    }
  }

  #resumeOne(instance: UnfinishedCommand, own: Head | undefined, above: Head | undefined): void {
    // What brings something to a lasting command finds it where it is.
    if (own?.type === instanceType && own.document !== null) return
    // What is stored under this type is what its steps have made.
    const life = above?.type === instanceType ? (above.document as Life | null) : null
    const { id } = instance.command
    const isAwaited = life?.children?.[id] !== undefined
    this.#parts.dispatcher.resume(instance, instance.actor, { isAwaited, isToEnd: isUnwanted(life, id) })
  }

  // A command without a handler stays where it is.
  async #unfinished(): Promise<readonly UnfinishedCommand[]> {
    const { store, routes } = this.#parts
    const all = await store.commands.unfinished()
    return all.filter(({ command }) => routes.commands.has(command.type))
  }
}

// Its own instance, where it has one, and that of the command that asked for it; of one that nobody asked for, its own again.
function headsOf({ command, parent }: Instance): readonly [string, string] {
  return [instanceIdOf(command.id), instanceIdOf(parent ?? command.id)]
}

function livingOf(held: readonly HeldLease[]): ReadonlySet<string> {
  return new Set(held.map(({ name }) => name).filter(name => name.startsWith(namedOnce.process)))
}

/** The lease of the process that has a command in hand; one that says none was taken by a process that had the store alone. */
function leaseOf({ history }: Instance): string {
  return namedOnce.process + (history.at(-1)?.process ?? "")
}
