import type { Daybook } from "../daybook.ts"
import type { Document } from "../kernel/entity.ts"
import type { Instance } from "../kernel/instance.ts"
import type { Json, JsonObject } from "../kernel/json.ts"
import type { Life } from "../kernel/life.ts"
import { limits } from "../kernel/limits.ts"
import type { RecordedEvent } from "../kernel/message.ts"
import { promptsQuery, type ToldPrompt } from "../kernel/prompt.ts"
import { like } from "../kernel/value.ts"
import { eventsText, fail, jsonText } from "./given/failure.ts"

/** What a test sees of a running app. */
export type TestReading = {
  /** All events so far, of some types or of all. */
  events(...types: readonly string[]): Promise<readonly RecordedEvent[]>
  /** All commands so far, of a type or of all, oldest first: those that processors asked for as well. */
  commands(type?: string): Promise<readonly Instance[]>
  /** An entity as it is now; null: it is not there. */
  state(id: string): Promise<Document | null>
  /** A lasting command as it is: its data, and all that it waits for. */
  life(id: string): Promise<Life>
  /** What a query comes to now, for whoever asks it: `system`, who sees everything, where nothing is said. */
  query(body: JsonObject, asking?: { readonly as?: string }): Promise<Json>
  /** What is put before somebody now. */
  prompts(owner: string): Promise<readonly ToldPrompt[]>

  /** Fails unless such an event was recorded, with at least this data. */
  thenSeen(type: string, data?: JsonObject): Promise<void>
  /** Fails if an event of these types was recorded. */
  thenNot(...types: readonly string[]): Promise<void>
}

/** Reads whatever runs at the time. */
export function readingOf(daybook: () => Daybook): TestReading {
  return {
    async events(...types) {
      const events = await everyEvent(daybook())
      return types.length === 0 ? events : events.filter(event => types.includes(event.type))
    },
    commands: type => everyCommand(daybook(), type),
    state: async id => (await daybook().entity(id))?.document ?? null,
    async life(id) {
      const life = await daybook().life(id)
      if (life === null) throw new Error(`There is no lasting command ${id}`)
      return life
    },
    query: async (body, { as = "system" } = {}) => (await daybook().query(body, { principal: as })).result,
    async prompts(owner) {
      const { result } = await daybook().query({ name: promptsQuery, data: { owner } }, { principal: owner })
      // What this query answers with.
      return result as readonly Json[] as readonly ToldPrompt[]
    },
    async thenSeen(type, data = {}) {
      const events = await everyEvent(daybook())
      if (events.some(event => event.type === type && like(data)(event.data))) return
      fail(`${type} was not recorded so`, `${type} with ${jsonText(data)}`, eventsText(events))
    },
    async thenNot(...types) {
      const events = await everyEvent(daybook())
      if (!events.some(event => types.includes(event.type))) return
      fail("What should not happen did", `no ${types.join(", no ")}`, eventsText(events))
    },
  }
}

async function everyEvent(daybook: Daybook): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = []
  for (let after = 0; ;) {
    const page = await daybook.events(after, { limit: limits.pageEventsMax })
    events.push(...page.events.map(({ event }) => event))
    if (page.isEnd) return events
    after = page.reached
  }
}

async function everyCommand(daybook: Daybook, type?: string): Promise<readonly Instance[]> {
  const newestFirst: Instance[] = []
  for (;;) {
    const after = newestFirst.at(-1)?.command.id
    const page = await daybook.commands({
      limit: limits.pageItemsMax,
      ...(type !== undefined && { type }),
      ...(after !== undefined && { after }),
    })
    if (page.length === 0) return newestFirst.toReversed()
    newestFirst.push(...page)
  }
}
