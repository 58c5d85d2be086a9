import { Dispatcher } from "../commands/dispatcher.ts"
import { buildRoutes, type Routes } from "../commands/routes.ts"
import { Workspace } from "../commands/workspace.ts"
import type { Daybook, Parts } from "../daybook.ts"
import type { App } from "../kernel/app.ts"
import { silent } from "../ports/journal.ts"
import { noMetrics } from "../ports/metrics.ts"
import type { Committed } from "../ports/write.ts"
import { startConsumers, type ProcessorParts } from "../processors/start.ts"
import { compileSchema } from "../schema/compile.ts"
import { parseSchema } from "../schema/parse.ts"
import { Feed } from "./feed.ts"
import { outwardEvents } from "./outward.ts"
import { Reading } from "./reading.ts"
import { RunningDaybook } from "./running.ts"
import { snapshotAt } from "./snapshot.ts"
import { buildUpcast } from "./upcast.ts"

/**
 * Opens an application on a store: checks that its parts fit together, takes up what an earlier run left unfinished,
 * and starts its processors and projections. Throws an Error that names each place where something does not fit.
 */
export async function openDaybook(app: App, parts: Parts): Promise<Daybook> {
  const { store, clock, ids, metrics = noMetrics, journal = silent } = parts
  const schema = compileSchema(parseSchema(app.schema))
  const adapters = { ...app.adapters, ...parts.adapters }
  const routes = buildRoutes(app, schema, adapters)
  const upcast = buildUpcast(app, schema)
  const outward = outwardEvents(schema)
  await store.maintenance.keepSchema({ version: schema.version, hash: schema.hash, schema: app.schema })

  const listeners: ((report: Committed) => void)[] = []
  const committed = (report: Committed) => listeners.forEach(tell => tell(report))
  const workspace = new Workspace(store)
  const dispatcher = new Dispatcher({ store, clock, ids, metrics, journal, adapters, routes, workspace, committed })

  const reading = new Reading(store, event => outward(upcast(event)))
  const feed = new Feed((after, limit, types) => reading.events(after, types === undefined ? { limit } : { limit, types }), clock)
  const forConsumers: ProcessorParts = {
    store,
    clock,
    ids,
    metrics,
    journal,
    schema,
    adapters,
    upcast,
    request: (command, asker) => dispatcher.request(command, asker),
    write: write => dispatcher.write(write),
    snapshot: t => snapshotAt(store.entities, t),
  }
  const consumers = await startConsumers(app.processors, app.projections, forConsumers)
  listeners.push(report => consumers.committed(report), shownTo(feed, event => outward(event)))
  const silence = store.onBell(() => {
    consumers.rang()
    feed.rang()
  })
  for (const instance of await store.commands.unfinished()) resume(dispatcher, instance, routes)
  const stop = async () => {
    silence()
    // What consumers have under way still asks for commands: they stop before what takes these.
    await consumers.stop()
    await dispatcher.close()
  }
  return new RunningDaybook({ app, store, clock, ids, metrics, journal, routes, dispatcher, consumers, reading, feed, upcast, outward, stop })
}

function shownTo(feed: Feed, outward: (event: Committed["events"][number]) => Committed["events"][number]) {
  return (report: Committed): void => {
    if (feed.countReaders > 0) feed.committed({ ...report, events: report.events.map(outward) })
  }
}

// A command that waits for something is woken by what it waits for; one without a handler stays where it is.
function resume(dispatcher: Dispatcher, instance: Parameters<Dispatcher["resume"]>[0], routes: Routes): void {
  if (instance.state === "waiting" || !routes.commands.has(instance.command.type)) return
  dispatcher.resume(instance)
}
