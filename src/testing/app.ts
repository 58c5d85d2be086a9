import { openDaybook } from "../app/open.ts"
import type { Daybook } from "../daybook.ts"
import type { App } from "../kernel/app.ts"
import type { Maybe, Request } from "../kernel/handler.ts"
import type { JsonObject } from "../kernel/json.ts"
import type { Command, Event, Outcome, Target } from "../kernel/message.ts"
import type { FileStore } from "../ports/files.ts"
import type { Store } from "../ports/store.ts"
import { simulatedClock, type SimulatedClock } from "./clock.ts"
import { readingOf, type TestReading } from "./app-reading.ts"
import { seededIds } from "./ids.ts"
import { beginLife, type Life } from "./life.ts"
import { memoryFiles } from "./memory-files.ts"
import { spy, type Spy } from "./spy.ts"
import { testStore } from "./test-store.ts"

/** What a test app may be told. */
export type TestAppOptions = {
  /** When it begins: ISO 8601. */
  readonly start?: string
  /** In the place of the app's own, by their names. All others are fakes that answer nothing. */
  readonly adapters?: Readonly<Record<string, unknown>>
  /** Of its ids and its chance. */
  readonly seed?: number | string
  /**
   * A store, or how one is opened: then it is closed and opened again with each restart. Else one in memory, or in the
   * database that the environment names as DAYBOOK_TEST_STORE.
   */
  readonly store?: Store | ((clock: SimulatedClock) => Maybe<Store>)
  /** Where the bytes of files are. Else in memory, also over a restart. */
  readonly files?: FileStore
}

/** Who asks, and what else a command may say. */
export type Sending = Partial<Pick<Command, "id" | "expectedVersion" | "occurredAt" | "basisT">> & {
  readonly as?: string
}

/** A whole application, running under simulated time. */
export type TestApp = TestReading & {
  /** The running application: another one after a restart. */
  readonly daybook: Daybook
  readonly clock: SimulatedClock

  /** Asks for a command of an app, by its type and its target or the target's id; resolves as far as it gets by now. */
  send(type: string, target: string | Target | null, data?: JsonObject, sending?: Sending): Promise<Outcome>
  /** The same with a command that was made by the app's own words. */
  ask(request: Request, sending?: Sending): Promise<Outcome>

  /** Tells of something that happened outside: whoever listens is started or woken. */
  outside(event: Pick<Event, "type" | "data">, sending?: Sending): Promise<Outcome>
  /** Tells one lasting command of it. */
  signal(id: string, event: Pick<Event, "type" | "data">, sending?: Sending): Promise<Outcome>

  /** Lets everything happen that is to happen now, until nothing is left to do. */
  settle(): Promise<void>
  /** Lets time pass, with all that falls due on the way. */
  advance(ms: number): Promise<void>
  /** Goes on to an instant, with all that falls due on the way. */
  at(instant: string): Promise<void>
  /** Ends as a crash would, between two steps, and starts again on what was kept. */
  restart(): Promise<void>
  close(): Promise<void>

  /** What an adapter was asked so far, over all restarts. */
  adapter(name: string): Spy<unknown>
}

/** Opens an app under simulated time, on a store in memory unless another is given, with fakes for its adapters. */
export async function testApp(app: App, options: TestAppOptions = {}): Promise<TestApp> {
  const clock = simulatedClock(options.start)
  const ids = seededIds(options.seed)
  const names = new Set([...Object.keys(app.adapters), ...Object.keys(options.adapters ?? {})])
  const spies = new Map([...names].map(name => [name, spy(name, options.adapters?.[name])]))
  const stores = storesOf(options.store, clock)
  const files = options.files ?? memoryFiles({ clock })

  let store = await stores.open()
  let life: Life = beginLife(clock, store, adaptersOf(spies))
  let daybook = await openDaybook(app, { ids, files, ...life.parts })

  const settle = async () => {
    await daybook.drain()
    await clock.idle()
  }
  const ask = (request: Request, sending: Sending = {}) => {
    const asked = life
    return askNow({ daybook, clock, isOver: () => asked !== life }, request, sending)
  }

  return {
    get daybook() {
      return daybook
    },
    clock,
    ask,
    send: (type, target, data = {}, sending) => ask({ type, target: targetOf(daybook, type, target), data }, sending),
    outside: (event, sending) => ask(received(event), sending),
    signal: (to, event, sending) => ask(received(event, { to }), sending),
    settle,
    async advance(ms) {
      await clock.advance(ms)
      await settle()
    },
    async at(instant) {
      await clock.set(instant)
      await settle()
    },
    async restart() {
      life.end()
      if (stores.reopens) {
        await store.close()
        store = await stores.open()
      }
      life = beginLife(clock, store, adaptersOf(spies))
      daybook = await openDaybook(app, { ids, files, ...life.parts })
    },
    close: () => daybook.close(),

    ...readingOf(() => daybook),
    adapter(name) {
      const found = spies.get(name)
      if (found === undefined) throw new Error(`The app has no adapter ${name}; it has ${[...names].join(", ")}`)
      return found
    },
  }
}

function received({ type, data }: Pick<Event, "type" | "data">, to: { to?: string } = {}): Request {
  return { type: "ReceiveEvent", target: null, data: { type, data, ...to } }
}

function storesOf(store: TestAppOptions["store"], clock: SimulatedClock) {
  if (typeof store === "function") return { open: async () => store(clock), reopens: true }
  return { open: async () => store ?? testStore(clock), reopens: false }
}

function adaptersOf(spies: ReadonlyMap<string, Spy<unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...spies].map(([name, { adapter }]) => [name, adapter]))
}

function targetOf(daybook: Daybook, type: string, target: string | Target | null): Target | null {
  if (typeof target !== "string") return target
  const wanted = daybook.schema.commands.get(type)?.target
  return { type: wanted ?? "", id: target }
}

type Asked = { readonly daybook: Daybook; readonly clock: SimulatedClock; readonly isOver: () => boolean }

// A command that waits for its time, or for the outside, must not keep a test waiting whose time stands still.
async function askNow(asked: Asked, request: Request, sending: Sending): Promise<Outcome> {
  const { daybook, clock, isOver } = asked
  const { as: actor = "system", ...said } = sending
  const command: Command = { id: daybook.ids.next(), ...request, ...said }
  let ended = false
  const outcome = daybook.request(command, { actor }).finally(() => (ended = true))
  // Where it is given up below, nobody else hears how it ended.
  outcome.catch(() => {})
  for (;;) {
    await clock.idle()
    if (ended) return outcome
    if (isOver()) throw new Error(`The app was restarted before ${command.type} was answered`)
    const instance = await daybook.command(command.id)
    if (instance === null || !("state" in instance)) continue
    if (instance.state === "retrying" || instance.state === "waiting") {
      return { id: command.id, state: instance.state, t: instance.t, events: [] }
    }
  }
}
