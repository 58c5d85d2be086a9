import type { Write, WriteOutcome } from "./write.ts"

type Conflict = Extract<WriteOutcome, { kind: "conflict" }>

/**
 * What has dropped out of one batch, so that a store can tell what rests on it. A version alone does not: when another
 * process has taken the version that a dropped-out write was to make, the one decided behind it fits again, though it
 * was decided on a state that never came to be.
 */
export class DropOuts {
  readonly #commands = new Set<string>()

  /** Notes what became of a write. */
  note(write: Write, outcome: WriteOutcome): void {
    if (write.kind === "transaction" && outcome.kind !== "done") this.#commands.add(write.instance.command.id)
  }

  /** Why a write must drop out too; null: it rests on nothing that did. */
  objection(write: Write): Conflict | null {
    if (this.#commands.size === 0 || write.kind !== "transaction") return null
    const command = write.restsOn?.find(id => this.#commands.has(id))
    if (command === undefined) return null
    const sentence = `It rests on what the command ${command} was to do, which dropped out`
    return { kind: "conflict", sentence, facts: { command }, unique: false }
  }
}
