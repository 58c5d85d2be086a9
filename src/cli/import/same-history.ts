import { sameJson } from "../../kernel/json.ts"
import type { T } from "../../kernel/message.ts"
import { Refusal } from "../../kernel/refusal.ts"
import type { Store } from "../../ports/store.ts"
import { eventJson } from "../../protocol/event.ts"
import type { Recorded } from "./recorded.ts"

/** Refuses a transaction of a file that is not the one that is recorded here under its t. */
export async function checkSame({ t, events }: Recorded, store: Store): Promise<void> {
  const here = await store.log.transaction(t)
  const isSame =
    here.length === events.length && here.every(({ event }, n) => sameJson(eventJson(event), eventJson(events[n]!)))
  if (!isSame) throw otherHistory(t)
}

/** Refuses when something was recorded here between two transactions that follow each other in the file. */
export async function checkSilent(after: T, before: T, store: Store): Promise<void> {
  for (let t = after + 1; t < before; t++) {
    if ((await store.log.transaction(t)).length > 0) throw otherHistory(t)
  }
}

function otherHistory(t: T): Refusal {
  return new Refusal("conflict", `This daybook has another history: at t ${t} it is not what the file says`, { t })
}
