import { openDaybook } from "../app/open.ts"
import { systemClock } from "../adapters/node/clock.ts"
import { systemIds } from "../adapters/node/ids.ts"
import { BadInput } from "./bad-input.ts"
import { loadFittingApp } from "./check-app.ts"
import { closingOnFailure, openStore } from "./open-store.ts"
import type { Altering, Place } from "./options.ts"
import { say } from "./print.ts"

/** Builds projections again from the first event on. Nothing else of the app runs meanwhile. */
export async function rebuild(
  names: readonly string[],
  options: Place & Altering & { app: string; json?: boolean },
): Promise<void> {
  const { app } = await loadFittingApp(options.app)
  const known = new Set(app.projections.map(p => p.name))
  const stray = names.filter(name => !known.has(name))
  if (stray.length > 0) {
    throw new BadInput(
      `${options.app} has no projection ${stray.join(", ")}; it has ${[...known].join(", ") || "none"}`,
    )
  }
  const store = await openStore(options, "keep")
  const parts = { store, clock: systemClock(), ids: systemIds(), alter: options.alter ?? false }
  const daybook = await closingOnFailure(openDaybook({ ...app, processors: [] }, parts), store)
  try {
    for (const name of names.length > 0 ? names : known) {
      await daybook.rebuild(name)
      const { version, t } = (await daybook.projections()).find(p => p.name === name && p.live)!
      await say(
        options.json === true
          ? JSON.stringify({ name, version, t })
          : `${name}: version ${version}, built up to t ${t}`,
      )
    }
  } finally {
    await daybook.close()
  }
}
