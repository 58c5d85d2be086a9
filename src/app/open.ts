import { Dispatcher } from "../commands/dispatcher.ts"
import type { Routes } from "../commands/routes.ts"
import { Workspace } from "../commands/workspace.ts"
import type { Daybook, Parts } from "../daybook.ts"
import type { App } from "../kernel/app.ts"
import type { RecordedEvent } from "../kernel/message.ts"
import { silent } from "../ports/journal.ts"
import { noMetrics } from "../ports/metrics.ts"
import type { Store } from "../ports/store.ts"
import type { Committed } from "../ports/write.ts"
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

  const told: { consumers: Consumers | null } = { consumers: null }
  const reading = new Reading(store, outward)
  const feed = new Feed(
    (after, limit, types) => reading.events(after, types === undefined ? { limit } : { limit, types }),
    clock,
  )
  const committed = (report: Committed) => {
    told.consumers?.committed(report)
    if (feed.countReaders > 0) feed.committed({ ...report, events: report.events.map(outward) })
  }
  const workspace = new Workspace(store, undefined, parts.files)
  const dispatcher = new Dispatcher({ store, clock, ids, metrics, journal, adapters, routes, workspace, committed })

  // What an earlier run left unfinished has its place before what processors ask for now.
  const resumed = Promise.withResolvers<void>()
  const consumers = await startConsumers(app.processors, app.projections, {
    store,
    clock,
    ids,
    metrics,
    journal,
    schema,
    adapters,
    upcast,
    request: (command, asker) => resumed.promise.then(() => dispatcher.request(command, asker)),
    write: write => dispatcher.write(write),
    snapshot: t => snapshotAt(store.entities, t),
  })
  told.consumers = consumers
  const rang = () => {
    consumers.rang()
    feed.rang()
  }
  const silence = store.onBell(rang)
  await resumeAll(dispatcher, store, routes)
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
    await files.close()
  }
  const running = { app, store, clock, ids, metrics, journal, routes, dispatcher, consumers, reading, feed, upcast }
  return new RunningDaybook({ ...running, files, outward, stop })
}

// A command that waits for something is woken by what it waits for; one without a handler stays where it is.
async function resumeAll(dispatcher: Dispatcher, store: Store, routes: Routes): Promise<void> {
  for (const instance of await store.commands.unfinished()) {
    if (instance.state !== "waiting" && routes.commands.has(instance.command.type)) dispatcher.resume(instance)
  }
}
