import { openDaybook } from "../app/open.ts"
import { systemClock } from "../adapters/node/clock.ts"
import { systemIds } from "../adapters/node/ids.ts"
import { systemJournal } from "../adapters/node/journal.ts"
import { systemMetrics } from "../adapters/node/metrics.ts"
import { isLoopback } from "../server/identity.ts"
import { createServer } from "../server/server.ts"
import { BadInput } from "./bad-input.ts"
import { loadFittingApp } from "./check-app.ts"
import { openFiles } from "./open-files.ts"
import { closingOnFailure, openStore } from "./open-store.ts"
import type { Altering, Place } from "./options.ts"
import { say } from "./print.ts"
import { sow } from "./seed.ts"
import { asked, withinStopTime } from "./signals.ts"

type Options = Place & Altering & { readonly port: number; readonly host: string; readonly dev?: boolean }

/** Serves an app until it is asked to stop. */
export async function serve(path: string, options: Options): Promise<void> {
  const { port, host, dev = false, alter = false } = options
  if (dev && !isLoopback(host)) {
    throw new BadInput(`--dev listens on this machine only: --host may be 127.0.0.1, ::1 or localhost, not ${host}`)
  }
  const stopped = asked()
  const { app, seed } = await loadFittingApp(path)
  const store = await openStore(options, "own")
  const [clock, ids, journal] = [systemClock(), systemIds(), systemJournal()]
  const metrics = systemMetrics({ ofProcess: true })
  const files = await openFiles(options, { clock, ids })
  const opening = openDaybook(app, { store, clock, ids, journal, metrics, files, alter })
  const daybook = await closingOnFailure(opening, store)
  try {
    if (dev && seed.length > 0) await sow(seed, daybook, store)
    const text = async () => ({ type: metrics.contentType, text: await metrics.text() })
    const server = await createServer(daybook, { dev, host, port, metrics: text })
    await say(`daybook listening on ${server.url}`)
    await stopped
    await withinStopTime(journal, async () => {
      await server.close()
      await daybook.close()
    })
  } catch (error) {
    await daybook.close()
    throw error
  }
}
