import type { App } from "./kernel/app.ts"
import type { Clock } from "./kernel/clock.ts"
import type { Document, EntityAt } from "./kernel/entity.ts"
import type { Ids } from "./kernel/ids.ts"
import type { Instance } from "./kernel/instance.ts"
import type { Json, JsonObject } from "./kernel/json.ts"
import type { Arrival, Life } from "./kernel/life.ts"
import type { Asker, Command, Outcome, RecordedEvent, T, Version } from "./kernel/message.ts"
import type { QueryAsker } from "./kernel/named-query.ts"
import type { Snapshot } from "./kernel/snapshot.ts"
import type { CommandFilter, KeptRefusal } from "./ports/commands.ts"
import type { FileContent, FileStore, UploadedFile } from "./ports/files.ts"
import type { Journal } from "./ports/journal.ts"
import type { LoggedEvent, LogPage } from "./ports/log.ts"
import type { Finding } from "./ports/maintenance.ts"
import type { Metrics } from "./ports/metrics.ts"
import type { Mutex } from "./ports/mutex.ts"
import type { Store } from "./ports/store.ts"
import type { ParkedDelivery } from "./ports/write.ts"
import type { ReadModelStatus } from "./processors/read-model.ts"
import type { LiveUpdate } from "./queries/live/live.ts"
import type { QueryAnswer } from "./queries/view.ts"
import type { CompiledSchema } from "./schema/compile.ts"
import type { EntityOverview } from "./schema/overview.ts"

/** What a running daybook needs from the outside. Everything but the store has a usual one in `adapters/node`. */
export type Parts = {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly metrics?: Metrics
  readonly journal?: Journal
  /** How it is seen to that a lasting command takes one step at a time. Without it, by the store's row: `rowMutex`. */
  readonly mutex?: Mutex
  /** Where the bytes of files are. Without it there are none: what is asked of them is refused. */
  readonly files?: FileStore
  /** Whether a schema may come into force that alters how data is stored, or that stored data is against. */
  readonly alter?: boolean
  /** Put in the place of the app's own, by name: fakes in tests, other servers elsewhere. */
  readonly adapters?: Readonly<Record<string, unknown>>
}

/** Who produces and who consumes each message type, and what there is of each entity type. */
export type Catalogue = {
  readonly commands: readonly {
    type: string
    target: string | null
    handledBy: string
    producedBy: readonly string[]
  }[]
  readonly events: readonly {
    type: string
    stream: string | null
    version: number
    rejection: boolean
    producedBy: readonly string[]
    consumedBy: readonly string[]
  }[]
  readonly entities: readonly EntityOverview[]
}

/** What came of archiving: the command that did it, the transaction of its last page, and how many it moved. */
export type Archived = { readonly id: string; readonly t: T; readonly archived: number }

/** What came of bringing commands back: the command that did it, its transaction, and how many it moved. */
export type Restored = { readonly id: string; readonly t: T; readonly restored: number }

/** One version of a projection as an operator sees it. `lag` is in transactions. */
export type ProjectionStatus = ReadModelStatus

/** For whom something is read: it is as if what they may not see were not there. Nobody named: everything is told. */
export type For = { readonly as?: string }

/** A question about somebody's rights on an entity; each is an id or a lookup. Null: somebody whom nobody knows. */
export type RightsItem = {
  readonly subject: Json
  readonly entity: Json
  readonly permission?: string
}

/** What somebody may. `allowed` answers for the permission that was asked about. */
export type RightsAnswer = {
  readonly allowed?: boolean
  readonly groups: readonly string[]
  readonly permissions: readonly string[]
}

/** A running application: everything that can be asked of it, whatever the way it is reached. */
export interface Daybook {
  readonly app: App
  readonly schema: CompiledSchema
  readonly clock: Clock
  readonly ids: Ids
  readonly metrics: Metrics
  readonly journal: Journal

  /**
   * Asks for a command. Resolves when it is at its end and durable; or, once `waitMs` have passed, with how far it is,
   * which is durable too. Rejects with a Refusal when nothing was recorded but that.
   */
  request(command: Command, asker: Asker, options?: { waitMs?: number }): Promise<Outcome>

  /** The instance of a lasting command: its data, and all that it waits for; null: it has none. For `system` and operators. */
  life(id: string, asOf?: T): Promise<Life | null>
  /** Resolves when a command is at its end, in whichever process; after `waitMs` with how far it is. */
  ended(id: string, options?: { waitMs?: number }): Promise<Outcome>
  /** Brings something to a lasting command: that it is to go on, to end as failed, or to have other data. */
  bring(id: string, arrival: Arrival, actor: string): Promise<void>
  /** Ends a command that has not ended, with its children. Whatever has ended already is left as it is. */
  abort(id: string, actor: string, reason?: string): Promise<void>

  /** A command's instance, what was refused under its id, or null. For somebody: if it is their own. */
  command(id: string, options?: For): Promise<Instance | KeptRefusal | null>
  /** The ids of the commands that a command caused. */
  children(id: string): Promise<readonly string[]>
  /** For somebody: only their own. */
  commands(filter: CommandFilter, options?: For): Promise<readonly Instance[]>

  events(after: T, options: { limit: number; types?: readonly string[] } & For): Promise<LogPage>
  /** All events after `after`, then each new one as it is committed, until the signal says stop. At the reader's pace. */
  follow(
    after: T,
    options: { types?: readonly string[]; signal: AbortSignal } & For,
  ): AsyncIterable<readonly LoggedEvent[]>
  stream(
    id: string,
    from: Version,
    limit: number,
    options?: For,
  ): Promise<{ events: readonly RecordedEvent[]; version: Version; type: string | null }>
  streams(options: {
    type?: string
    after?: string
    limit: number
    as?: string
  }): Promise<readonly { type: string; id: string; version: Version }[]>

  entity(id: string): Promise<EntityAt | null>
  /** Everything as it was at t, or as it is now. */
  snapshot(t?: T): Promise<Snapshot>
  /** The t that an ISO 8601 instant stands for. */
  tAt(instant: string): Promise<T>
  basis(): Promise<T>

  /**
   * Takes in a file, which is anybody's to refer to. Unless a transaction holds it within a day, it is gone again. Refuses
   * with `too-large`, with `unsupported-media` where the media type is none, with `unavailable` without a place for files.
   */
  upload(bytes: AsyncIterable<Uint8Array>, mediaType: string): Promise<UploadedFile>
  /** A file that some entity holds now, with its bytes; refuses with `not-found`. For somebody: one that they may read. */
  download(id: string, options?: For): Promise<FileContent>

  /** Answers a query as it is sent over HTTP. Rejects with a Refusal where there is no answer. */
  query(body: Json, asker: QueryAsker, options?: { signal?: AbortSignal }): Promise<QueryAnswer>
  /**
   * Answers a query, and goes on telling what differs in the answer, as transactions and rights change it. Resolves, once
   * the first answer was told, to what ends it. Refuses as `query` does.
   */
  watch(body: Json, asker: QueryAsker, tell: (update: LiveUpdate) => void): Promise<() => void>
  /** What each subject may with regard to an entity, in order. Asking about somebody else takes `operate`. */
  check(items: readonly RightsItem[], asker: QueryAsker): Promise<readonly RightsAnswer[]>
  /** Why somebody may, or may not. Asking about somebody else takes `operate`, and about rights of the past `audit`. */
  explain(question: RightsItem & { readonly asOf?: T }, asker: QueryAsker): Promise<JsonObject>
  /** Refuses with `forbidden` whoever does not hold a permission on their own security entity. */
  mustHold(permission: string, asker: QueryAsker): Promise<void>

  catalogue(): Catalogue

  /** Rows of a projection's live version: those with these keys, or a page of all in order of their keys. */
  rows(projection: string, keys: readonly string[]): Promise<ReadonlyMap<string, Document>>
  list(
    projection: string,
    options: { after?: string; limit: number },
  ): Promise<readonly { key: string; row: Document }[]>
  projections(): Promise<readonly ProjectionStatus[]>
  /** Builds a projection again beside the one that is read, then swaps. Resolves when it is swapped. */
  rebuild(projection: string): Promise<void>
  /** Resolves when a projection (or all of them) has reached t; refuses with `timeout`. */
  waitFor(t: T, options?: { projection?: string; timeoutMs?: number }): Promise<void>

  deadLetters(options: { limit: number; after?: string } & For): Promise<readonly DeadLetter[]>
  redrive(id: string): Promise<void>
  drop(id: string): Promise<void>

  /**
   * Moves to the archive every tree of commands of which all had ended before an instant, or so long ago ("P90D"). What
   * they caused stays; their ids stay taken; `commands` tells of them where it is asked for the archive.
   */
  archive(olderThan: string, asker: Asker): Promise<Archived>
  /** Brings commands back from the archive. Those that are not in it stay where they are. */
  restore(ids: readonly string[], asker: Asker): Promise<Restored>

  verify(): AsyncIterable<Finding>
  backup(path: string): Promise<void>
  about(): Promise<{ kind: string; place: string; version: number; bytes: number }>

  /** Resolves exactly when nothing is left to do: no command queued or running, no delivery under way, no timer due. */
  drain(): Promise<void>
  /** Takes nothing new, finishes what is running, and gives everything back. */
  close(): Promise<void>
}

/** A delivery that could not be made, with every attempt. Its id is `consumer:t:n`. */
export type DeadLetter = ParkedDelivery & { readonly id: string; readonly event: RecordedEvent | null }
