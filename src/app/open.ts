import { Dispatcher } from "../commands/dispatcher.ts"
import { Workspace } from "../commands/workspace.ts"
import type { Daybook, Parts } from "../daybook.ts"
import type { App } from "../kernel/app.ts"
import type { RecordedEvent } from "../kernel/message.ts"
import { silent } from "../ports/journal.ts"
import { noMetrics } from "../ports/metrics.ts"
import type { Store } from "../ports/store.ts"
import type { Committed } from "../ports/write.ts"
import { Leases } from "../processors/leases.ts"
import { startConsumers, type Consumers } from "../processors/start.ts"
import { compileSchema } from "../schema/compile.ts"
import { parseSchema } from "../schema/parse.ts"
import { Feed } from "./feed.ts"
import { Files } from "./files.ts"
import { fit } from "./fit.ts"
import { outwardEvents } from "./outward.ts"
import { Reading } from "./reading.ts"
import { RunningDaybook } from "./running.ts"
import { snapshotAt } from "./snapshot.ts"
import { Unfinished } from "./unfinished.ts"

/**
 * Opens an application on a store: checks that its parts fit together, takes up what an earlier run left unfinished,
 * and starts its processors and projections. Throws an Error that names each place where something does not fit.
 */
export async function openDaybook(app: App, parts: Parts): Promise<Daybook> {
  const { store, clock, ids, metrics = noMetrics, journal = silent } = parts
  const schema = compileSchema(parseSchema(app.schema))
  const adapters = { ...app.adapters, ...parts.adapters }
  const { routes, upcast } = fit(app, schema, adapters)
  const hidden = outwardEvents(schema)
  const outward = (event: RecordedEvent) => hidden(upcast(event))
  await store.maintenance.keepSchema({ version: schema.version, hash: schema.hash, schema: app.schema })

  const told: { consumers: Consumers | null; newest: number } = { consumers: null, newest: 0 }
  const reading = new Reading(store, outward)
  const feed = new Feed(
    (after, limit, types) => reading.events(after, types === undefined ? { limit } : { limit, types }),
    clock,
  )
  const committed = (report: Committed) => {
    told.newest = report.t
    told.consumers?.committed(report)
    if (feed.countReaders > 0) feed.committed({ ...report, events: report.events.map(outward) })
  }
  const workspace = new Workspace(store, undefined, parts.files)
  const leases = new Leases({ store, clock, ids, journal })
  // What a start that fails leaves behind must not look alive.
  const orLeave = async <Started>(starting: Promise<Started>): Promise<Started> => {
    return starting.catch(async (error: unknown) => {
      await leases.close()
      throw error
    })
  }
  await leases.join()
  const mark = () => leases.mark
  const dispatching = { store, clock, ids, metrics, journal, adapters, routes, workspace, committed, mark }
  const dispatcher = new Dispatcher(dispatching)

  // What an earlier run left unfinished has its place before what processors ask for now.
  const resumed = Promise.withResolvers<void>()
  const starting = startConsumers(app.processors, app.projections, {
    store,
    clock,
    ids,
    metrics,
    journal,
    schema,
    leases,
    adapters,
    upcast,
    request: (command, asker) => resumed.promise.then(() => dispatcher.request(command, asker)),
    write: write => dispatcher.write(write),
    snapshot: t => snapshotAt(store.entities, t),
  })
  const consumers = await orLeave(starting)
  told.consumers = consumers
  const rang = () => {
    consumers.rang()
    feed.rang()
  }
  const silence = store.onBell(rang)
  leases.onBeat(missedBells(store, () => told.newest, rang))
  const unfinished = new Unfinished({ store, clock, journal, leases, dispatcher, routes })
  await orLeave(unfinished.start())
  resumed.resolve()
  // Nobody was told of what was committed while they started.
  rang()

  const files = new Files({ ...parts, schema, journal })
  const stop = async () => {
    silence()
    feed.close()
    // What consumers have under way still asks for commands: they stop before what takes these.
    await consumers.stop()
    await dispatcher.close()
    await leases.close()
    await files.close()
  }
  const running = { app, store, clock, ids, metrics, journal, routes, dispatcher, consumers, reading, feed, upcast }
  return new RunningDaybook({ ...running, files, outward, stop })
}

// A bell may not ring. What another process has committed is then found by the next beat.
function missedBells(store: Store, newest: () => number, rang: () => void): () => void {
  let seen = 0
  return () => {
    void Promise.resolve(store.basis())
      .then(basis => {
        if (basis > Math.max(seen, newest())) rang()
        seen = basis
      })
      // The store is away: the next beat finds it.
      .catch(() => undefined)
  }
}
