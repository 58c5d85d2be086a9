import { Dispatcher } from "../commands/dispatcher.ts"
import { rowMutex } from "../commands/mutexes.ts"
import { Workspace } from "../commands/workspace.ts"
import type { Daybook, Parts } from "../daybook.ts"
import type { App } from "../kernel/app.ts"
import type { Arrival } from "../kernel/life.ts"
import type { RecordedEvent } from "../kernel/message.ts"
import { silent } from "../ports/journal.ts"
import { noMetrics } from "../ports/metrics.ts"
import type { Committed } from "../ports/write.ts"
import { Leases } from "../processors/leases.ts"
import { steppingOf } from "../workflows/turn.ts"
import { startWorkflows, type WorkflowParts } from "../workflows/start.ts"
import { startConsumers, type Consumers } from "../processors/start.ts"
import { securityOf, type Security } from "../security/security.ts"
import { compileSchema } from "../schema/compile.ts"
import { parseSchema } from "../schema/parse.ts"
import { aborting } from "./aborting.ts"
import { Archive } from "./archive.ts"
import { Archiver } from "./archiver.ts"
import { answering } from "./asking.ts"
import { evolve } from "./evolve.ts"
import { Files } from "./files.ts"
import { fit } from "./fit.ts"
import { forgetting } from "./forgetful.ts"
import { Hearing } from "./hearing.ts"
import { Lasting } from "./lasting.ts"
import { outwardEvents } from "./outward.ts"
import { recording } from "./prompting.ts"
import { Reading } from "./reading.ts"
import { RunningDaybook, type Running } from "./running.ts"
import { Shown } from "./shown.ts"
import { snapshotAt } from "./snapshot.ts"
import { touching } from "./touching.ts"
import { Unfinished } from "./unfinished.ts"

/**
 * Opens an application on a store: checks that its parts fit together, takes up what an earlier run left unfinished,
 * and starts its processors and projections. Throws an Error that names each place where something does not fit.
 */
export async function openDaybook(app: App, parts: Parts): Promise<Daybook> {
  const { store, clock, ids, metrics = noMetrics, journal = silent, mutex = rowMutex } = parts
  const { schema, adapters, outward, ...fitted } = tablesOf(app, parts)
  const { routes, upcast } = fitted
  await evolve(schema, { store, journal, alter: parts.alter })

  const security = securityOf(schema, store.facts, clock)
  const reading = new Reading(store, outward, forgetting(schema, store))
  const hearing = new Hearing(store, reading, outward, clock)
  const leases = new Leases({ store, clock, ids, journal })
  const common = { store, clock, ids, metrics, journal, adapters }
  const dispatcher = new Dispatcher({
    ...common,
    aborting: newAborting,
    mutex,
    routes,
    security,
    workspace: new Workspace(store, { ...parts, touchesRights: touching(security.rules) }),
    committed: report => hearing.committed(report, isAboutRights(security, report)),
    mark: () => leases.mark,
    armed: timers => hearing.workflows?.armed(timers),
  })
  const lasting = new Lasting({ store, clock, dispatcher, routes })
  const abort = aborting({ dispatcher, store, routes, lasting })
  const archive = new Archive({ store, clock, ids, write: write => dispatcher.write(write) })
  // What an earlier run left unfinished has its place before what processors ask for now.
  const resumed = Promise.withResolvers<void>()
  const forConsumers = {
    ...common,
    ...fitted,
    schema,
    leases,
    ...askingOf(dispatcher, resumed.promise, abort),
    recurring: app.archive === null ? null : new Archiver(app.archive, { archive, store, clock }),
    snapshot: (t: number) => snapshotAt(store.entities, t),
    aborting: newAborting,
  }
  const consumers = await started(app, forConsumers, hearing, { ...common, leases, dispatcher, routes })
  const silence = store.onBell(() => hearing.rang())
  resumed.resolve()
  // Nobody was told of what was committed while they started.
  hearing.rang()

  const files = new Files({ ...parts, schema, journal })
  const asking = { ...common, ...fitted, schema, security, reached: hearing.reached, aborting: newAborting }
  const answers = answering(asking)
  hearing.live = answers.live
  const query = recording({ ...fitted, queries: answers.queries, dispatcher, ids })
  const shown = new Shown({ store, reading, feed: hearing.feed, files, seen: answers.seen })
  const stop = async () => {
    lasting.close()
    silence()
    await archive.close()
    await stopped({ hearing, consumers, dispatcher, leases, files })
  }
  const core = { ...common, app, routes, dispatcher, consumers, reading, upcast, lasting, archive }
  const outer = { query, abort, workflows: hearing.workflows, shown, files, stop }
  return new RunningDaybook({ ...core, ...answers, ...outer })
}

/** What consumers of the log ask the dispatcher for, from when unfinished commands have their place. */
function askingOf(dispatcher: Dispatcher, resumed: Promise<void>, abort: Daybook["abort"]) {
  return {
    request: (...asked: Parameters<Dispatcher["request"]>) => resumed.then(() => dispatcher.request(...asked)),
    ask: (...asked: Parameters<Dispatcher["ask"]>) => resumed.then(() => dispatcher.ask(...asked)),
    wake: (id: string, arrival: Arrival) => resumed.then(() => dispatcher.lasting.wake(id, arrival)),
    abort: (id: string, by: string) => resumed.then(() => abort(id, by)),
    write: (...written: Parameters<Dispatcher["write"]>) => dispatcher.write(...written),
  }
}

// Told of a transaction, security says by its epoch whether anything that it knew is in doubt.
function isAboutRights(security: Security, report: Committed): boolean {
  const { epoch } = security
  security.committed([report])
  return security.epoch !== epoch
}

async function started(
  app: App,
  parts: WorkflowParts,
  hearing: Hearing,
  unfinished: ConstructorParameters<typeof Unfinished>[0],
): Promise<Consumers> {
  const { leases } = unfinished
  await leases.join()
  try {
    const consumers = await startConsumers(app.processors, app.projections, parts)
    hearing.consumers = consumers
    hearing.workflows = await startWorkflows(parts)
    // The store may be away when it is asked: the next beat finds it.
    leases.onBeat(() => void hearing.look().catch(() => undefined))
    await new Unfinished(unfinished).start()
    return consumers
  } catch (error) {
    // What a start that fails leaves behind must not look alive.
    await leases.close()
    throw error
  }
}

type Stopping = Pick<Running, "consumers" | "dispatcher" | "files"> & {
  readonly hearing: Hearing
  readonly leases: Leases
}

async function stopped({ hearing, consumers, dispatcher, leases, files }: Stopping): Promise<void> {
  hearing.feed.close()
  hearing.live?.close()
  // What consumers have under way still asks for commands: they stop before what takes these.
  await consumers.stop()
  await hearing.workflows?.stop()
  await dispatcher.close()
  await leases.close()
  await files.close()
}

function newAborting() {
  const controller = new AbortController()
  return { signal: controller.signal, abort: (reason: Error) => controller.abort(reason) }
}

/** Everything that follows from the app alone. */
function tablesOf(app: App, parts: Parts) {
  const schema = compileSchema(parseSchema(app.schema))
  const adapters = { ...app.adapters, ...parts.adapters }
  const snapshot = (t: number) => snapshotAt(parts.store.entities, t)
  const fitted = fit(app, schema, adapters, workflows => steppingOf(workflows, { ids: parts.ids, snapshot }))
  const hidden = outwardEvents(schema)
  return { schema, adapters, ...fitted, outward: (event: RecordedEvent) => hidden(fitted.upcast(event)) }
}
