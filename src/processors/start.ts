import type { Document } from "../kernel/entity.ts"
import type { T } from "../kernel/message.ts"
import type { Processor } from "../kernel/processor.ts"
import type { Projection } from "../kernel/projection.ts"
import type { Committed } from "../ports/write.ts"
import { compileProcessors } from "./compiled.ts"
import type { ProcessorLag } from "./consumer.ts"
import type { ProcessorParts } from "./parts.ts"
import { startProcessors, type Place, type Processors } from "./processors.ts"
import { startProjections, type Projections } from "./projections.ts"
import { Quiet } from "./quiet.ts"
import type { ReadModelStatus } from "./read-model.ts"

export type { ProcessorParts } from "./parts.ts"

/**
 * Everything that consumes the log of a daybook: its processors and its projections. Each of them runs in one process at
 * a time of those that share the store; all that can be asked here is answered in each.
 */
export type Consumers = {
  /** Told of every transaction of this process, after it is durable, in order of t. Returns at once. */
  committed(report: Committed): void
  /** Another process may have committed something. */
  rang(): void
  /** Resolves when nothing is under way or due now in this process. A delivery that waits for its next attempt is neither. */
  idle(): Promise<void>
  busy(): boolean
  /**
   * Starts nothing more, interrupts all waits, and resolves when what was running has ended and is written down. Until
   * then commands and writes must still be taken: stop this before what takes them.
   */
  stop(): Promise<void>

  /** Tries a dead letter of a processor once more, now. */
  redrive(place: Place): Promise<void>
  /** Gives up a dead letter, of whichever consumer, also of one that is no more. */
  drop(place: Place): Promise<void>
  /** How far each processor has got that runs in this process. */
  lag(): readonly ProcessorLag[]

  /** How far each projection has got, with a build beside it where there is one. */
  projections(): Promise<readonly ReadModelStatus[]>
  rows(projection: string, keys: readonly string[]): Promise<ReadonlyMap<string, Document>>
  list(
    projection: string,
    options: { after?: string; limit: number },
  ): Promise<readonly { key: string; row: Document }[]>
  /** Builds a projection again beside the one that is read. Resolves when the new one is read. */
  rebuild(projection: string): Promise<void>
  /** Resolves when a projection, or all, can be read at t; refuses with `timeout`. */
  waitFor(t: T, options?: { projection?: string; timeoutMs?: number }): Promise<void>
}

/** Starts the processors and projections of an app, or throws an Error that says everything that does not fit together. */
export async function startConsumers(
  processors: readonly Processor[],
  projections: readonly Projection[],
  given: ProcessorParts,
): Promise<Consumers> {
  // What a projection derives is heard even where whoever takes the writes does not report them.
  let newest = 0
  const write = async (one: Parameters<ProcessorParts["write"]>[0]) => {
    const outcome = await given.write(one)
    if (one.kind === "transaction" && outcome.kind === "done" && outcome.t > newest) rang()
    return outcome
  }
  const rang = () => {
    for (const part of running) part.rang()
  }
  const parts = { ...given, write }
  // What starts first may derive, or ask whether all rest, before the others are there.
  const running: (Projections | Processors)[] = []
  const busy = () => running.some(part => part.busy)
  const quiet = new Quiet(busy)
  const changed = () => quiet.look()
  // What is wrong with either is said before anything has run.
  const compiled = compileProcessors(processors, given)
  const models = await startProjections(projections, parts, changed)
  const consumers = await startProcessors(compiled, parts, changed)
  running.push(models, consumers)
  const unheard = given.leases.onBeat(held => running.forEach(part => part.hear(held)))

  return {
    committed(report) {
      newest = report.t
      for (const part of running) part.committed(report)
    },
    rang,
    idle: () => quiet.reached(),
    busy,
    async stop() {
      unheard()
      await consumers.stop()
      await models.stop()
      quiet.look()
    },
    redrive: place => consumers.redrive(place),
    drop: place => consumers.drop(place),
    lag: () => consumers.lag(),
    projections: () => models.status(),
    rows: (projection, keys) => models.rows(projection, keys),
    list: (projection, options) => models.list(projection, options),
    rebuild: projection => models.rebuild(projection),
    waitFor: (t, options) => models.waitFor(t, options),
  }
}
