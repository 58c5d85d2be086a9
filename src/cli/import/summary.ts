import type { Place } from "../../adapters/files/log-line.ts"
import type { JsonObject } from "../../kernel/json.ts"
import type { Outcome } from "../../kernel/message.ts"
import { count, counting } from "../print.ts"

type Trouble = { count: number; readonly first: string[] }

const placesShown = 3

/** What an import came to, counted as it goes. */
export class Summary {
  readonly #unit: string
  lines = 0
  /** Lines that an earlier run had taken in. */
  past = 0
  /** Commands that were there already, with the same content. */
  repeated = 0
  asked = 0
  events = 0
  readonly #rejected = new Map<string, number>()
  readonly #skipped = new Map<string, number>()
  readonly #refused = new Map<string, Trouble>()

  /** `unit` is what a line of this format is called. */
  constructor(unit: string) {
    this.#unit = unit
  }

  get hasRefused(): boolean {
    return this.#refused.size > 0
  }

  skip(reason: string): void {
    add(this.#skipped, reason)
  }

  /** A command was answered. `isOld`: it had been answered before this run. */
  answered({ state, events, error }: Outcome, isOld: boolean, place: Place): void {
    if (isOld) {
      this.repeated++
      return
    }
    this.asked++
    this.events += events.length
    if (state === "rejected") for (const { type, rejection } of events) if (rejection) add(this.#rejected, type)
    if (state === "failed") this.refuse("failed", messageOf(error), place)
  }

  refuse(code: string, sentence: string, { line }: Place): void {
    const trouble = this.#refused.get(code) ?? { count: 0, first: [] }
    this.#refused.set(code, trouble)
    trouble.count++
    if (trouble.first.length < placesShown) trouble.first.push(`${this.#unit} ${line}: ${sentence}`)
  }

  /** Everything, for a program. */
  json(file: string, seconds: number): JsonObject {
    return {
      file,
      lines: this.lines,
      past: this.past,
      repeated: this.repeated,
      commands: this.asked,
      events: this.events,
      rejected: Object.fromEntries(this.#rejected),
      skipped: Object.fromEntries(this.#skipped),
      refused: Object.fromEntries(this.#refused),
      ...effort(this.lines, seconds),
    }
  }

  /** Everything, for a person. */
  text(file: string, seconds: number): readonly string[] {
    const before = this.past + this.repeated
    return [
      `${file}: ${pace(this.lines, "line", seconds)}`,
      `  ${counting(this.asked, "command")}, ${counting(this.events, "event")}`,
      ...(before > 0 ? [`  ${counting(before, "line")} ${before === 1 ? "was" : "were"} taken in before`] : []),
      ...listed("rejected", this.#rejected),
      ...listed("skipped", this.#skipped),
      ...[...this.#refused].flatMap(([code, { count: n, first }]) => [
        `  refused: ${count(n)} ${code}`,
        ...first.map(place => `    ${place}`),
      ]),
    ]
  }
}

/** How long something took and what it needed, for a program. */
export function effort(lines: number, seconds: number): JsonObject {
  const linesPerSecond = Math.round(lines / Math.max(seconds, 0.001))
  return { seconds: Number(seconds.toFixed(3)), linesPerSecond, peakMegabytes: peakMegabytes() }
}

/** How many, how fast, and with how much memory, for a person. */
export function pace(n: number, noun: string, seconds: number): string {
  const perSecond = count(Math.round(n / Math.max(seconds, 0.001)))
  return `${counting(n, noun)} in ${seconds.toFixed(1)} s, ${perSecond} a second, ${count(peakMegabytes())} MB at most`
}

function peakMegabytes(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024)
}

function messageOf(error: JsonObject | undefined): string {
  const message = error?.["message"]
  return typeof message === "string" ? message : "its handler failed"
}

function add(counts: Map<string, number>, reason: string): void {
  counts.set(reason, (counts.get(reason) ?? 0) + 1)
}

function listed(what: string, counts: ReadonlyMap<string, number>): readonly string[] {
  return [...counts].toSorted(([, a], [, b]) => b - a).map(([reason, n]) => `  ${what}: ${count(n)} ${reason}`)
}
