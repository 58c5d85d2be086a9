import type { For } from "../daybook.ts"
import type { Instance } from "../kernel/instance.ts"
import { limits } from "../kernel/limits.ts"
import type { RecordedEvent, T, Version } from "../kernel/message.ts"
import type { CommandFilter, KeptRefusal } from "../ports/commands.ts"
import type { FileContent } from "../ports/files.ts"
import type { LoggedEvent, LogPage } from "../ports/log.ts"
import type { Store } from "../ports/store.ts"
import { commandsOf } from "../queries/owned.ts"
import type { Feed } from "./feed.ts"
import type { Files } from "./files.ts"
import type { Reading } from "./reading.ts"
import type { Seen } from "./seen.ts"

type Parts = {
  readonly store: Store
  readonly reading: Reading
  readonly feed: Feed
  readonly files: Files
  readonly seen: Seen
}

// So many pages in which there is nothing for a reader are passed over for one request.
const pagesPassedOverMax = 20

type Stream = { readonly type: string; readonly id: string; readonly version: Version }

/** What is read on behalf of somebody: of everything that is kept, what they may be shown. */
export class Shown {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async command(id: string, { as }: For = {}): Promise<Instance | KeptRefusal | null> {
    const { reading, seen } = this.#parts
    const found = await reading.command(id)
    if (found === null || (await seen.seesAll(as))) return found
    const owner = "command" in found ? found.owner : found.actor
    return (await seen.owns(owner, as)) ? found : null
  }

  async commands(filter: CommandFilter, { as }: For = {}): Promise<readonly Instance[]> {
    const { reading, seen } = this.#parts
    if (as === undefined || (await seen.seesAll(as))) return reading.commands(filter)
    const { owner = as } = filter
    if (owner === as) return commandsOf(this.#parts.store.commands, await seen.owners(as), filter)
    return (await seen.owns(owner, as)) ? reading.commands({ ...filter, owner }) : []
  }

  // Positions are those of the log, whoever reads it. Where a page ends must tell nothing of what is hidden in it: not by
  // how many events are asked for, nor by their types. So all types are read, and those wanted are chosen afterwards.
  async events(after: T, { as, ...options }: { limit: number; types?: readonly string[] } & For): Promise<LogPage> {
    const { reading, seen } = this.#parts
    if (await seen.seesAll(as)) return reading.events(after, options)
    const { limit, types } = options
    let reached = after
    for (let pages = 0; pages < pagesPassedOverMax; pages++) {
      const page = await reading.events(reached, { limit: limits.pageEventsMax })
      const wanted = page.events.filter(({ event }) => types?.includes(event.type) !== false)
      const shown = await seen.events(wanted, as)
      const last = shown[limit - 1]?.event.t ?? Infinity
      const more = shown.findIndex(({ event }) => event.t > last)
      if (more >= 0) return { events: shown.slice(0, more), reached: last, isEnd: false }
      if (shown.length > 0 || page.isEnd) return { ...page, events: shown }
      reached = page.reached
    }
    return { events: [], reached, isEnd: false }
  }

  async *follow(
    after: T,
    { types, signal, as }: { types?: readonly string[]; signal: AbortSignal } & For,
  ): AsyncGenerator<readonly LoggedEvent[]> {
    const { feed, seen } = this.#parts
    for await (const events of feed.follow(after, types, signal)) {
      const shown = await seen.events(events, as)
      if (shown.length > 0) yield shown
    }
  }

  async stream(
    id: string,
    from: Version,
    limit: number,
    { as }: For = {},
  ): Promise<{ events: readonly RecordedEvent[]; version: Version; type: string | null }> {
    const { reading, seen } = this.#parts
    const [mayRead] = await seen.reads([id], as)
    // As if nobody had ever mentioned it.
    if (mayRead !== true) return { events: [], version: 0, type: null }
    const page = await reading.stream(id, from, limit)
    const shown = await seen.events(
      page.events.map(event => ({ event })),
      as,
    )
    return { ...page, events: shown.map(({ event }) => event) }
  }

  async streams({
    as,
    ...options
  }: { type?: string; after?: string; limit: number } & For): Promise<readonly Stream[]> {
    const { store, seen } = this.#parts
    if (await seen.seesAll(as)) return store.log.streams(options)
    const found: Stream[] = []
    let after = options.after
    for (;;) {
      const limit = limits.pageItemsMax
      const page = await store.log.streams({ ...options, limit, ...(after === undefined ? {} : { after }) })
      const reads = await seen.reads(
        page.map(({ id }) => id),
        as,
      )
      found.push(...page.filter((_, i) => reads[i]))
      if (found.length >= options.limit || page.length < limit) return found.slice(0, options.limit)
      after = page.at(-1)!.id
    }
  }

  download(id: string, { as }: For = {}): Promise<FileContent> {
    const { files, seen } = this.#parts
    return files.download(id, (attribute, holders) => seen.readsAny(attribute, holders, as))
  }
}
