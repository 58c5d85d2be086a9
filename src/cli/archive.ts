import { Archive } from "../app/archive.ts"
import { systemClock } from "../adapters/node/clock.ts"
import { systemIds } from "../adapters/node/ids.ts"
import { Refusal } from "../kernel/refusal.ts"
import { system } from "../security/security.ts"
import { BadInput } from "./bad-input.ts"
import { openStore } from "./open-store.ts"
import type { Place } from "./options.ts"
import { count, say } from "./print.ts"

type Options = Place & { readonly olderThan: string; readonly restore?: readonly string[]; readonly json?: boolean }

/** Moves commands that ended long ago to the archive, or some of them back. It needs no app. */
export async function archive({ olderThan, restore, json, ...place }: Options): Promise<void> {
  const store = await openStore(place, "keep")
  const clock = systemClock()
  const parts = {
    store,
    clock,
    ids: systemIds(),
    write: async (write: Parameters<typeof store.commit>[0][number]) => (await store.commit([write]))[0]!,
  }
  try {
    const moving = new Archive(parts)
    const done = restore === undefined ? await moving.archive(olderThan, system) : await moving.restore(restore, system)
    await say(json === true ? JSON.stringify(done) : textOf(done))
  } catch (error) {
    throw error instanceof Refusal && error.code === "invalid" ? new BadInput(error.message) : error
  } finally {
    await store.close()
  }
}

function textOf(done: { readonly archived: number } | { readonly restored: number }): string {
  return "archived" in done
    ? `${count(done.archived)} commands are in the archive now`
    : `${count(done.restored)} commands are back from the archive`
}
