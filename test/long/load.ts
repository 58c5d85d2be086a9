import { setTimeout as pause } from "node:timers/promises"
import { expect } from "vitest"
import { dataOf } from "../../bench/app.ts"
import { benchApp, run } from "./served.ts"

/** What an export tells of an event, as far as tests look at it. */
export type Event = {
  readonly t: number
  readonly type: string
  readonly data: object
  readonly causedBy: { readonly id: string }
  readonly stream: { readonly id: string; readonly version: number }
}

type Asked = { readonly i: number; readonly id: string; readonly entity: string }

/**
 * Commands of many callers, and what they were told. A command that was not acknowledged is asked for again under its
 * id, by whoever comes next, until it is.
 */
export class Load {
  readonly asked = new Map<string, Asked>()
  readonly acknowledged = new Map<string, { readonly t: number; readonly entity: string }>()
  /** How often a caller was told to come back, and how often nobody answered. */
  readonly refused = new Map<number, number>()
  unanswered = 0
  readonly #open: Asked[] = []

  /** Lets a number of callers ask a server, until the signal ends it or, unless they are patient, nobody answers. */
  async on(url: string, callers: number, signal: AbortSignal, patient = false): Promise<void> {
    await Promise.all(Array.from({ length: callers }, async () => this.#caller(url, signal, patient)))
  }

  async #caller(url: string, signal: AbortSignal, patient: boolean): Promise<void> {
    while (!signal.aborted) {
      const next = this.#open.pop() ?? this.#new()
      if (await this.#ask(url, next)) continue
      this.#open.push(next)
      if (!patient) return
      await pause(20)
    }
  }

  #new(): Asked {
    const i = this.asked.size
    // Every third command changes an entity that an earlier one may have made.
    const asked = { i, id: `command-${i}`, entity: `plain-${i % 3 === 2 ? i % 211 : i}` }
    this.asked.set(asked.id, asked)
    return asked
  }

  /** False: nobody knows what came of it. */
  async #ask(url: string, { i, id, entity }: Asked): Promise<boolean> {
    try {
      const command = { id, type: "AddPlain", target: { type: "Plain", id: entity }, data: dataOf(i) }
      const headers = { "content-type": "application/json" }
      const response = await fetch(`${url}/commands`, { method: "POST", headers, body: JSON.stringify(command) })
      const answer = (await response.json()) as { state: string; t: number }
      if (response.status === 200 && answer.state === "succeeded") {
        this.acknowledged.set(id, { t: answer.t, entity })
        return true
      }
      this.refused.set(response.status, (this.refused.get(response.status) ?? 0) + 1)
    } catch {
      this.unanswered++
    }
    return false
  }

  /** Asks for what is left until all of it is acknowledged. */
  async settle(url: string): Promise<void> {
    for (let left = this.#open.pop(); left !== undefined; left = this.#open.pop()) {
      while (!(await this.#ask(url, left))) await pause(50)
    }
  }
}

/** All events of a store. */
export function exported(store: readonly string[]): readonly Event[] {
  const lines = run("export", ...store)
    .out.trim()
    .split("\n")
  return lines.map(line => JSON.parse(line) as Event)
}

/**
 * Everything that a store promises of what was asked and acknowledged, whatever went wrong meanwhile. Events of the type
 * `derived` are a processor's.
 */
export function expectKept(load: Load, store: readonly string[], app = benchApp, derived?: string): void {
  const events = exported(store)
  const asked = events.filter(({ type }) => type !== derived)
  const perCommand = Map.groupBy(asked, event => event.causedBy.id)
  const wrong = [...load.acknowledged].filter(([id, { t, entity }]) => {
    const found = perCommand.get(id) ?? []
    return found.length !== 1 || found[0]!.t !== t || found[0]!.stream.id !== entity
  })
  expect(wrong).toEqual([])
  // What was asked and not acknowledged is there whole or not at all; nothing else is there.
  expect([...perCommand].filter(([id, found]) => !load.asked.has(id) || found.length !== 1)).toEqual([])
  expect(events.findIndex((event, i) => event.t !== i + 1)).toBe(-1)
  for (const [id, stream] of Map.groupBy(events, event => event.stream.id)) {
    const gap = stream.findIndex((event, i) => event.stream.version !== i + 1)
    expect(gap, `the versions of ${id}`).toBe(-1)
  }
  const verified = run("verify", "--app", app, ...store)
  expect([verified.code, verified.out]).toEqual([0, expect.stringContaining("clean")])
}
