import { assert } from "vitest"
import { sameJson, type JsonObject } from "../../src/kernel/json.ts"
import type { Document } from "../../src/kernel/entity.ts"
import {
  evolveLife,
  hasEnded,
  placesPerT,
  type Arrival,
  type Beginning,
  type Life,
  type LifeEventData,
  type Sending,
  type Turned,
} from "../../src/kernel/life.ts"
import type { RecordedEvent } from "../../src/kernel/message.ts"
import type { Snapshot } from "../../src/kernel/snapshot.ts"
import type { ChildEnd, Reacting, Workflow } from "../../src/kernel/workflow.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { steppingOf } from "../../src/workflows/turn.ts"

/** A workflow that says only what a test is about. */
export const workflow = (given: Partial<Workflow> & Pick<Workflow, "start">): Workflow => ({
  kind: "workflow",
  type: "Work",
  version: 1,
  on: {},
  startedBy: {},
  abort: null,
  upgrade: null,
  limit: null,
  ...given,
})

const row = (hears: Reacting["hears"], react: Reacting["react"], more: Partial<Reacting>): Reacting => ({
  hears,
  match: null,
  enough: null,
  react,
  ...more,
})
export const child = (react: Reacting["react"], more: Partial<Reacting> = {}) => row({ kind: "child" }, react, more)
export const timed = (react: Reacting["react"]) => row({ kind: "timer" }, react, {})
export const heard = (event: string, react: Reacting["react"], more: Partial<Reacting> = {}) =>
  row({ kind: "event", event }, react, more)

export const ask = (n: number | string, type = "Do") => ({ type, target: null, data: { n } })

const nowhere = {} as Snapshot

/** An instance that is told one thing after the other, with nothing around it. Each turn is checked for what always holds. */
export class Machine {
  workflow: Workflow
  life: Life
  now = Date.parse("2030-01-01T00:00:00Z")
  /** What is recorded of it, in order. */
  readonly events: (LifeEventData & { type: string })[] = []
  /** By name, when each timer in the store is due. */
  readonly timers = new Map<string, number>()
  #t = 10

  constructor(given: Workflow, beginning: Partial<Beginning> = {}) {
    this.workflow = given
    const begun = { command: "w", workflow: given.type, owner: "ann", data: {}, ...beginning }
    this.life = this.#took(this.#stepping().begin(begun, this.#moment()) as Turned, null)
  }

  /** What has come, all in one turn. True: something came of it. */
  come(...arrivals: readonly Arrival[]): boolean {
    this.#t++
    const turn = () => this.#stepping().advance(this.life, arrivals, this.#moment()) as Turned | null
    const turned = turn()
    // A step is pure: asked twice, it says the same.
    assert.deepEqual(turn(), turned)
    if (turned !== null) this.life = this.#took(turned, this.life)
    return turned !== null
  }

  event(
    type: string,
    data: JsonObject = {},
    { stream = "s", place = ++this.#t * placesPerT, isAddressed = false } = {},
  ) {
    const event = { type, data, stream: { type: "Thing", id: stream, version: 1 }, id: `${type} ${place}` }
    return { kind: "event", place, event: event as unknown as RecordedEvent, isAddressed } as const
  }

  /** The end of a child, by its number among those that were asked for. */
  end(id: string, state: ChildEnd["state"] = "succeeded", result: ChildEnd["result"] = null) {
    const rest = { type: "Do", error: state === "failed" ? { message: "no" } : null, rejections: [] }
    return { kind: "child", place: ++this.#t * placesPerT, child: { id, state, result, ...rest } } as const
  }

  /** A timer of it as it is set now. */
  timer(name: string) {
    return { kind: "timer", name, fire: this.life.timers?.[name]?.fire ?? -1 } as const
  }

  /** Time passes, and what falls due goes off. */
  pass(ms: number): void {
    const until = this.now + ms
    for (;;) {
      const [next] = [...this.timers].filter(([, due]) => due <= until).toSorted((a, b) => a[1] - b[1])
      if (next === undefined) break
      this.now = Math.max(this.now, next[1])
      assert.ok(this.come(this.timer(next[0])), `the timer ${next[0]} comes to something`)
    }
    this.now = until
  }

  get sends(): readonly Sending[] {
    return this.events.flatMap(({ sends = [] }) => sends)
  }

  /** The ids of the children that it has asked for, in order. */
  get children(): readonly string[] {
    return this.sends.flatMap(sending => ("id" in sending && sending.awaited ? [sending.id] : []))
  }

  /** Whom it wants to be aborted. */
  get aborts(): readonly string[] {
    return this.sends.flatMap(sending => ("abort" in sending ? [sending.abort] : []))
  }

  #stepping() {
    const { workflow: known } = this
    return steppingOf(new Map([[known.type, known]]), { ids: seededIds("machine"), snapshot: () => nowhere })
  }

  #moment() {
    return { now: this.now, basis: this.#t }
  }

  #took({ life, events, timers }: Turned, before: Life | null): Life {
    let folded: Document = before ?? {}
    for (const { type, data } of events) {
      const said = data as unknown as LifeEventData
      folded = evolveLife(folded, said)
      this.events.push({ ...said, type })
    }
    assert.ok(sameJson(life, folded), "an instance is what its events say")
    assert.ok(sameJson(JSON.parse(JSON.stringify(life)) as JsonObject, life), "an instance is JSON")
    for (const [name, due] of timers) {
      if (due === null) this.timers.delete(name)
      else this.timers.set(name, due)
    }
    for (const name of this.timers.keys()) assert.property(life.timers, name, "each timer is known to its instance")
    if (hasEnded(life)) {
      assert.doesNotHaveAnyKeys(life, ["waits", "timers", "children", "mailbox", "listens"])
      assert.equal(this.timers.size, 0, "what has ended has no timers")
    }
    return life
  }
}
