import type { LogLine, Place } from "../../adapters/files/log-line.ts"
import type { LineFile } from "../../adapters/files/open-log.ts"
import type { Daybook } from "../../daybook.ts"
import { historyOf } from "../../kernel/history.ts"
import { limits } from "../../kernel/limits.ts"
import type { Asker, Command } from "../../kernel/message.ts"
import { Refusal } from "../../kernel/refusal.ts"
import type { Store } from "../../ports/store.ts"
import type { Mapped } from "./mapping.ts"
import { checkSameLog, type Position } from "./resume.ts"
import type { Summary } from "./summary.ts"

/** What a run needs. */
export type RunParts = {
  readonly log: string
  readonly daybook: Pick<Daybook, "request" | "basis" | "clock">
  readonly store: Store
  readonly map: (line: LogLine) => Mapped
  readonly position: Position
  /** Ask for every line, wherever an earlier run had got. */
  readonly again: boolean
  /** Let effects run for what the log tells, as if it happened now. */
  readonly effects: boolean
  readonly summary: Summary
  readonly stop: AbortSignal
}

// Two batches: one that is being committed, and one that forms meanwhile.
const inFlightMax = 2 * limits.batchUnitsMax
const positionEveryMs = 1_000

// A workflow may wait for weeks: it need only be on its way.
const waitMs = 10_000

// These say nothing about the line: the next one would meet the same.
const outside: ReadonlySet<string> = new Set(["unavailable", "overloaded", "timeout"])

/**
 * Asks for the commands of a log, in the order of its lines, many at once. A line is answered when its command is
 * durable; the position follows the answers, never ahead of the first that is still to come.
 */
export class Run {
  readonly #parts: RunParts
  readonly #asker: Asker
  readonly #basis: number
  readonly #from: number
  // In the order of the lines, so that the first one is the oldest that waits for its answer.
  readonly #inFlight = new Set<number>()
  readonly #passed: Command[] = []
  #checked = false
  #last = 0
  #moved: () => void = () => {}
  #writtenAt: number
  #broken: Error | null = null

  private constructor(parts: RunParts, basis: number) {
    this.#parts = parts
    const { log, effects } = parts
    this.#asker = effects ? { actor: "system" } : { actor: "system", correlationId: historyOf(log) }
    this.#basis = basis
    this.#from = parts.again ? 0 : parts.position.line
    this.#writtenAt = parts.daybook.clock.ticks()
  }

  /** Takes in a log. However it ends, everything that was asked for is answered, and the position is kept. */
  static async over(file: LineFile<LogLine>, parts: RunParts): Promise<void> {
    const run = new Run(parts, await parts.daybook.basis())
    try {
      for await (const lines of file.lines()) {
        for (const line of lines) await run.#take(line)
        if (run.#broken !== null || parts.stop.aborted) break
        await run.#keepPosition()
      }
      if (!run.#checked) await run.#check()
    } finally {
      await run.#finish()
    }
    if (run.#broken !== null) throw run.#broken
  }

  #take(line: LogLine): Promise<void> | undefined {
    const { map, summary } = this.#parts
    // Mapped also where it is read past: what the app remembers of a case begins with its first line.
    const mapped = map(line)
    summary.lines++
    if (line.number <= this.#from) return this.#pass(mapped)
    if (!this.#checked) return this.#check().then(() => this.#ask(line, mapped))
    return this.#ask(line, mapped)
  }

  #pass(mapped: Mapped): undefined {
    this.#parts.summary.past++
    if ("skip" in mapped) return
    // The first one and the last one are enough to tell two logs apart.
    if (this.#passed.length > 1) this.#passed.pop()
    this.#passed.push(mapped)
  }

  async #check(): Promise<void> {
    const { log, store } = this.#parts
    this.#checked = true
    await checkSameLog(log, this.#passed, store)
  }

  #ask({ number, place }: LogLine, mapped: Mapped): Promise<void> | undefined {
    if (this.#broken !== null) return undefined
    this.#last = number
    if ("skip" in mapped) {
      this.#parts.summary.skip(mapped.skip)
      return undefined
    }
    this.#inFlight.add(number)
    void this.#answer(mapped, number, place)
    return this.#inFlight.size < inFlightMax ? undefined : this.#untilMoved()
  }

  async #answer(command: Command, number: number, place: Place): Promise<void> {
    const { daybook, summary } = this.#parts
    try {
      const outcome = await daybook.request(command, this.#asker, { waitMs })
      summary.answered(outcome, outcome.t <= this.#basis, place)
    } catch (error) {
      if (!(error instanceof Refusal) || outside.has(error.code)) {
        // It stays in flight, so that the position does not pass it.
        this.#broken ??= error instanceof Error ? error : new Error(String(error))
        this.#moved()
        return
      }
      summary.refuse(error.code, error.message, place)
    }
    this.#inFlight.delete(number)
    this.#moved()
  }

  #untilMoved(): Promise<void> {
    return new Promise(resolve => {
      this.#moved = resolve
    })
  }

  async #keepPosition(): Promise<void> {
    const now = this.#parts.daybook.clock.ticks()
    if (now - this.#writtenAt < positionEveryMs) return
    this.#writtenAt = now
    await this.#writePosition()
  }

  async #writePosition(): Promise<void> {
    const { value: oldest } = this.#inFlight.values().next()
    const answered = oldest === undefined ? this.#last : oldest - 1
    // Asked for again from the start, what was answered before stays answered.
    if (answered > this.#parts.position.line) await this.#parts.position.write(answered)
  }

  async #finish(): Promise<void> {
    while (this.#inFlight.size > 0 && this.#broken === null) await this.#untilMoved()
    await this.#writePosition()
  }
}
