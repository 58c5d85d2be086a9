import type { Dispatcher } from "../commands/dispatcher.ts"
import type { Routes } from "../commands/routes.ts"
import type { Archived, Catalogue, Daybook, DeadLetter, For, ProjectionStatus, Restored } from "../daybook.ts"
import type { App } from "../kernel/app.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Document, EntityAt } from "../kernel/entity.ts"
import type { Ids } from "../kernel/ids.ts"
import { limits } from "../kernel/limits.ts"
import type { Asker, Command, Outcome, T } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { Snapshot } from "../kernel/snapshot.ts"
import type { Journal } from "../ports/journal.ts"
import type { Finding } from "../ports/maintenance.ts"
import type { Metrics } from "../ports/metrics.ts"
import type { Store } from "../ports/store.ts"
import type { Consumers } from "../processors/start.ts"
import type { Workflows } from "../workflows/start.ts"
import type { Live } from "../queries/live/live.ts"
import type { Queries } from "../queries/queries.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import { system } from "../security/security.ts"
import type { Archive } from "./archive.ts"
import { catalogueOf } from "./catalogue.ts"
import type { Files } from "./files.ts"
import type { Reading } from "./reading.ts"
import type { AboutRights } from "./rights.ts"
import type { Seen } from "./seen.ts"
import { verifyRebuild } from "./rebuild.ts"
import type { Lasting } from "./lasting.ts"
import type { Shown } from "./shown.ts"
import { snapshotAt } from "./snapshot.ts"
import type { Upcast } from "./upcast.ts"
import { watched } from "./watching.ts"

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
  readonly archive: Archive
  readonly consumers: Consumers
  /** Null: the app has no workflows. */
  readonly workflows: Workflows | null
  readonly lasting: Lasting
  readonly reading: Reading
  readonly files: Files
  readonly shown: Shown
  readonly queries: Queries
  readonly query: Daybook["query"]
  readonly abort: Daybook["abort"]
  readonly live: Live
  readonly aboutRights: AboutRights
  readonly seen: Seen
  readonly upcast: Upcast
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
  readonly commands: Daybook["commands"]
  readonly command: Daybook["command"]
  readonly children: Daybook["children"]
  readonly events: Daybook["events"]
  readonly stream: Daybook["stream"]
  readonly tAt: Daybook["tAt"]
  readonly upload: Daybook["upload"]
  readonly download: Daybook["download"]
  readonly streams: Daybook["streams"]
  readonly follow: Daybook["follow"]
  readonly query: Daybook["query"]
  readonly watch: Daybook["watch"]
  readonly check: Daybook["check"]
  readonly explain: Daybook["explain"]
  readonly mustHold: Daybook["mustHold"]
  readonly life: Daybook["life"]
  readonly ended: Daybook["ended"]
  readonly bring: Daybook["bring"]
  readonly abort: Daybook["abort"]
  readonly #showing = new Set<Promise<unknown>>()
  #closing: Promise<void> | null = null

  constructor(parts: Running) {
    this.#parts = parts
    this.app = parts.app
    this.schema = parts.routes.schema
    this.clock = parts.clock
    this.ids = parts.ids
    this.metrics = parts.metrics
    this.journal = parts.journal
    const { reading, files, shown, queries, live, aboutRights } = parts
    this.command = (id, options) => shown.command(id, options)
    this.commands = (filter, options) => shown.commands(filter, options)
    this.children = id => reading.children(id)
    this.events = (after, options) => shown.events(after, options)
    this.stream = (id, from, limit, options) => shown.stream(id, from, limit, options)
    this.streams = options => shown.streams(options)
    this.follow = (after, options) => shown.follow(after, options)
    this.tAt = instant => reading.tAt(instant)
    this.upload = (bytes, mediaType) => files.upload(bytes, mediaType)
    this.download = (id, options) => shown.download(id, options)
    this.query = parts.query
    this.watch = (body, asker, tell) => watched({ queries, live, store: parts.store }, { body, asker, tell })
    this.check = (items, asker) => aboutRights.check(items, asker)
    this.explain = (question, asker) => aboutRights.explain(question, asker)
    this.life = (id, asOf) => parts.lasting.life(id, asOf)
    this.ended = (id, options) => parts.lasting.ended(id, options)
    this.bring = (id, arrival, actor) => parts.lasting.bring(id, arrival, actor)
    this.abort = parts.abort
    this.mustHold = (permission, asker) => aboutRights.mustHold(permission, asker)
  }

  async request(command: Command, asker: Asker, { waitMs }: { waitMs?: number } = {}): Promise<Outcome> {
    const outcome = await this.#parts.dispatcher.request(command, asker, waitMs)
    // Asked for again, it may be about what has changed since.
    const showing = this.#parts.reading.told(outcome.events).then(async told => {
      if (asker.actor === system) return told
      const shown = await this.#parts.seen.events(
        told.map(event => ({ event })),
        asker.actor,
        true,
      )
      return shown.map(({ event }) => event)
    })
    this.#showing.add(showing)
    const events = await showing.finally(() => this.#showing.delete(showing))
    return { ...outcome, events }
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

  async deadLetters({ limit, after, as }: { limit: number; after?: string } & For): Promise<readonly DeadLetter[]> {
    const { seen, store } = this.#parts
    const { deliveries, log } = store
    const dead = await deliveries.dead(after === undefined ? { limit } : { limit, after: letterId(after) })
    return Promise.all(
      dead.map(async letter => {
        const logged = (await log.transaction(letter.t)).find(l => l.event.n === letter.n)
        const told = await this.#parts.reading.told(logged === undefined ? [] : [logged.event])
        const [shown] = await seen.events(
          told.map(event => ({ event })),
          as,
        )
        return { ...letter, id: `${letter.consumer}:${letter.t}:${letter.n}`, event: shown?.event ?? null }
      }),
    )
  }

  redrive(id: string): Promise<void> {
    return this.#parts.consumers.redrive(letterId(id))
  }

  drop(id: string): Promise<void> {
    return this.#parts.consumers.drop(letterId(id))
  }

  archive(olderThan: string, { actor }: Asker): Promise<Archived> {
    return this.#parts.archive.archive(olderThan, actor)
  }

  restore(ids: readonly string[], { actor }: Asker): Promise<Restored> {
    return this.#parts.archive.restore(ids, actor)
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
    const { dispatcher, consumers, workflows } = this.#parts
    for (let rounds = 0; rounds < limits.messagesPerDrainMax; rounds++) {
      await dispatcher.idle()
      await consumers.idle()
      await workflows?.idle()
      if (!dispatcher.busy && !consumers.busy() && workflows?.busy() !== true) return
    }
    throw new Error("Cannot be: messages cause messages without end")
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#stop())
  }

  async #stop(): Promise<void> {
    await this.#parts.stop()
    // What was committed is answered, and what of it may be shown is in the store.
    await Promise.allSettled(this.#showing)
    await this.#parts.store.close()
  }
}

function letterId(id: string): { consumer: string; t: T; n: number } {
  const found = /^(.+):(\d+):(\d+)$/.exec(id)
  if (found === null) throw new Refusal("not-found", `There is no dead letter ${id}`, { id })
  return { consumer: found[1]!, t: Number(found[2]), n: Number(found[3]) }
}
