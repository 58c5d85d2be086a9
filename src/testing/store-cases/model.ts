import type { Document } from "../../kernel/entity.ts"
import type { T, Version } from "../../kernel/message.ts"
import { sameJson } from "../../kernel/json.ts"
import type { EntityChange, NewEvent, TransactionWrite, WriteOutcome } from "../../ports/write.ts"
import type { Done } from "../store-case.ts"
import { aChange, aTransaction, anEvent, thingAttributes } from "../writes.ts"

/** What a random transaction does to one thing: null retracts it, "no" is a rejection. */
export type Step = { readonly thing: string; readonly becomes: Document | null | "no" }

/** A random transaction, and what is wrong with it on purpose. */
export type Plan = { readonly steps: readonly Step[]; readonly spoilt: "no" | "stale" | "ahead" | "read" | "again" }

type Thing = { readonly fromT: T; readonly createdT: T; readonly document: Document }

/** All things at one t, by id. */
export type Moment = ReadonlyMap<string, Thing>

/**
 * What a store should say, kept in the plainest way there is: everything anew for every t. It is told plans, turns
 * them into writes, and knows what becomes of each.
 */
export class Model {
  /** What is at t lies at t. */
  readonly moments: Moment[] = [new Map()]
  readonly written: TransactionWrite[] = []
  readonly versions = new Map<string, Version>()
  readonly #created = new Map<string, T>()
  #plans = 0

  get basis(): T {
    return this.moments.length - 1
  }

  /** The write that a plan comes to now, and what must become of it. */
  plan({ steps, spoilt }: Plan): { write: TransactionWrite; expected: WriteOutcome["kind"] } {
    const again = spoilt === "again" ? this.written.at(-1) : undefined
    if (again !== undefined) return { write: again, expected: "duplicate" }

    const write = this.#writeOf(steps, { stale: -1, ahead: 1, read: 0, again: 0, no: 0 }[spoilt])
    if (spoilt === "read") return { write: { ...write, reads: [{ id: "a", version: 9_999 }] }, expected: "conflict" }
    if (spoilt === "stale" || spoilt === "ahead") return { write, expected: "conflict" }
    const after = this.#momentAfter(write.changes)
    if (hasRivals(after)) return { write, expected: "conflict" }

    this.#take(write, after)
    return { write, expected: "done" }
  }

  /** Who has a value at t, in order of creation; of those that came into being at once, in any order. */
  holders(attribute: keyof typeof thingAttributes, value: string, t: T): string[] {
    return [...this.moments[t]!].filter(([, thing]) => has(thing.document, attribute, value)).map(([id]) => id)
  }

  createdT(id: string): T {
    return this.#created.get(id) ?? 0
  }

  #writeOf(steps: readonly Step[], shift: number): TransactionWrite {
    const changes: EntityChange[] = []
    const events = steps.map(({ thing, becomes }, n): NewEvent => {
      const stream = { id: thing, version: (this.versions.get(thing) ?? 0) + 1 + shift }
      const said = { id: `event-${this.#plans}-${n}`, stream }
      if (becomes === "no") return anEvent({ ...said, type: "Refused", rejection: true })
      const before = this.moments.at(-1)!.get(thing)?.document ?? null
      if (sameJson(before, becomes)) return anEvent(said)
      changes.push(aChange(thing, before, becomes))
      return anEvent({ ...said, kind: becomes === null ? "retracted" : before === null ? "created" : "changed" })
    })
    this.#plans += 1
    return aTransaction({ id: `command-${this.#plans}`, events, changes })
  }

  #momentAfter(changes: readonly EntityChange[]): Moment {
    const fromT = this.basis + 1
    const after = new Map(this.moments.at(-1))
    for (const { id, document } of changes) {
      if (document === null) after.delete(id)
      else after.set(id, { fromT, createdT: this.#created.get(id) ?? fromT, document })
    }
    return after
  }

  #take(write: TransactionWrite, after: Moment): void {
    this.moments.push(after)
    this.written.push(write)
    for (const { stream } of write.events) this.versions.set(stream.id, stream.version)
    for (const [id, thing] of after) this.#created.set(id, thing.createdT)
  }
}

/** What each write of the model was answered with, when all that it expected to be done was. */
export function doneOf(outcomes: readonly WriteOutcome[]): Done[] {
  return outcomes.filter(outcome => outcome.kind === "done")
}

function hasRivals(moment: Moment): boolean {
  const names = [...moment.values()].flatMap(thing => thing.document["name"] ?? [])
  return new Set(names).size < names.length
}

function has(document: Document, attribute: string, value: string): boolean {
  const held = document[attribute]
  return Array.isArray(held) ? held.includes(value) : held === value
}
