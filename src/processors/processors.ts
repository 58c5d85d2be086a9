import type { T } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { Committed } from "../ports/write.ts"
import type { Compiled } from "./compiled.ts"
import { Consumer, type ProcessorLag, type Progress } from "./consumer.ts"
import type { ProcessorParts } from "./parts.ts"

/** Where a delivery is: which consumer is to take which event. */
export type Place = { readonly consumer: string; readonly t: T; readonly n: number }

/** All running processors of a daybook. */
export class Processors {
  readonly #consumers: readonly Consumer[]
  readonly #parts: ProcessorParts

  constructor(consumers: readonly Consumer[], parts: ProcessorParts) {
    this.#consumers = consumers
    this.#parts = parts
  }

  committed(report: Committed): void {
    for (const consumer of this.#consumers) consumer.committed(report)
  }

  rang(): void {
    for (const consumer of this.#consumers) consumer.rang()
  }

  get busy(): boolean {
    return this.#consumers.some(consumer => consumer.busy)
  }

  lag(): readonly ProcessorLag[] {
    return this.#consumers.map(consumer => consumer.lag())
  }

  async stop(): Promise<void> {
    await Promise.all(this.#consumers.map(consumer => consumer.stop()))
  }

  async redrive({ consumer, t, n }: Place): Promise<void> {
    const found = this.#consumers.find(c => c.processor.consumer === consumer)
    if (found === undefined) throw new Refusal("not-found", notRedriven(consumer), { consumer, t, n })
    await found.redrive(t, n)
  }

  async drop(place: Place): Promise<void> {
    const { consumer, t, n } = place
    const found = this.#consumers.find(c => c.processor.consumer === consumer)
    await (found === undefined ? dropRow(place, this.#parts) : found.drop(t, n))
  }
}

/** Starts compiled processors where the store says that they have got to. */
export async function startProcessors(
  processors: readonly Compiled[],
  parts: ProcessorParts,
  changed: () => void,
): Promise<Processors> {
  const consumers: Consumer[] = []
  for (const processor of processors) {
    consumers.push(new Consumer(processor, parts, await progressOf(processor, parts), changed))
  }
  for (const consumer of consumers) consumer.start()
  return new Processors(consumers, parts)
}

/** Where a processor goes on; one that is new begins where it says, and that is written down before anything happens. */
async function progressOf({ consumer, from }: Compiled, { store, write }: ProcessorParts): Promise<Progress> {
  const reached = await store.deliveries.reached(consumer)
  if (reached !== null) return { reached, rows: await store.deliveries.parked(consumer) }
  const first = from === "now" ? await store.basis() : 0
  await write({ kind: "deliveries", consumer, reached: first, parked: [], done: [] })
  return { reached: first, rows: [] }
}

function notRedriven(consumer: string): string {
  return consumer.startsWith("projection:")
    ? `What ${consumer} could not take is taken by rebuilding it`
    : `There is no ${consumer} any more: its dead letters can only be dropped`
}

/** Drops a dead letter of a projection, or of a processor that is no more. */
async function dropRow({ consumer, t, n }: Place, { store, write, journal }: ProcessorParts): Promise<void> {
  const row = await store.deliveries.find(consumer, t, n)
  if (row?.state !== "dead") {
    throw new Refusal("not-found", `There is no dead letter ${consumer}:${t}:${n}`, { consumer, t, n })
  }
  journal.warn("A dead letter was dropped", { consumer, t, n, entity: row.entity, attempts: row.attempts.length })
  await write({ kind: "deliveries", consumer, reached: null, parked: [], done: [{ t, n }] })
}
