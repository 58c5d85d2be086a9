import type { ChangeKind } from "../kernel/entity.ts"
import type { Maybe } from "../kernel/handler.ts"
import type { RecordedEvent, T, Version } from "../kernel/message.ts"

/** An event out of the log, with what its transaction came to for its entity (on the last event about it). */
export type LoggedEvent = { readonly event: RecordedEvent; readonly kind: ChangeKind | null }

/** A page of the log. It holds whole transactions only. */
export type LogPage = {
  readonly events: readonly LoggedEvent[]
  /** Everything up to this t has been looked at: the `after` of the next page. */
  readonly reached: T
  /** Whether `reached` was the newest t when the page was read. */
  readonly isEnd: boolean
}

/** The log of all transactions, and the streams in it. */
export interface LogStore {
  /**
   * All events of transactions after `after`, in order of (t, n), about `limit` of them, with no more data together than
   * `pageBytesMax` but for a transaction that alone has more; with `types`, only those.
   * A page may be short, or empty, before the end: `isEnd` tells, not the length.
   */
  read(after: T, limit: number, types?: readonly string[]): Maybe<LogPage>

  /**
   * The events of one stream from a version on, in order, without a gap: `limit`, or fewer with data of `pageBytesMax`,
   * but one at least. Empty for a stream that is not there.
   */
  stream(
    id: string,
    from: Version,
    limit: number,
  ): Maybe<{ events: readonly RecordedEvent[]; version: Version; type: string | null }>

  /** The events of one transaction, in order. */
  transaction(t: T): Maybe<readonly LoggedEvent[]>

  /** The last t recorded at or before an instant, in milliseconds since 1970; 0 if there is none. */
  tAt(ms: number): Maybe<T>

  /** Streams, in order of their ids: with type, id, version; `after` is an id. */
  streams(options: {
    type?: string
    after?: string
    limit: number
  }): Maybe<readonly { type: string; id: string; version: Version }[]>
}
