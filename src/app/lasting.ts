import type { Dispatcher } from "../commands/dispatcher.ts"
import { outcomeOf } from "../commands/record.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Instance } from "../kernel/instance.ts"
import { hasEnded, instanceIdOf, type Arrival, type Life } from "../kernel/life.ts"
import { isEnd, type Outcome, type T } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import { instanceType } from "../kernel/workflow.ts"
import type { Routes } from "../commands/routes.ts"
import type { Store } from "../ports/store.ts"
import { Ends } from "./ends.ts"
import { Together } from "./together.ts"

/** What asking about lasting commands needs. */
type Parts = { readonly store: Store; readonly clock: Clock; readonly dispatcher: Dispatcher; readonly routes: Routes }

/** What may be asked of lasting commands while they last. */
export class Lasting {
  readonly #parts: Parts
  readonly #ends: Ends
  readonly #together: Together
  readonly #waiting = new Set<(refusal: Refusal) => void>()

  constructor(parts: Parts) {
    this.#parts = parts
    this.#ends = new Ends(parts.store, parts.clock)
    this.#together = new Together(parts)
  }

  /** The instance of a lasting command as it is, or as it was at t; null: it has none. */
  async life(id: string, asOf?: T): Promise<Life | null> {
    if (asOf !== undefined) {
      const then = await this.#parts.store.entities.at(instanceIdOf(id), asOf)
      return then?.type === instanceType ? (then.document as Life) : null
    }
    const [head] = await this.#parts.store.entities.heads([instanceIdOf(id)])
    // What is stored under this type is what its steps have made.
    return head?.type === instanceType ? (head.document as Life | null) : null
  }

  /** Resolves when a command is at its end, in whichever process that comes about; after `waitMs`, with how far it is. */
  async ended(id: string, { waitMs = Infinity }: { waitMs?: number } = {}): Promise<Outcome> {
    const { dispatcher } = this.#parts
    const told = Promise.withResolvers<Outcome | null>()
    const forget = dispatcher.lasting.onEnd(id, told.resolve)
    this.#waiting.add(told.reject)
    try {
      const instance = await this.#together.find(id)
      if (instance === null) throw new Refusal("not-found", `There is no command ${id}`, { id })
      if (isEnd(instance.state)) return outcomeOf(instance, [])
      const ended = await this.#within(waitMs, told, instance)
      if (ended !== null) return ended
      return outcomeOf((await this.#together.find(id)) ?? instance, [])
    } finally {
      this.#waiting.delete(told.reject)
      forget()
    }
  }

  /** Nobody is told of an end any more. */
  close(): void {
    for (const reject of this.#waiting) reject(new Refusal("unavailable", "This daybook is closing"))
  }

  /** Null: the time was over first. */
  async #within(
    waitMs: number,
    told: PromiseWithResolvers<Outcome | null>,
    instance: Instance,
  ): Promise<Outcome | null> {
    const { clock, store, routes } = this.#parts
    const { id, type } = instance.command
    const cancel = waitMs === Infinity ? () => {} : clock.after(waitMs, () => told.resolve(null))
    // Of a lasting command this process tells the end itself, where no other one may bring it about.
    const isToldHere = routes.commands.get(type)?.kind === "workflow" && !store.leases.isShared
    const forget = isToldHere ? () => {} : this.#ends.wait(id, told.resolve)
    try {
      return await told.promise
    } finally {
      cancel()
      forget()
    }
  }

  /** Brings something to an instance that somebody asks for; refuses where there is none. */
  async bring(id: string, arrival: Arrival, actor: string): Promise<void> {
    const life = await this.life(id)
    if (life === null) throw new Refusal("not-found", `There is no lasting command ${id}`, { id })
    const { state } = life
    if (hasEnded(life))
      throw new Refusal("conflict", `The command ${id} is ${state}: nothing more comes to it`, { id, state })
    if (arrival.kind === "resume" && state !== "stuck")
      throw new Refusal("conflict", `The command ${id} is ${state}: only what is stuck can be resumed`, { id, state })
    await this.#parts.dispatcher.lasting.wake(id, arrival, actor)
  }
}
