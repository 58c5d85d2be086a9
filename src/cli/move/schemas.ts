import type { T } from "../../kernel/message.ts"
import { assert } from "../../kernel/refusal.ts"
import type { KeptSchema } from "../../ports/maintenance.ts"
import type { StoredTransaction } from "../../ports/transfer.ts"
import { compileSchema, type CompiledSchema } from "../../schema/compile.ts"
import { parseSchema } from "../../schema/parse.ts"

/** The schemas of a source, each compiled once. */
export class Schemas {
  readonly #compiled = new Map<string, CompiledSchema>()
  #kept: readonly KeptSchema[] = []

  /** Learns which there are. To be asked after the transactions were read: a schema is there before they are. */
  learn(kept: readonly KeptSchema[]): void {
    this.#kept = kept
  }

  /** Those after the first `known` that are in force from a t on, or earlier. */
  until(t: T, known: number): readonly KeptSchema[] {
    return this.#kept.slice(known).filter(({ fromT }) => fromT <= t)
  }

  /** The first t after another at which one comes into force; infinite if there is none. */
  next(after: T): T {
    return this.#kept.find(({ fromT }) => fromT > after)?.fromT ?? Infinity
  }

  /** The one that a transaction was recorded under. Two programs on one store may have had two in force. */
  of({ t, schemaVersion }: StoredTransaction): CompiledSchema {
    const inForce = this.#kept.filter(({ fromT }) => fromT <= t)
    const kept = inForce.findLast(({ version }) => version === schemaVersion) ?? inForce.at(-1)
    assert(kept !== undefined, `transaction ${t} was recorded under no schema`)
    const known = this.#compiled.get(kept.hash)
    if (known !== undefined) return known
    const compiled = compileSchema(parseSchema(kept.schema))
    this.#compiled.set(kept.hash, compiled)
    return compiled
  }
}
