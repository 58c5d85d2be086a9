import { limits } from "../kernel/limits.ts"
import type { T } from "../kernel/message.ts"
import type { Store } from "../ports/store.ts"
import { eventJson } from "../protocol/event.ts"
import { momentOf } from "../protocol/moment.ts"
import { BadInput } from "./bad-input.ts"
import { openStore } from "./open-store.ts"
import type { Place } from "./options.ts"
import { say } from "./print.ts"

/** Prints recorded events as they were recorded, up to the one that was the newest when it began. */
export async function exportEvents(options: Place & { after?: string; types?: readonly string[] }): Promise<void> {
  const store = await openStore(options, "read")
  try {
    const last = await store.basis()
    let after = await tOf(options.after ?? "0", store)
    while (after < last) {
      const page = await store.log.read(after, limits.pageEventsMax, options.types)
      for (const { event } of page.events) {
        if (event.t <= last) await say(JSON.stringify(eventJson(event)))
      }
      after = page.reached
      if (page.isEnd) break
    }
  } finally {
    await store.close()
  }
}

/** The number of a transaction, or the last one at or before an instant. */
async function tOf(text: string, store: Store): Promise<T> {
  const moment = momentOf(text)
  if (moment === null) {
    throw new BadInput(`--after takes the number of a transaction or an ISO 8601 instant, not "${text}"`)
  }
  return typeof moment === "number" ? moment : store.log.tAt(Date.parse(moment))
}
