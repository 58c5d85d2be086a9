import type { T } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { HeldLease } from "../ports/leases.ts"
import type { Committed, ParkedDelivery } from "../ports/write.ts"
import { Asking } from "./asking.ts"
import type { Compiled } from "./compiled.ts"
import type { ProcessorLag } from "./consumer.ts"
import type { ProcessorParts } from "./parts.ts"
import { Post } from "./post.ts"

/** Where a delivery is: which consumer is to take which event. */
export type Place = { readonly consumer: string; readonly t: T; readonly n: number }

/** All processors of a daybook, as far as they run in this process. */
export class Processors {
  readonly #posts: readonly Post[]
  readonly #parts: ProcessorParts
  readonly #asking: Asking

  constructor(posts: readonly Post[], parts: ProcessorParts) {
    this.#posts = posts
    this.#parts = parts
    this.#asking = new Asking(parts)
  }

  committed(report: Committed): void {
    for (const { consumer } of this.#posts) consumer?.committed(report)
  }

  rang(): void {
    for (const { consumer } of this.#posts) consumer?.rang()
  }

  get busy(): boolean {
    return this.#posts.some(post => post.busy)
  }

  lag(): readonly ProcessorLag[] {
    return this.#posts.flatMap(({ consumer }) => (consumer === null ? [] : [consumer.lag()]))
  }

  async stop(): Promise<void> {
    this.#asking.stop()
    await this.#parts.leases.remove(this.#posts)
  }

  /** Does what other processes ask of what runs here. */
  hear(held: readonly HeldLease[]): void {
    this.#asking.hear(held, ({ what, of }) => {
      const [, name, t, n] = /^(.+):(\d+):(\d+)$/.exec(of) ?? []
      const consumer = what === "redrive" ? this.#post(name)?.consumer : undefined
      // Who asks looks for itself what has come of it.
      consumer?.redrive(Number(t), Number(n)).catch(() => undefined)
      return consumer !== undefined && consumer !== null
    })
  }

  async redrive(place: Place): Promise<void> {
    const { consumer: name, t, n } = place
    const post = this.#post(name)
    if (post === undefined) throw new Refusal("not-found", notRedriven(name), place)
    if (post.consumer !== null) {
      await post.consumer.redrive(t, n)
      // Has it not become another's meanwhile, it is done.
      if (post.consumer !== null) return
    }
    const before = await this.#dead(place)
    await this.#asking.until({ what: "redrive", of: `${name}:${t}:${n}` }, async () => {
      const row = await this.#parts.store.deliveries.find(name, t, n)
      return row?.state !== "dead" || row.attempts.length > before.attempts.length
    })
  }

  async drop(place: Place): Promise<void> {
    const { consumer: name, t, n } = place
    const consumer = this.#post(name)?.consumer
    if (consumer !== undefined && consumer !== null) return consumer.drop(t, n)
    // A dead row is in nobody's memory: whoever runs its consumer, if anybody does, need not be asked.
    const { write, journal } = this.#parts
    const { entity, attempts } = await this.#dead(place)
    journal.warn("A dead letter was dropped", { ...place, entity, attempts: attempts.length })
    await write({ kind: "deliveries", consumer: name, reached: null, parked: [], done: [{ t, n }] })
  }

  #post(name: string | undefined): Post | undefined {
    return this.#posts.find(post => post.name === name)
  }

  async #dead({ consumer, t, n }: Place): Promise<ParkedDelivery> {
    const row = await this.#parts.store.deliveries.find(consumer, t, n)
    if (row?.state === "dead") return row
    throw new Refusal("not-found", `There is no dead letter ${consumer}:${t}:${n}`, { consumer, t, n })
  }
}

/** Starts compiled processors, each where the store says that it has got to, in this process or in another. */
export async function startProcessors(
  processors: readonly Compiled[],
  parts: ProcessorParts,
  changed: () => void,
): Promise<Processors> {
  const posts = processors.map(processor => new Post(processor, parts, changed))
  await parts.leases.add(posts)
  return new Processors(posts, parts)
}

function notRedriven(consumer: string): string {
  return consumer.startsWith("projection:")
    ? `What ${consumer} could not take is taken by rebuilding it`
    : `There is no ${consumer} any more: its dead letters can only be dropped`
}
