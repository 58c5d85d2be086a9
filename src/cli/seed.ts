import type { Daybook } from "../daybook.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { Store } from "../ports/store.ts"
import type { Seed } from "./load-app.ts"

const consumer = "seed"
const [begun, done] = [0, 1]

// A workflow may wait for weeks: it need only be on its way.
const waitMs = 250

/** What is asked for the commands of a seed. */
export type Sown = Pick<Daybook, "request" | "basis" | "ids" | "journal">

/**
 * Requests the commands that an app brings along, once, on a daybook in which nothing has happened. Their ids follow
 * from their places, so that one which was interrupted goes on and does nothing twice.
 */
export async function sow(seed: readonly Seed[], daybook: Sown, store: Store): Promise<void> {
  const state = await store.deliveries.reached(consumer)
  if (state === done || (state === null && (await daybook.basis()) > 0)) return
  await mark(store, begun)
  for (const [place, command] of seed.entries()) {
    try {
      const id = command.id ?? daybook.ids.of("seed", place)
      const { state, error } = await daybook.request({ ...command, id }, { actor: "system" }, { waitMs })
      if (state === "failed") daybook.journal.warn("A command of the seed failed", { place, type: command.type, error })
    } catch (error) {
      // What cannot be kept now is not the command's fault: the next start goes on with it.
      if (!(error instanceof Refusal) || error.code === "unavailable") throw error
      daybook.journal.warn("A command of the seed was refused", { place, type: command.type, error })
    }
  }
  await mark(store, done)
}

async function mark(store: Store, reached: number): Promise<void> {
  await store.commit([{ kind: "deliveries", consumer, reached, parked: [], done: [] }])
}
