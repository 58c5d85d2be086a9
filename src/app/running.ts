import type { Dispatcher } from "../commands/dispatcher.ts"
import type { Routes } from "../commands/routes.ts"
import type { Catalogue, Daybook, DeadLetter, ProjectionStatus } from "../daybook.ts"
import type { App } from "../kernel/app.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Document, EntityAt } from "../kernel/entity.ts"
import type { Ids } from "../kernel/ids.ts"
import { limits } from "../kernel/limits.ts"
import type { Asker, Command, Outcome, RecordedEvent, T } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { Snapshot } from "../kernel/snapshot.ts"
import type { CommandFilter } from "../ports/commands.ts"
import type { Journal } from "../ports/journal.ts"
import type { Finding } from "../ports/maintenance.ts"
import type { Metrics } from "../ports/metrics.ts"
import type { Store } from "../ports/store.ts"
import type { Consumers } from "../processors/start.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import { catalogueOf } from "./catalogue.ts"
import type { Feed } from "./feed.ts"
import type { Files } from "./files.ts"
import type { Reading } from "./reading.ts"
import { verifyRebuild } from "./rebuild.ts"
import { snapshotAt } from "./snapshot.ts"
import type { Upcast } from "./upcast.ts"

/** What an opened application is made of. */
export type Running = {
  readonly app: App
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly metrics: Metrics
  readonly journal: Journal
  readonly routes: Routes
  readonly dispatcher: Dispatcher
  readonly consumers: Consumers
  readonly reading: Reading
  readonly feed: Feed
  readonly files: Files
  readonly upcast: Upcast
  readonly outward: Upcast
  readonly stop: () => Promise<void>
}

/** A running application, as one object: each call goes to the part that answers it. */
export class RunningDaybook implements Daybook {
  readonly #parts: Running
  readonly app: App
  readonly schema: CompiledSchema
  readonly clock: Clock
  readonly ids: Ids
  readonly metrics: Metrics
  readonly journal: Journal
  readonly commands: (filter: CommandFilter) => ReturnType<Daybook["commands"]>
  readonly command: Daybook["command"]
  readonly children: Daybook["children"]
  readonly events: Daybook["events"]
  readonly stream: Daybook["stream"]
  readonly tAt: Daybook["tAt"]
  readonly upload: Daybook["upload"]
  readonly download: Daybook["download"]
  #closing: Promise<void> | null = null

  constructor(parts: Running) {
    this.#parts = parts
    this.app = parts.app
    this.schema = parts.routes.schema
    this.clock = parts.clock
    this.ids = parts.ids
    this.metrics = parts.metrics
    this.journal = parts.journal
    const { reading, files } = parts
    this.command = id => reading.command(id)
    this.commands = filter => reading.commands(filter)
    this.children = id => reading.children(id)
    this.events = (after, options) => reading.events(after, options)
    this.stream = (id, from, limit) => reading.stream(id, from, limit)
    this.tAt = instant => reading.tAt(instant)
    this.upload = (bytes, mediaType) => files.upload(bytes, mediaType)
    this.download = id => files.download(id)
  }

  async request(command: Command, asker: Asker, { waitMs }: { waitMs?: number } = {}): Promise<Outcome> {
    const outcome = await this.#parts.dispatcher.request(command, asker, waitMs)
    return { ...outcome, events: outcome.events.map(e => this.#parts.outward(e)) }
  }

  follow(after: T, { types, signal }: { types?: readonly string[]; signal: AbortSignal }) {
    return this.#parts.feed.follow(after, types, signal)
  }

  async streams(options: { type?: string; after?: string; limit: number }) {
    return this.#parts.store.log.streams(options)
  }

  async entity(id: string): Promise<EntityAt | null> {
    return this.#parts.store.entities.at(id, await this.basis())
  }

  async snapshot(t?: T): Promise<Snapshot> {
    // What is still to come would not be a value: it is everything as it is now.
    const basis = await this.basis()
    return snapshotAt(this.#parts.store.entities, t === undefined ? basis : Math.min(t, basis))
  }

  async basis(): Promise<T> {
    return this.#parts.store.basis()
  }

  catalogue(): Catalogue {
    return catalogueOf(this.app, this.#parts.routes)
  }

  async rows(projection: string, keys: readonly string[]): Promise<ReadonlyMap<string, Document>> {
    return this.#parts.consumers.rows(projection, keys)
  }

  async list(projection: string, options: { after?: string; limit: number }) {
    return this.#parts.consumers.list(projection, options)
  }

  async projections(): Promise<readonly ProjectionStatus[]> {
    return this.#parts.consumers.projections()
  }

  rebuild(projection: string): Promise<void> {
    return this.#parts.consumers.rebuild(projection)
  }

  waitFor(t: T, options: { projection?: string; timeoutMs?: number } = {}): Promise<void> {
    return this.#parts.consumers.waitFor(t, options)
  }

  async deadLetters({ limit, after }: { limit: number; after?: string }): Promise<readonly DeadLetter[]> {
    const { deliveries, log } = this.#parts.store
    const dead = await deliveries.dead(after === undefined ? { limit } : { limit, after: letterId(after) })
    return Promise.all(
      dead.map(async letter => {
        const logged = (await log.transaction(letter.t)).find(l => l.event.n === letter.n)
        const event: RecordedEvent | null = logged === undefined ? null : this.#parts.outward(logged.event)
        return { ...letter, id: `${letter.consumer}:${letter.t}:${letter.n}`, event }
      }),
    )
  }

  redrive(id: string): Promise<void> {
    return this.#parts.consumers.redrive(letterId(id))
  }

  drop(id: string): Promise<void> {
    return this.#parts.consumers.drop(letterId(id))
  }

  async *verify(): AsyncGenerator<Finding> {
    const { store, routes, upcast } = this.#parts
    yield* store.maintenance.verify()
    yield* verifyRebuild(store, routes, upcast)
  }

  backup(path: string): Promise<void> {
    return this.#parts.store.maintenance.backup(path)
  }

  async about() {
    return this.#parts.store.maintenance.about()
  }

  /** What one part finishes may give another one work: only when both rest at once is nothing left. */
  async drain(): Promise<void> {
    const { dispatcher, consumers } = this.#parts
    for (let rounds = 0; rounds < limits.messagesPerDrainMax; rounds++) {
      await dispatcher.idle()
      await consumers.idle()
      if (!dispatcher.busy && !consumers.busy()) return
    }
    throw new Error("Cannot be: messages cause messages without end")
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#parts.stop().then(() => this.#parts.store.close()))
  }
}

function letterId(id: string): { consumer: string; t: T; n: number } {
  const found = /^(.+):(\d+):(\d+)$/.exec(id)
  if (found === null) throw new Refusal("not-found", `There is no dead letter ${id}`, { id })
  return { consumer: found[1]!, t: Number(found[2]), n: Number(found[3]) }
}
