import { limits } from "../kernel/limits.ts"
import type { RecordedEvent } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { Store } from "../ports/store.ts"
import { eventJson } from "../protocol/event.ts"
import { openStore } from "./open-store.ts"
import type { Place } from "./options.ts"
import { say } from "./print.ts"

type Options = Place & { readonly id?: string; readonly json?: boolean }

/** Lists the streams, or the events of one, oldest first. */
export async function streams(type: string | undefined, options: Options): Promise<void> {
  const store = await openStore(options, "read")
  try {
    if (options.id === undefined) await listStreams(store, type, options.json === true)
    else await listEvents(store, options.id, type, options.json === true)
  } finally {
    await store.close()
  }
}

async function listStreams(store: Store, type: string | undefined, json: boolean): Promise<void> {
  const only = { limit: limits.pageItemsMax, ...(type === undefined ? {} : { type }) }
  let page = await store.log.streams(only)
  while (page.length > 0) {
    for (const { type: of, id, version } of page) {
      await say(json ? JSON.stringify({ type: of, id, version }) : `${of}\t${id}\t${version}`)
    }
    page = await store.log.streams({ ...only, after: page.at(-1)!.id })
  }
}

async function listEvents(store: Store, id: string, type: string | undefined, json: boolean): Promise<void> {
  for (let from = 1, isEnd = false; !isEnd;) {
    const found = await store.log.stream(id, from, limits.pageEventsMax)
    if (found.type === null || (type !== undefined && found.type !== type)) {
      const what = type === undefined ? `stream ${id}` : `stream ${id} of the type ${type}`
      throw new Refusal("not-found", `There is no ${what}`, { id })
    }
    for (const event of found.events) await say(json ? JSON.stringify(eventJson(event)) : lineOf(event))
    from += found.events.length
    isEnd = from > found.version || found.events.length === 0
  }
}

function lineOf({ stream, t, n, at, occurredAt, type, rejection, data }: RecordedEvent): string {
  const what = rejection ? `${type} (a rejection)` : type
  return `${stream.version}\t${t}.${n}\t${occurredAt ?? at}\t${what}\t${JSON.stringify(data)}`
}
