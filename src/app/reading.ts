import type { Instance } from "../kernel/instance.ts"
import { limits } from "../kernel/limits.ts"
import type { RecordedEvent, T, Version } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { CommandFilter, KeptRefusal } from "../ports/commands.ts"
import type { LogPage } from "../ports/log.ts"
import type { Store } from "../ports/store.ts"
import { readInstant } from "../schema/instants.ts"
import type { Forgetting } from "./forgetful.ts"
import type { Upcast } from "./upcast.ts"

/** What is read from the store on behalf of somebody: events come in their newest version, as they may be shown. */
export class Reading {
  readonly #store: Store
  readonly #shown: Upcast
  readonly #forget: Forgetting | null

  constructor(store: Store, shown: Upcast, forget: Forgetting | null) {
    this.#store = store
    this.#shown = shown
    this.#forget = forget
  }

  /** Events as they may be told now, whenever they were recorded. */
  async told(events: readonly RecordedEvent[]): Promise<readonly RecordedEvent[]> {
    const shown = events.map(this.#shown)
    return this.#forget === null ? shown : this.#forget(shown)
  }

  async command(id: string): Promise<Instance | KeptRefusal | null> {
    const [instance] = await this.#store.commands.find([id])
    return instance ?? (await this.#store.commands.refusal(id))
  }

  /** In the order in which they were asked for. */
  async children(id: string): Promise<readonly string[]> {
    const newestFirst: string[] = []
    for (;;) {
      const after = newestFirst.at(-1)
      const page = {
        parent: id,
        archived: "both",
        limit: limits.pageItemsMax,
        ...(after === undefined ? {} : { after }),
      } as const
      const found = await this.#store.commands.list(page)
      if (found.length === 0) return newestFirst.toReversed()
      for (const instance of found) newestFirst.push(instance.command.id)
    }
  }

  async commands(filter: CommandFilter): Promise<readonly Instance[]> {
    return this.#store.commands.list(filter)
  }

  async events(after: T, { limit, types }: { limit: number; types?: readonly string[] }): Promise<LogPage> {
    const page = await this.#store.log.read(after, limit, types)
    const told = await this.told(page.events.map(({ event }) => event))
    return { ...page, events: page.events.map(({ kind }, i) => ({ event: told[i]!, kind })) }
  }

  async stream(
    id: string,
    from: Version,
    limit: number,
  ): Promise<{ events: readonly RecordedEvent[]; version: Version; type: string | null }> {
    const found = await this.#store.log.stream(id, from, limit)
    return { ...found, events: await this.told(found.events) }
  }

  async tAt(written: string): Promise<T> {
    const instant = readInstant(written)
    if (instant === undefined) throw new Refusal("malformed", `${written} is no ISO 8601 instant`, { instant: written })
    return this.#store.log.tAt(Date.parse(instant))
  }
}
