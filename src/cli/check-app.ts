import { openDaybook } from "../app/open.ts"
import { sqliteStore } from "../adapters/sqlite/index.ts"
import { systemClock } from "../adapters/node/clock.ts"
import { systemIds } from "../adapters/node/ids.ts"
import { Refusal } from "../kernel/refusal.ts"
import { BadInput } from "./bad-input.ts"
import { loadApp, type LoadedApp } from "./load-app.ts"

/**
 * Loads an app, and opens it on a daybook that keeps nothing: whatever does not fit together is said before the real
 * daybook is touched.
 */
export async function loadFittingApp(path: string): Promise<LoadedApp> {
  const loaded = await loadApp(path)
  try {
    const store = sqliteStore({ path: ":memory:" })
    const daybook = await openDaybook(loaded.app, { store, clock: systemClock(), ids: systemIds() })
    await daybook.close()
  } catch (error) {
    throw misfit(path, error)
  }
  return loaded
}

function misfit(path: string, error: unknown): BadInput {
  if (error instanceof Refusal && error.faults.length > 0) {
    const places = error.faults.map(({ path: at, message }) => `${at === "" ? "/" : at}: ${message}`)
    return new BadInput(`The schema of ${path} has errors`, places)
  }
  const [sentence, ...places] = (error instanceof Error ? error.message : String(error)).split("\n")
  return new BadInput(`${path}: ${sentence}`, places)
}
