import type { Dispatcher } from "../commands/dispatcher.ts"
import type { Clock } from "../kernel/clock.ts"
import { hasEnded, instanceIdOf, type Arrival, type Life } from "../kernel/life.ts"
import { limits } from "../kernel/limits.ts"
import { isEnd, type Outcome, type T } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import { instanceType } from "../kernel/workflow.ts"
import type { Store } from "../ports/store.ts"

/** What asking about lasting commands needs. */
type Parts = { readonly store: Store; readonly clock: Clock; readonly dispatcher: Dispatcher }

/** What may be asked of lasting commands while they last. */
export class Lasting {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
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
    const { clock, dispatcher, store } = this.#parts
    const told = Promise.withResolvers<Outcome | null>()
    const forget = dispatcher.lasting.onEnd(id, told.resolve)
    const cancel = waitMs === Infinity ? () => {} : clock.after(waitMs, () => told.resolve(null))
    try {
      for (let isOver = false; ;) {
        const [instance] = await store.commands.find([id])
        if (instance == null) throw new Refusal("not-found", `There is no command ${id}`, { id })
        const { command, state, t, result, error } = instance
        if (isEnd(state) || isOver) {
          const said = { ...(result === null ? {} : { result }), ...(error === null ? {} : { error }) }
          return { id: command.id, state, t, events: [], ...said }
        }
        const outcome = await (store.leases.isShared ? Promise.race([told.promise, this.#aWhile()]) : told.promise)
        if (outcome !== null && outcome !== "a while") return outcome
        isOver = outcome === null
      }
    } finally {
      forget()
      cancel()
    }
  }

  /** Brings something to an instance that somebody asks for; refuses where there is none. */
  async bring(id: string, arrival: Arrival, actor: string): Promise<void> {
    const life = await this.life(id)
    if (life === null) throw new Refusal("not-found", `There is no lasting command ${id}`, { id })
    if (hasEnded(life)) return
    await this.#parts.dispatcher.lasting.wake(id, arrival, actor)
  }

  #aWhile(): Promise<"a while"> {
    return new Promise(resolve => {
      this.#parts.clock.after(limits.pollMs, () => resolve("a while"))
    })
  }
}
