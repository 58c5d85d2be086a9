import type { Ids } from "../kernel/ids.ts"
import type { Json, JsonObject } from "../kernel/json.ts"
import {
  hasEnded,
  type Child,
  type Life,
  type LifeEvent,
  type LifeEventData,
  type Sending,
  type SetTimer,
  type Wait,
} from "../kernel/life.ts"
import type { T } from "../kernel/message.ts"
import type { Workflow } from "../kernel/workflow.ts"
import { keyOf } from "./listening.ts"
import type { TurnParts } from "./parts.ts"

/** An instance as it was before a step. */
export type Saved = {
  readonly life: Life
  readonly sends: readonly Sending[]
  readonly timers: ReadonlyMap<string, number | null>
}

/** An instance while a step of it is being taken: what it is by now, what it asks for, and which timers change. */
export class Draft {
  life: Life
  /** By name, when each timer that changes is due; null: it is taken back. */
  timers: Map<string, number | null> = new Map()
  /** When that happened which leads to the step that is being taken. */
  causeT: T
  readonly now: number
  readonly events: LifeEvent[] = []
  /** Whether something was noted that no event says yet. */
  isNoted = false
  #sends: Sending[] = []
  #said: Life | null
  readonly #since: T | null
  readonly #ids: Pick<Ids, "of">

  /** `since`: of a new instance, from when on it may matter to it what happens; null: it is not new. */
  constructor(life: Life, since: T | null, { now, basis, ids }: Pick<TurnParts, "now" | "basis" | "ids">) {
    this.life = life
    this.now = now
    this.causeT = since ?? basis
    this.#since = since
    this.#said = since === null ? life : null
    this.#ids = ids
  }

  /** What a step that goes wrong leads back to. */
  save(): Saved {
    return { life: this.life, sends: this.#sends, timers: this.timers }
  }

  restore({ life, sends, timers }: Saved): void {
    this.life = life
    this.#sends = [...sends]
    this.timers = new Map(timers)
  }

  set(changes: Partial<Life>): void {
    this.life = { ...this.life, ...changes }
  }

  /** Takes something away that an instance need not have. */
  drop(
    ...names: readonly (
      "waits" | "timers" | "children" | "mailbox" | "listens" | "gate" | "limited" | "priority" | "goesOn" | "stuck"
    )[]
  ): void {
    if (names.every(name => this.life[name] === undefined)) return
    const gone: Record<string, undefined> = {}
    for (const name of names) if (this.life[name] !== undefined) gone[name] = undefined
    // Not deleted before the turn is over: the engine is slow with what something was deleted from.
    this.life = { ...this.life, ...gone } as Life
  }

  wait(name: string, wait: Wait | null): void {
    this.#member("waits", name, wait)
  }

  child(id: string, child: Child | null): void {
    this.#member("children", id, child)
  }

  /** Puts children to those that there are. */
  children(more: Readonly<Record<string, Child>>): void {
    this.life = { ...this.life, children: joined(this.life.children, more) }
  }

  timer(name: string, timer: Omit<SetTimer, "fire"> | null): void {
    if (timer === null && this.life.timers?.[name] === undefined) return
    const fire = this.life.fired + 1
    this.timers = new Map(this.timers).set(name, timer?.due ?? null)
    if (timer !== null) this.set({ fired: fire })
    this.#member("timers", name, timer === null ? null : { ...timer, fire })
  }

  dropTimers(): void {
    for (const name of Object.keys(this.life.timers ?? {})) this.timer(name, null)
  }

  /** The instance as it is, without what it has none of. */
  whole(): Life {
    const whole: Record<string, unknown> = {}
    const life: Readonly<Record<string, unknown>> = this.life
    for (const name in life) if (life[name] !== undefined) whole[name] = life[name]
    // The very same members.
    return whole as Life
  }

  /** An id for what is asked for: the same each time the same step is taken. */
  nextId(): string {
    const sent = this.life.sent + 1
    this.set({ sent })
    return beside(this.life.command, this.#ids.of(this.life.command, `send:${sent}`))
  }

  send(sending: Sending): void {
    this.#sends = [...this.#sends, sending]
  }

  /** Whether anything is another than when the last event was said. */
  get isChanged(): boolean {
    return this.life !== this.#said
  }

  /** What has come led to no reaction: the next event says it too, or one of its own where none follows in this turn. */
  note(): void {
    if (this.#sends.length > 0) this.say(null)
    else this.isNoted = true
  }

  /** Says what has become of it since the last event. */
  say(on: string | null, type?: LifeEvent["type"], facts: JsonObject = {}): void {
    const { life } = this
    const ended = hasEnded(life) && (this.#said === null || !hasEnded(this.#said))
    const usual = ended ? "InstanceEnded" : this.#said === null ? "InstanceStarted" : "InstanceStepped"
    const set = difference(this.#said, life)
    // What it begins to wait for counts from when that happened which led there.
    const since = this.#said === null ? this.#since : this.causeT
    const data: LifeEventData = {
      on,
      set,
      ...(this.#sends.length === 0 ? {} : { sends: this.#sends, owner: life.owner, causeT: this.causeT }),
      ...(since !== null && Array.isArray(set["listens"]) ? { since } : {}),
      ...(ended && life.parent !== undefined ? { parent: life.parent, ended: endOf(life) } : {}),
    }
    this.events.push({ type: type ?? usual, data: { ...data, ...facts } })
    this.#said = life
    this.#sends = []
    this.isNoted = false
  }

  /** Notes by which events it is to be found from now on. */
  listen(workflow: Workflow): void {
    const keys = new Set<string>()
    if (!hasEnded(this.life) && this.life.state !== "aborting") {
      for (const { kind, event, filter = {} } of Object.values(this.life.waits ?? {})) {
        if (kind === "event" && event !== undefined) keys.add(keyOf(event, filter))
      }
      for (const { hears, match } of Object.values(workflow.on)) {
        const filter = hears.kind === "event" && match !== null ? match(this.life.data) : null
        if (hears.kind === "event" && filter !== null) keys.add(keyOf(hears.event, filter))
      }
    }
    const [before, after] = [this.life.listens ?? [], [...keys]]
    if (before.length === after.length && after.every(key => before.includes(key))) return
    if (after.length === 0) this.drop("listens")
    else this.set({ listens: after })
  }

  #member(of: "waits" | "children" | "timers", name: string, value: Json | Wait | Child | SetTimer | null): void {
    const members = joined<unknown>(this.life[of], value === null ? {} : { [name]: value }, name)
    if (isEmpty(members)) this.drop(of)
    // Each of the three holds what its callers above put there.
    else this.life = { ...this.life, [of]: members } as Life
  }
}

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/
const instantChars = 14

// An id that follows from another one lies anywhere among all ids. With the beginning of that one it lies beside it: what
// was made together is then together in the indexes of a store, and not each on a page of its own.
function beside(id: string, derived: string): string {
  return uuid.test(id) && uuid.test(derived) ? id.slice(0, instantChars) + derived.slice(instantChars) : derived
}

// What has ids for names is kept without a prototype: the engine would otherwise take each id for a new kind of object.
function joined<Member>(
  members: Readonly<Record<string, Member>> | undefined,
  more: Readonly<Record<string, Member>>,
  without?: string,
): Record<string, Member> {
  const all = Object.create(null) as Record<string, Member>
  for (const name in members) if (name !== without) all[name] = members[name]!
  for (const name in more) all[name] = more[name]!
  return all
}

function isEmpty(members: object): boolean {
  for (const _ in members) return false
  return true
}

function difference(before: Life | null, after: Life): JsonObject {
  const set: Record<string, Json> = {}
  const was: JsonObject = before ?? {}
  const is: JsonObject = after
  for (const [name, value] of Object.entries(is)) if (value !== undefined && was[name] !== value) set[name] = value
  for (const name of Object.keys(was)) if (is[name] === undefined) set[name] = null
  return set
}

function endOf({ command, workflow, state, result, error }: Life): NonNullable<LifeEventData["ended"]> {
  // What has ended has one of the states of a command's end.
  const end = state === "succeeded" || state === "failed" ? state : "aborted"
  return { id: command, type: workflow, state: end, result: result ?? null, error: error ?? null, rejections: [] }
}
