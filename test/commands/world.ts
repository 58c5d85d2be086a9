import { openDaybook } from "../../src/app/open.ts"
import type { Daybook } from "../../src/daybook.ts"
import type { App } from "../../src/kernel/app.ts"
import type { Document } from "../../src/kernel/entity.ts"
import type { Instance } from "../../src/kernel/instance.ts"
import type { JsonObject } from "../../src/kernel/json.ts"
import type { Command, Outcome, RecordedEvent, Target } from "../../src/kernel/message.ts"
import { Refusal } from "../../src/kernel/refusal.ts"
import type { Finding } from "../../src/ports/maintenance.ts"
import type { Store } from "../../src/ports/store.ts"
import { simulatedClock, type SimulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { beginLife } from "../../src/testing/life.ts"
import { memoryStore } from "../../src/testing/memory-store.ts"
import { testStore, testStoreVariable } from "../../src/testing/test-store.ts"

type StoreName = "memory" | "sqlite" | "PostgreSQL"

/** The stores that everything is tried on: that of the environment, if it names one. */
export const storeNames: readonly StoreName[] =
  process.env[testStoreVariable] === undefined ? ["memory", "sqlite"] : ["PostgreSQL"]

export type Options = {
  readonly adapters?: Readonly<Record<string, unknown>>
  /** What stands between the daybook and its store. */
  readonly wrap?: (store: Store) => Store
}

type Rest = Partial<Pick<Command, "id" | "expectedVersion" | "occurredAt" | "basisT">> & {
  as?: string
  waitMs?: number
}

/** An application on a store, under simulated time. */
export class World {
  readonly clock: SimulatedClock
  store!: Store
  readonly journal: { sentence: string; facts: unknown }[] = []
  readonly counted = new Map<string, number>()
  daybook!: Daybook
  #crash = () => {}
  #ids = seededIds(1)
  #app: App
  readonly #options: Options

  private constructor(app: App, options: Options) {
    this.#app = app
    this.#options = options
    this.clock = simulatedClock()
  }

  static async on(name: StoreName, app: App, options: Options = {}): Promise<World> {
    const world = new World(app, options)
    world.store = name === "memory" ? memoryStore({ clock: world.clock }) : await testStore(world.clock)
    await world.#open()
    return world
  }

  async #open(): Promise<void> {
    const { adapters = {}, wrap = (store: Store) => store } = this.#options
    const life = beginLife(this.clock, wrap(this.store), { ...this.#app.adapters, ...adapters })
    this.#crash = () => life.end()
    const note = (sentence: string, facts?: unknown) => void this.journal.push({ sentence, facts })
    const journal = { info: note, warn: note, error: note }
    const count = (name: string, labels?: object, by = 1) => {
      const key = [name, ...Object.values(labels ?? {})].join(" ")
      this.counted.set(key, (this.counted.get(key) ?? 0) + by)
    }
    const metrics = { count, gauge() {}, time: (name: string) => count(name) }
    this.daybook = await openDaybook(this.#app, { ...life.parts, ids: this.#ids, journal, metrics })
  }

  /** Ends as `kill -9` would, and starts again on what was kept, with another app if there is one. */
  async restart(app: App = this.#app): Promise<void> {
    this.#crash()
    this.#app = app
    await this.#open()
  }

  /** Asks for a command, and does not let time pass. */
  ask(type: string, target: Target | null, data: JsonObject = {}, rest: Rest = {}): Promise<Outcome> {
    const { as: actor = "ann", waitMs, ...said } = rest
    const command: Command = { id: this.#ids.next(), type, target, data, ...said }
    return this.daybook.request(command, { actor }, waitMs === undefined ? {} : { waitMs })
  }

  /** Asks for a `Transact`. */
  transact(ops: JsonObject[], rest: Rest = {}): Promise<Outcome> {
    return this.ask("Transact", null, { ops }, rest)
  }

  async events(): Promise<readonly RecordedEvent[]> {
    const found: RecordedEvent[] = []
    for (let after = 0, isEnd = false; !isEnd;) {
      const page = await this.daybook.events(after, { limit: 1_000 })
      found.push(...page.events.map(({ event }) => event))
      after = page.reached
      isEnd = page.isEnd
    }
    return found
  }

  async document(id: string): Promise<Document | null> {
    return (await this.daybook.entity(id))?.document ?? null
  }

  async instance(id: string): Promise<Instance> {
    const found = await this.daybook.command(id)
    if (found === null || !("state" in found)) throw new Error(`There is no instance ${id}`)
    return found
  }

  async findings(): Promise<readonly Finding[]> {
    const found: Finding[] = []
    for await (const finding of this.daybook.verify()) found.push(finding)
    return found
  }
}

/** The refusal that a promise rejects with. */
export async function refusalOf(promise: Promise<unknown>): Promise<Refusal> {
  const thrown: unknown = await promise.then(
    value => new Error(`Not refused: ${JSON.stringify(value)}`),
    (error: unknown) => error,
  )
  if (thrown instanceof Refusal) return thrown
  throw thrown instanceof Error ? thrown : new Error(String(thrown))
}

/** The faults of a refusal, as `path code`. */
export async function faultsOf(promise: Promise<unknown>): Promise<readonly string[]> {
  return (await refusalOf(promise)).faults.map(({ path, code }) => `${path} ${code}`)
}

/** A promise that a test keeps, or breaks, when it wants. */
export function gate<Value = void>() {
  return Promise.withResolvers<Value>()
}
