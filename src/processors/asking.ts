import { limits } from "../kernel/limits.ts"
import { Refusal } from "../kernel/refusal.ts"
import { namedOnce, type HeldLease } from "../ports/leases.ts"
import type { ProcessorParts } from "./parts.ts"

/** What a process may ask of the one that runs something: of which consumer or projection, and where in it. */
export type Ask = { readonly what: "redrive" | "rebuild"; readonly of: string }

type Parts = Pick<ProcessorParts, "clock" | "ids" | "leases">

const askName = /^ask:(redrive|rebuild):(.+):[^:]+$/

/**
 * Asks the process that runs something to do something to it, whichever process that is. An ask is a lease with nothing
 * under it: its name says what is asked, it is seen with the next beat, and it ends with whoever asks. Nothing is
 * answered: who asks looks in the store whether it was done. So nobody but the holder of a lease ever changes what is
 * under it.
 */
export class Asking {
  readonly #parts: Parts
  readonly #interrupts = new Set<() => void>()
  #done = new Set<string>()
  #isStopped = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Takes up what others ask, each ask once. `take` tells whether it is of something that runs here. */
  hear(held: readonly HeldLease[], take: (ask: Ask) => boolean): void {
    const done = new Set<string>()
    for (const { name } of held) {
      const [, what, of] = askName.exec(name) ?? []
      if (what === undefined || of === undefined) continue
      // The pattern has these two words.
      if (this.#done.has(name) || take({ what: what as Ask["what"], of })) done.add(name)
    }
    this.#done = done
  }

  /** Asks until it is done. Throws `unavailable` when that takes longer than anybody is dead unnoticed, or at stop. */
  async until(ask: Ask, isDone: () => Promise<boolean>, timeoutMs: number = 2 * limits.leaseMs): Promise<void> {
    const { clock, ids, leases } = this.#parts
    const name = `${namedOnce.ask}${ask.what}:${ask.of}:${ids.next()}`
    const until = clock.ticks() + timeoutMs
    let sign = await leases.hold(name)
    try {
      while (!(await isDone())) {
        if (this.#isStopped || clock.ticks() >= until) throw notDone(ask)
        await this.pause(limits.pollMs)
        if (sign?.isOurs() !== true) sign = await leases.hold(name)
      }
    } finally {
      await sign?.release()
    }
  }

  /** Waits; not after `stop`. */
  pause(ms: number): Promise<void> {
    if (this.#isStopped) return Promise.resolve()
    return new Promise(resolve => {
      const goOn = () => {
        cancel()
        this.#interrupts.delete(goOn)
        resolve()
      }
      const cancel = this.#parts.clock.after(ms, goOn)
      this.#interrupts.add(goOn)
    })
  }

  get isStopped(): boolean {
    return this.#isStopped
  }

  /** Interrupts all waits. */
  stop(): void {
    this.#isStopped = true
    for (const interrupt of this.#interrupts) interrupt()
  }
}

function notDone({ what, of }: Ask): Refusal {
  return new Refusal("unavailable", `The process that could ${what} ${of} did not do so, or this one is closing`, {
    what,
    of,
  })
}
