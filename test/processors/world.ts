import type { Clock } from "../../src/kernel/clock.ts"
import type { Document } from "../../src/kernel/entity.ts"
import type { Maybe } from "../../src/kernel/handler.ts"
import type { Asker, Command, Outcome, RecordedEvent } from "../../src/kernel/message.ts"
import type { JsonObject } from "../../src/kernel/json.ts"
import type { Processor } from "../../src/kernel/processor.ts"
import type { Projection } from "../../src/kernel/projection.ts"
import { Refusal } from "../../src/kernel/refusal.ts"
import type { Journal } from "../../src/ports/journal.ts"
import type { Metrics } from "../../src/ports/metrics.ts"
import type { Store } from "../../src/ports/store.ts"
import type { Committed, DeliveryWrite, TransactionWrite, Write, WriteOutcome } from "../../src/ports/write.ts"
import { Leases } from "../../src/processors/leases.ts"
import { startConsumers, type Consumers, type ProcessorParts } from "../../src/processors/start.ts"
import { compileSchema } from "../../src/schema/compile.ts"
import { simulatedClock, type SimulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { emptyMemory, memoryStore, type Memory } from "../../src/testing/memory-store.ts"
import { aChange, anEvent, anInstance, aTransaction } from "../../src/testing/writes.ts"

const thing = { n: { type: "integer" }, m: { type: "integer" } } as const

/** The types that the events and entities of these tests have. */
export const schema: ProcessorParts["schema"] = {
  version: 1,
  entities: compileSchema({
    daybook: 1,
    name: "world",
    version: 1,
    entities: {
      Thing: { attributes: thing },
      Message: { abstract: { attributes: thing }, variants: { Sms: {}, Letter: {} } },
      Tagged: { attributes: { tags: { type: "string", many: true } } },
    },
  }).entities,
  events: new Map(["Put", "Noted", "Paid", "Counted"].map(type => [type, { version: 1, validate: () => [] }] as const)),
}

/** What is called just before something happens, and what may break it: throw, and it did not happen. */
export type Meddling = {
  readonly beforeRequest?: (command: Command) => void | Promise<void>
  readonly beforeWrite?: (write: Write) => void | Promise<void>
  /** After a page of the log was read, and before anybody sees it. */
  readonly readLog?: () => void | Promise<void>
  /** Before a lease is asked for, renewed or given back, or leases are listed. */
  readonly beforeLease?: () => void
  /** After a commit, before anybody hears of it. */
  readonly afterCommit?: () => void
  /** Whether the transactions that projections write are not reported to anybody. */
  readonly isSilent?: boolean
}

/** A run of the processors on a memory that outlives it. */
export type Run = {
  readonly consumers: Consumers
  /** Ends it as `kill -9` does: nothing that it had begun goes on, and nobody hears of it again. */
  readonly kill: () => void
  /** Stops it as a machine does that is out of memory or asleep: nothing goes on until it is woken. */
  readonly sleep: () => void
  readonly wake: () => void
  readonly leases: Leases
}

/** Whether a run goes on: `awake` resolves when it is not asleep. */
type Living = { alive: boolean; awake: Promise<void> | null }

/** A store, a clock and a small engine in place of the real one, on which processors run. */
export class World {
  readonly memory: Memory = emptyMemory()
  readonly clock: SimulatedClock = simulatedClock()
  readonly store: Store
  readonly requests: { readonly command: Command; readonly asker: Asker }[] = []
  readonly deliveryWrites: DeliveryWrite[] = []
  readonly journal: { readonly level: string; readonly sentence: string }[] = []
  readonly counted = new Map<string, number>()
  readonly gauges = new Map<string, number>()
  readonly timed: string[] = []
  readonly #listeners: Listeners = new Set()
  readonly #isShared: boolean
  #commands = 0
  #runs = 0

  /** Where it is shared, each run is a process of its own beside the others; else one takes the place of the last. */
  constructor({ isShared = false }: { isShared?: boolean } = {}) {
    this.#isShared = isShared
    this.store = memoryStore({ memory: this.memory, clock: this.clock, isShared })
  }

  get basis(): number {
    return this.memory.transactions.length
  }

  /** Somebody asks for a command: the thing becomes what is said, by an event of this type. */
  put(id: string, document: Document | null, said: { type?: string; entity?: string; data?: JsonObject } = {}): void {
    const { type = "Put", entity = "Thing", data = { document } } = said
    const id_ = `user-${(this.#commands += 1)}`
    this.#commit(this.#transaction({ id: id_, type: "Put", target: { type: entity, id }, data }, type, document))
  }

  /** Several events of one transaction, each about a thing of its own. */
  putAll(ids: readonly string[], type = "Put"): void {
    const id = `user-${(this.#commands += 1)}`
    const events = ids.map((thing, n) => {
      const kind = "created" as const
      const stream = { id: thing, version: this.#version(thing) + 1 }
      return anEvent({ id: seededIds().of(id, n), type, stream, data: {}, kind })
    })
    this.#commit(aTransaction({ id, events, changes: ids.map(thing => aChange(thing, null, { n: 1 })) }))
  }

  async start(
    processors: readonly Processor[],
    projections: readonly Projection[] = [],
    options: { adapters?: Record<string, unknown>; meddling?: Meddling; seed?: number } = {},
  ): Promise<Run> {
    const living: Living = { alive: true, awake: null }
    this.#runs += 1
    const own: Listeners = new Set()
    const parts = this.#parts(living, this.#isShared ? { seed: this.#runs, ...options } : options, own)
    const consumers = await startConsumers(processors, projections, parts)
    const listener = (report: Committed) => living.alive && consumers.committed(report)
    const listeners = this.#isShared ? own : this.#listeners
    listeners.add(listener)
    const silence = parts.store.onBell(() => whenAwake(living, () => consumers.rang()))
    let waken = () => {}
    return {
      consumers,
      leases: parts.leases,
      kill() {
        living.alive = false
        listeners.delete(listener)
        silence()
      },
      sleep() {
        const { promise, resolve } = Promise.withResolvers<void>()
        living.awake = promise
        waken = resolve
      },
      wake() {
        living.awake = null
        waken()
      },
    }
  }

  /** One turn of the event loop. */
  turn(): Promise<void> {
    return turnOf(this.clock)
  }

  /** Lets time pass until nothing waits any more. */
  async finish(): Promise<void> {
    await this.clock.idle()
    for (let next = this.clock.nextDue(); next !== null; next = this.clock.nextDue()) await this.clock.advance(next)
  }

  /** What was asked for, in order, each command once: its note. */
  notes(thing: string): readonly string[] {
    return notesOf(this.#document(thing))
  }

  #parts(
    living: Living,
    {
      adapters = {},
      meddling = {},
      seed = 1,
    }: { adapters?: Record<string, unknown>; meddling?: Meddling; seed?: number },
    own: Listeners,
  ): ProcessorParts {
    const store = this.#isShared ? sharedStore(this.memory, this.clock, living, meddling) : this.store
    const clock = livingClock(this.clock, living)
    const tell = this.#isShared ? own : this.#listeners
    const ids = seededIds(seed)
    const journal = this.#journal()
    const stillAlive = () => living.alive
    const guard = async <Result>(before: () => void | Promise<void>, work: () => Result): Promise<Result> => {
      if (living.alive) await before()
      // A turn later, as with a real engine: what comes within one turn is committed together.
      await turnOf(this.clock)
      await awakened(living)
      const never = new Promise<never>(() => {})
      if (!living.alive) return never
      const result = work()
      meddling.afterCommit?.()
      await awakened(living)
      return stillAlive() ? result : never
    }
    const log = {
      ...store.log,
      read(...args: Parameters<Store["log"]["read"]>) {
        const page = store.log.read(...args)
        const delay = meddling.readLog?.()
        return delay === undefined ? page : delay.then(() => page)
      },
    }
    return {
      store: { ...store, log },
      clock,
      ids,
      metrics: this.#metrics(),
      journal,
      leases: new Leases({ store, clock, ids, journal }),
      schema,
      adapters,
      request: (command, asker) =>
        guard(
          () => meddling.beforeRequest?.(command),
          () => this.#request(command, asker, store, tell),
        ),
      write: write =>
        guard(
          () => meddling.beforeWrite?.(write),
          () => this.#write(write, store, meddling.isSilent === true ? new Set() : tell),
        ),
      snapshot: t => ({
        t,
        entity: async id => store.entities.at(id, t),
        idsBy: async () => [],
        idsOf: async () => [],
      }),
      aborting() {
        const controller = new AbortController()
        return { signal: controller.signal, abort: (reason: Error) => controller.abort(reason) }
      },
      upcast: event => event,
    }
  }

  #request(command: Command, asker: Asker, store = this.store, tell = this.#listeners): Outcome {
    if (command.type === "Nonsense") throw new Refusal("unknown-command", "There is no command Nonsense")
    this.requests.push({ command, asker })
    const { id, data, target } = command
    const before = this.#document(target!.id)
    const notes = [...notesOf(before), data["note"] as string]
    this.#commit(this.#transaction(command, "Noted", { ...before, notes }, asker), store, tell)
    return { id, state: "succeeded", t: this.basis, events: [] }
  }

  #write(write: Write, store: Store, tell: Listeners): WriteOutcome {
    if (write.kind === "deliveries") this.deliveryWrites.push(write)
    return this.#commit(write, store, tell)
  }

  #commit(write: Write, store: Store = this.store, tell: Listeners = this.#listeners): WriteOutcome {
    const [outcome] = store.commit([write]) as readonly WriteOutcome[]
    if (write.kind === "transaction" && outcome!.kind === "done") this.#report(write, tell)
    return outcome!
  }

  #report(write: TransactionWrite, listeners: Listeners): void {
    const { t, at, events } = this.memory.transactions.at(-1)!
    const report = { t, at, events: events.map(e => e.event), kinds: events.map(e => e.kind), changes: write.changes }
    for (const tell of listeners) tell(report)
  }

  #transaction(command: Command, type: string, document: Document | null, asker?: Asker): TransactionWrite {
    const { type: entity, id } = command.target!
    const before = this.#document(id)
    const kind = document === null ? "retracted" : before === null ? "created" : "changed"
    const stream = { type: entity, id, version: this.#version(id) + 1 }
    const event = anEvent({ id: seededIds().of(command.id, 0), type, stream, data: command.data, kind })
    const { parent = null, correlationId = command.id } = asker ?? {}
    return aTransaction({
      id: command.id,
      instance: anInstance({ command, parent, correlationId }),
      events: [event],
      changes: [{ ...aChange(id, before, document), type: entity, values: [] }],
    })
  }

  #document(id: string): Document | null {
    return this.memory.versions.get(id)?.at(-1)?.document ?? null
  }

  #version(id: string): number {
    return this.memory.streams.get(id)?.events.length ?? 0
  }

  #metrics(): Metrics {
    const key = (name: string, labels: Readonly<Record<string, string>> = {}) =>
      [name, ...Object.values(labels)].join(" ")
    return {
      count: (name, labels, by = 1) =>
        void this.counted.set(key(name, labels), (this.counted.get(key(name, labels)) ?? 0) + by),
      gauge: (name, value, labels) => void this.gauges.set(key(name, labels), value),
      time: (name, _seconds, labels) => void this.timed.push(key(name, labels)),
    }
  }

  #journal(): Journal {
    const say = (level: string) => (sentence: string) => void this.journal.push({ level, sentence })
    return { info: say("info"), warn: say("warn"), error: say("error") }
  }
}

type Listeners = Set<(report: Committed) => void>

/** A clock that stands still for who is dead, and is behind for who is asleep. */
function livingClock(clock: SimulatedClock, living: Living): Clock {
  return {
    ...clock,
    soon: work => clock.soon(() => whenAwake(living, work)),
    after: (ms, work) => clock.after(ms, () => whenAwake(living, work)),
  }
}

function whenAwake(living: Living, work: () => void): void {
  if (living.awake !== null) void living.awake.then(() => whenAwake(living, work))
  else if (living.alive) work()
}

/** A process's own way to a memory that others work on. Asking for leases takes a turn, like asking another machine. */
function sharedStore(memory: Memory, clock: SimulatedClock, living: Living, meddling: Meddling): Store {
  const store = memoryStore({ memory, clock, isShared: true })
  const later = <Args extends unknown[], Result>(work: (...args: Args) => Maybe<Result>) => {
    return async (...args: Args): Promise<Result> => {
      await turnOf(clock)
      await awakened(living)
      meddling.beforeLease?.()
      return living.alive ? work(...args) : new Promise<never>(() => {})
    }
  }
  const leases: Store["leases"] = {
    isShared: true,
    take: later((...args) => store.leases.take(...args)),
    renew: later((...args) => store.leases.renew(...args)),
    release: later((...args) => store.leases.release(...args)),
    held: later(() => store.leases.held()),
  }
  return { ...store, leases }
}

function turnOf(clock: SimulatedClock): Promise<void> {
  return new Promise(resolve => {
    clock.soon(resolve)
  })
}

function notesOf(document: Document | null): readonly string[] {
  return (document?.["notes"] as readonly string[] | undefined) ?? []
}

/** A processor with the usual said. */
export function aProcessor(said: Partial<Processor> & Pick<Processor, "run">): Processor {
  return { kind: "processor", name: "p", on: ["Put"], mode: "pure", from: "beginning", ...said }
}

/** A command that notes something on a thing. */
export function note(thing: string, text: string) {
  return { type: "Note", target: { type: "Thing", id: thing }, data: { note: text } }
}

/** The note that an event is about. */
export function noteOf(event: RecordedEvent): string {
  return event.data["note"] as string
}

/** For sorting texts. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

/** What an event is called in these tests: its stream and version. */
export function nameOf(event: RecordedEvent): string {
  return `${event.stream.id}.${event.stream.version}`
}

/** Resolves when a process that is asleep is awake again. */
async function awakened(living: { readonly awake: Promise<void> | null }): Promise<void> {
  while (living.awake !== null) await living.awake
}

/** An effect that notes what others have noted, and fails now and then, as the dice say; with its keys, one a call. */
export function seeing(dice: () => number, chance: number, called: string[]): Processor {
  return aProcessor({
    name: "second",
    on: ["Noted"],
    mode: "effect",
    attemptsMax: 1_000,
    run({ event, key }: { event: RecordedEvent; key: string }) {
      if (event.stream.id.startsWith("seen")) return null
      called.push(key)
      if (dice() < chance) throw new Error("now and then")
      return note(`seen-${event.stream.id}`, noteOf(event))
    },
  })
}
