import type { Route, Routes } from "../commands/routes.ts"
import type { Catalogue } from "../daybook.ts"
import type { App } from "../kernel/app.ts"
import type { ChangeKind } from "../kernel/entity.ts"
import type { Trigger } from "../kernel/processor.ts"
import { everyEvent, projectionStream } from "../kernel/projection.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import { overviewOf } from "../schema/overview.ts"
import type { EventType } from "../schema/types.ts"

/** Lists every message type with who produces and who consumes it, as far as the tables say, and every entity type. */
export function catalogueOf(app: App, routes: Routes): Catalogue {
  const { schema } = routes
  const commands = [...routes.commands.values()].map(route => ({
    type: route.command.name,
    target: route.command.target,
    handledBy: handlerOf(route, app),
    producedBy: [
      "the edge",
      ...app.processors.filter(p => p.produces?.includes(route.command.name)).map(p => `processor ${p.name}`),
    ],
  }))
  const events = [...schema.events.values()].map(event => ({
    type: event.name,
    stream: event.stream,
    version: event.version,
    rejection: event.rejection,
    producedBy: producersOf(event, app, routes),
    consumedBy: consumersOf(event, app, schema),
  }))
  return { commands, events, entities: overviewOf(schema) }
}

function handlerOf({ kind, command }: Route, app: App): string {
  if (kind === "handler") return "handler"
  if (kind === "transact" || kind === "receive") return "built in"
  if (kind === "workflow") return "workflow"
  const deciding = app.aggregates.filter(aggregate => command.name in aggregate.decide)
  return deciding.map(aggregate => `aggregate ${aggregate.type}`).join(", ")
}

// Who decides about an entity may say any event of its stream; which, only the code knows.
function producersOf({ stream }: EventType, app: App, { commands, schema }: Routes): readonly string[] {
  if (stream === null) return ["Transact"]
  if (stream === projectionStream) return app.projections.filter(p => p.derive).map(p => `projection ${p.name}`)
  const typesOf = (name: string) => schema.abstracts.get(name) ?? [name]
  const types = typesOf(stream)
  const isIts = (target: string | null) => target !== null && typesOf(target).some(type => types.includes(type))
  return [...commands.values()].filter(({ command }) => isIts(command.target)).map(({ command }) => command.name)
}

function consumersOf(event: EventType, app: App, schema: CompiledSchema): readonly string[] {
  const aggregates = app.aggregates.filter(a => event.name in a.evolve).map(a => `aggregate ${a.type}`)
  const processors = app.processors
    .filter(p => p.on.some(trigger => hears(trigger, event, schema)))
    .map(p => `processor ${p.name}`)
  const projections = app.projections
    .filter(({ on }) => event.name in on || everyEvent in on)
    .map(({ name }) => `projection ${name}`)
  return [...aggregates, ...processors, ...projections]
}

const kindOf: Readonly<Record<string, ChangeKind>> = {
  EntityCreated: "created",
  EntityChanged: "changed",
  EntityRetracted: "retracted",
}

// What becomes of an entity may come of any event about it but a rejection; a built-in event says what it is.
function hears(trigger: Trigger, event: EventType, schema: CompiledSchema): boolean {
  if (typeof trigger === "string") return trigger === event.name
  if (event.rejection) return false
  if (event.stream === null) return kindOf[event.name] === trigger.kind
  const types = schema.abstracts.get(trigger.type) ?? [trigger.type]
  return types.some(type => event.accepts(type))
}
