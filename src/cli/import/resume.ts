import { sameJson } from "../../kernel/json.ts"
import type { Command } from "../../kernel/message.ts"
import type { Store } from "../../ports/store.ts"
import { BadInput } from "../bad-input.ts"

/**
 * How far a log has been taken in: up to and including this line each one has been answered. Kept as the checkpoint of
 * a consumer, which here counts lines.
 */
export class Position {
  readonly #store: Store
  readonly #consumer: string
  #written: number

  private constructor(store: Store, consumer: string, written: number) {
    this.#store = store
    this.#consumer = consumer
    this.#written = written
  }

  static async of(log: string, store: Store): Promise<Position> {
    const consumer = `import:${log}`
    return new Position(store, consumer, (await store.deliveries.reached(consumer)) ?? 0)
  }

  get line(): number {
    return this.#written
  }

  async write(line: number): Promise<void> {
    if (line === this.#written) return
    await this.#store.commit([{ kind: "deliveries", consumer: this.#consumer, reached: line, parked: [], done: [] }])
    this.#written = line
  }
}

/**
 * Looks whether the lines that are read past are those that were taken in: two logs may have the same name. Commands
 * that were refused have left nothing to compare with.
 */
export async function checkSameLog(log: string, passed: readonly Command[], store: Store): Promise<void> {
  const found = await store.commands.find(passed.map(command => command.id))
  if (passed.every((command, i) => isSame(found[i]?.command, command))) return
  throw new BadInput(
    `Other lines were imported under the name ${log} before: give this log another one with --name. ` +
      "If it is the app that maps its lines otherwise now, take them into an empty daybook",
  )
}

function isSame(kept: Command | undefined, { type, target, occurredAt, data }: Command): boolean {
  if (kept === undefined) return true
  if (kept.type !== type || !sameJson(kept.target, target) || kept.occurredAt !== occurredAt) return false
  // What was sensitive is not there to be compared.
  return sameJson(kept.data, data) || JSON.stringify(kept.data).includes('"(redacted)"')
}
