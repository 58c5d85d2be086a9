import { isEmptied } from "../kernel/erased.ts"
import type { Maybe } from "../kernel/handler.ts"
import { isHistory } from "../kernel/history.ts"
import { commandIdOf, lifeEvents, placesPerT, type Arrival, type Life, type LifeEventData } from "../kernel/life.ts"
import { limits } from "../kernel/limits.ts"
import type { Command, RecordedEvent, T } from "../kernel/message.ts"
import { instanceType, type Workflow } from "../kernel/workflow.ts"
import type { Committed } from "../ports/write.ts"
import { Follower } from "../processors/follower.ts"
import { Ledger } from "../processors/ledger.ts"
import { LowWater } from "../processors/low-water.ts"
import type { TenantParts } from "../processors/tenant-parts.ts"
import { Early } from "./early.ts"
import { keysOf } from "./listening.ts"
import { routerName, type RouterParts } from "./parts.ts"
import { Sender } from "./sender.ts"

const ofLife: ReadonlySet<string> = new Set(lifeEvents)

/**
 * One event on its way to whom it concerns. It is passed on in its turn, when it is known who that is: the commands whose
 * instances wait for it; or, where it says that an instance has begun, the earlier events that this one waits for.
 */
type Routing = { readonly t: T; mode: "fresh" | "done"; readonly event: RecordedEvent; found: Found | null }
type Found = { readonly ids: readonly string[]; readonly earlier: readonly RecordedEvent[] }

/**
 * Follows the log and brings each event to whom it concerns: asks for what the steps of instances send, tells parents that
 * children have ended, finds who waits for an event, and starts what an event starts. In the order of the log, so that
 * each instance hears what concerns it in that order; many at once. Its checkpoint passes what is durable: after a crash
 * some of it is brought again, and nobody takes it twice.
 */
export class Router {
  readonly #parts: TenantParts & RouterParts
  readonly #changed: () => void
  readonly #follower: Follower
  readonly #ledger: Ledger
  readonly #sender: Sender
  readonly #lowWater = new LowWater()
  readonly #early: Early
  readonly #heard: ReadonlySet<string>
  readonly #starters: ReadonlyMap<string, readonly Workflow[]>
  // What has not been passed on, in order.
  #line: Routing[] = []
  #isStopped = false
  #ended: (() => void) | null = null

  /** `changed` is called whenever it may have become quiet. */
  constructor(parts: TenantParts & RouterParts, reached: T, changed: () => void) {
    this.#parts = parts
    this.#changed = changed
    this.#sender = new Sender(parts)
    const workflows = [...parts.workflows.values()]
    this.#heard = new Set(workflows.flatMap(eventsOf))
    this.#starters = startersOf(workflows)
    const { upcast, store } = parts
    this.#early = new Early({ log: store.log, types: [...this.#heard], upcast }, reached)
    this.#follower = new Follower(parts, {
      who: routerName,
      from: reached,
      types: [...new Set([...lifeEvents, ...this.#heard, ...this.#starters.keys()])],
      pageEventsMax: limits.pageEventsMax,
      room: () => limits.wakesAtOnceMax - this.#lowWater.countOpen,
      take: event => this.#take(event),
      moved: () => this.#moved(),
    })
    this.#ledger = new Ledger(routerName, parts, {
      reached: () => this.#lowWater.at(this.#follower.read),
      written: reached,
      wrote: changed,
    })
  }

  start(): void {
    this.#follower.wake()
  }

  committed(report: Committed): void {
    this.#follower.committed(report)
  }

  rang(): void {
    this.#follower.rang()
  }

  get busy(): boolean {
    if (this.#isStopped) return this.#lowWater.countOpen > 0
    return this.#lowWater.countOpen > 0 || this.#follower.busy || this.#ledger.busy
  }

  /** Takes nothing more, and resolves when what it has in hand is durable, or will be brought again by the next one. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#follower.stop()
    this.#sender.stop()
    for (const routing of this.#line) routing.found ??= nobody
    if (this.#lowWater.countOpen > 0) {
      await new Promise<void>(resolve => {
        const cancel = this.#parts.clock.after(limits.drainMsMax, resolve)
        this.#ended = () => {
          cancel()
          resolve()
        }
      })
    }
    if (this.#parts.tenure.isOurs()) await this.#ledger.stop()
    else await this.#ledger.giveUp()
  }

  #take(recorded: RecordedEvent): void {
    if (isEmptied(recorded.data)) return
    const event = this.#parts.upcast(recorded)
    // What is told of the past wakes nobody: what was to be done then was done, or was not.
    const isNews = (this.#heard.has(event.type) || this.#starters.has(event.type)) && !isHistory(event)
    if (event.stream.type !== instanceType && !isNews) return
    if (this.#line.length === 0 && leadsNowhere(event)) return this.#parts.stepped(event)
    const routing: Routing = { t: event.t, mode: "fresh", event, found: null }
    this.#lowWater.enter(routing)
    this.#line.push(routing)
    if (isNews && this.#heard.has(event.type) && !isAddressed(event)) this.#early.note(event)
    this.#find(routing)
  }

  #find(routing: Routing): void {
    const found = this.#concerned(routing.event)
    if (!(found instanceof Promise)) return this.#found(routing, found)
    found.then(
      known => this.#found(routing, known),
      () => this.#lookAgain(routing),
    )
  }

  #concerned(event: RecordedEvent): Maybe<Found> {
    if (isAddressed(event)) return nobody
    if (this.#heard.has(event.type) && !isHistory(event))
      return then(this.#waiting(event), ids => ({ ids, earlier: [] }))
    if (event.type !== "InstanceStarted" && event.type !== "InstanceStepped") return nobody
    // Events of this type have this data; what they set is part of an instance.
    const { since, set } = event.data as unknown as LifeEventData
    const { listens } = set as Partial<Life>
    if (since === undefined || listens == null || since >= event.t - 1) return nobody
    return then(this.#early.between(since, event.t, listens), earlier => ({ ids: [], earlier }))
  }

  #found(routing: Routing, found: Found): void {
    routing.found = found
    for (let first = this.#line[0]; first?.found; first = this.#line[0]) {
      this.#line.shift()
      this.#pass(first, first.found)
    }
  }

  // The store is away: it is asked until it is back.
  #lookAgain(routing: Routing): void {
    this.#parts.clock.after(limits.pollMs, () => {
      if (!this.#isStopped) this.#find(routing)
    })
  }

  /** The commands whose instances wait for an event, as it was when it happened. */
  #waiting(event: RecordedEvent): Maybe<readonly string[]> {
    const { entities } = this.#parts.store
    const lists = keysOf(event).map(key => entities.holdersAt(`${instanceType}/listens`, key, event.t))
    const joined = (found: readonly (readonly string[])[]) => [...new Set(found.flat())].map(commandIdOf)
    const now = lists.filter((list): list is readonly string[] => !(list instanceof Promise))
    return now.length === lists.length ? joined(now) : Promise.all(lists.map(async list => list)).then(joined)
  }

  #pass(routing: Routing, { ids, earlier }: Found): void {
    const { event } = routing
    const place = placeOf(event)
    const work: Promise<void>[] = []
    if (ofLife.has(event.type)) {
      this.#passLife(event, place, work)
      for (const one of earlier) work.push(this.#wake(commandIdOf(event.stream.id), heardAs(one, false)))
    } else if (isAddressed(event)) {
      work.push(this.#wake(commandIdOf(event.stream.id), heardAs(event, true)))
    } else {
      for (const id of ids) work.push(this.#wake(id, heardAs(event, false)))
      for (const workflow of this.#starters.get(event.type) ?? []) this.#start(workflow, event, work)
    }
    const passed = () => {
      routing.mode = "done"
      this.#lowWater.left()
      this.#ledger.progressed()
      this.#goOn()
    }
    // What could not be brought is brought by the next one, from the checkpoint on.
    const [first] = work
    if (first !== undefined && work.length === 1) first.then(passed, () => this.#goOn())
    else
      void Promise.allSettled(work).then(results =>
        results.some(({ status }) => status === "rejected") ? this.#goOn() : passed(),
      )
  }

  #passLife(event: RecordedEvent, place: number, work: Promise<void>[]): void {
    // Events of this type have this data.
    const { sends, parent, ended } = event.data as unknown as LifeEventData
    for (const sending of sends ?? []) work.push(this.#sender.send(sending, event))
    if (parent !== undefined && ended !== undefined) {
      work.push(this.#wake(parent, { kind: "child", place, child: ended }))
    }
    if (event.type !== "CommandEnded") this.#parts.stepped(event)
  }

  #start(workflow: Workflow, event: RecordedEvent, work: Promise<void>[]): void {
    const { ids, journal } = this.#parts
    try {
      const starting = workflow.startedBy[event.type]?.(event)
      if (starting === null || starting === undefined) return
      const id = ids.of(event.id, `start:${workflow.type}`)
      const command: Command = { id, type: workflow.type, target: starting.target, data: starting.data }
      work.push(this.#sender.start(command, event, starting.owner))
    } catch (error) {
      journal.error("A workflow could not be started by an event", { workflow: workflow.type, event: event.id, error })
    }
  }

  #wake(id: string, arrival: Arrival): Promise<void> {
    return this.#parts.wake(id, arrival)
  }

  #goOn(): void {
    if (this.#isStopped) {
      if (this.#lowWater.countOpen === 0) this.#ended?.()
      return
    }
    if (this.#lowWater.countOpen <= limits.wakesAtOnceMax / 2) this.#follower.wake()
    this.#changed()
  }

  #moved(): void {
    if (this.#follower.read - this.#ledger.written >= limits.pageEventsMax) this.#ledger.progressed()
    this.#changed()
  }
}

/** Whether an instance says of itself what concerns nobody else. */
function leadsNowhere({ type, data }: RecordedEvent): boolean {
  if (!ofLife.has(type)) return false
  // Events of this type have this data.
  const { sends, parent, since } = data as unknown as LifeEventData
  return sends === undefined && parent === undefined && since === undefined
}

const nobody: Found = { ids: [], earlier: [] }

function placeOf({ t, n }: RecordedEvent): number {
  return t * placesPerT + n
}

function heardAs(event: RecordedEvent, isAddressed: boolean): Arrival {
  return { kind: "event", place: placeOf(event), event, isAddressed }
}

function then<From, To>(asked: Maybe<From>, make: (from: From) => To): Maybe<To> {
  return asked instanceof Promise ? asked.then(make) : make(asked)
}

/** The types of the events that instances of a workflow may wait for. */
export function eventsOf({ on }: Workflow): readonly string[] {
  return Object.values(on).flatMap(({ hears }) => (hears.kind === "event" ? [hears.event] : []))
}

function startersOf(workflows: readonly Workflow[]): ReadonlyMap<string, readonly Workflow[]> {
  const starters = new Map<string, Workflow[]>()
  for (const workflow of workflows) {
    for (const type of Object.keys(workflow.startedBy)) {
      const known = starters.get(type)
      if (known === undefined) starters.set(type, [workflow])
      else known.push(workflow)
    }
  }
  return starters
}

// Told to one instance and to no other, whoever waits for the like of it.
function isAddressed(event: RecordedEvent): boolean {
  return event.stream.type === instanceType && !ofLife.has(event.type)
}
