import type { App } from "../kernel/app.ts"
import type { Trigger } from "../kernel/processor.ts"
import type { Routes } from "../commands/routes.ts"
import type { Catalogue } from "../daybook.ts"

/** Lists every message type with who produces and who consumes it, as far as the tables say. */
export function catalogueOf(app: App, routes: Routes): Catalogue {
  const { schema } = routes
  const commands = [...routes.commands.values()].map(({ kind, command }) => ({
    type: command.name,
    target: command.target,
    handledBy: kind === "aggregate" ? `aggregate ${command.target}` : kind === "handler" ? "handler" : "built in",
    producedBy: ["the edge", ...app.processors.filter(p => p.produces?.includes(command.name)).map(p => `processor ${p.name}`)],
  }))
  const events = [...schema.events.values()].map(event => ({
    type: event.name,
    stream: event.stream,
    version: event.version,
    rejection: event.rejection,
    producedBy: producersOf(event.name, event.stream, app, routes),
    consumedBy: consumersOf(event.name, app),
  }))
  return { commands, events }
}

function producersOf(event: string, stream: string | null, app: App, routes: Routes): readonly string[] {
  if (stream === null) return ["Transact"]
  const deciding = [...routes.commands.values()].filter(r => r.command.target === stream).map(r => r.command.name)
  const derived = app.projections.filter(p => p.derive !== undefined && stream === "Projection").map(p => `projection ${p.name}`)
  return [...deciding, ...derived]
}

function consumersOf(event: string, app: App): readonly string[] {
  const aggregates = app.aggregates.filter(a => event in a.evolve).map(a => `aggregate ${a.type}`)
  const processors = app.processors.filter(p => p.on.some(trigger => hears(trigger, event))).map(p => `processor ${p.name}`)
  const projections = app.projections.filter(p => event in p.on).map(p => `projection ${p.name}`)
  return [...aggregates, ...processors, ...projections]
}

const kindOf: Readonly<Record<string, string>> = { EntityCreated: "created", EntityChanged: "changed", EntityRetracted: "retracted" }

function hears(trigger: Trigger, event: string): boolean {
  return typeof trigger === "string" ? trigger === event : kindOf[event] === trigger.kind
}
