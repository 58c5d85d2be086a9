import { instant } from "../kernel/clock.ts"
import type { Instance } from "../kernel/instance.ts"
import { limits } from "../kernel/limits.ts"
import { projectionStream, type Projection } from "../kernel/projection.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { NewEvent, TransactionWrite, WriteOutcome } from "../ports/write.ts"
import type { Derived } from "./fold.ts"
import type { ProcessorParts, SchemaFacts } from "./parts.ts"

/** The same derivation, which throws where it says something that the schema does not know. */
export function checkedDerive(derive: NonNullable<Projection["derive"]>, schema: SchemaFacts): typeof derive {
  return change => {
    const events = derive(change)
    for (const { type, data } of events) {
      const known = schema.events.get(type)
      if (known === undefined) throw new Refusal("unknown-type", `The schema knows no event ${type}`)
      const faults = known.validate(data)
      if (faults.length > 0) throw new Refusal("invalid", `${type} was derived against its schema`, {}, faults)
    }
    return events
  }
}

/**
 * Records the events that a projection derives, in its own stream, one transaction for each event that they follow
 * from. The command's id follows from that event: derived again, after a crash or by another build, nothing is recorded.
 */
export class Deriver {
  readonly #name: string
  readonly #parts: ProcessorParts
  #version: number | null = null

  constructor(name: string, parts: ProcessorParts) {
    this.#name = name
    this.#parts = parts
  }

  /** Resolves when all of them are durable. They are sent together; those that were overtaken are sent again, in order. */
  async record(derived: readonly Derived[]): Promise<void> {
    let left = derived
    for (let round = 0; left.length > 0; round++) {
      if (round === limits.decisionsMax)
        throw new Refusal("conflict", `The stream of ${this.#name} is never where it was`)
      const outcomes = await this.#send(left, await this.#versionNow())
      left = left.filter((_, i) => outcomes[i]!.kind === "conflict")
      // One that was there already took no version: where the stream stands is then asked again.
      if (outcomes.some(({ kind }) => kind !== "done")) this.#version = null
    }
  }

  async #versionNow(): Promise<number> {
    this.#version ??= (await this.#parts.store.log.stream(this.#name, 1, 1)).version
    return this.#version
  }

  async #send(derived: readonly Derived[], from: number): Promise<readonly WriteOutcome[]> {
    let version = from
    const writes = derived.map(one => {
      const write = this.#write(one, version)
      version += one.events.length
      return this.#parts.write(write)
    })
    this.#version = version
    try {
      return await Promise.all(writes)
    } catch (error) {
      this.#version = null
      throw error
    }
  }

  #write({ event, events }: Derived, version: number): TransactionWrite {
    const { ids, schema } = this.#parts
    const id = ids.of(event.id, `projection:${this.#name}`)
    const stream = { type: projectionStream, id: this.#name }
    const said = events.map((e, n): NewEvent => ({
      type: e.type,
      data: e.data,
      rejection: e.rejection,
      id: ids.of(id, n),
      stream: { ...stream, version: version + n + 1 },
      occurredAt: event.occurredAt ?? null,
      typeVersion: schema.events.get(e.type)?.version ?? 1,
      kind: null,
    }))
    return {
      kind: "transaction",
      instance: this.#instance(id, stream, event),
      first: true,
      actor: "system",
      schemaVersion: schema.version,
      events: said,
      changes: [],
      reads: [],
      timers: [],
      recorded: null,
    }
  }

  #instance(id: string, target: { type: string; id: string }, event: Derived["event"]): Instance {
    const now = instant(this.#parts.clock.now())
    return {
      command: { id, type: "Derive", target, data: { event: event.id } },
      state: "succeeded",
      owner: "system",
      parent: event.causedBy.id,
      correlationId: event.correlationId,
      result: null,
      error: null,
      createdAt: now,
      updatedAt: now,
      t: 0,
      attempts: 0,
      due: null,
      history: [{ state: "succeeded", at: now, t: 0 }],
      digest: null,
    }
  }
}
