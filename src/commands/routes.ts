import type { Aggregate, Evolve } from "../kernel/aggregate.ts"
import type { App } from "../kernel/app.ts"
import type { CommandHandler } from "../kernel/handler.ts"
import { injector } from "../kernel/inject.ts"
import type { Stepping } from "../kernel/life.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import type { CommandType } from "../schema/types.ts"
import { builtInEvolve } from "./built-in.ts"
import { runErase } from "./erase.ts"
import { eraseCommand } from "./erasure.ts"
import { keeping, type Keep } from "./keep.ts"

/** How one command type is handled: by its target's aggregate, by code that may wait, in steps, by `Transact`, or by being noted. */
export type Route =
  | { readonly kind: "aggregate"; readonly command: CommandType }
  | {
      readonly kind: "handler"
      readonly command: CommandType
      readonly run: (needs: Readonly<Record<string, unknown>>) => unknown
    }
  | { readonly kind: "workflow"; readonly command: CommandType; readonly steps: Stepping }
  | { readonly kind: "transact" | "receive" | "note"; readonly command: CommandType }

/** Every command type with its one way to be handled, and every entity type with what its events mean. */
export type Routes = {
  readonly schema: CompiledSchema
  readonly commands: ReadonlyMap<string, Route>
  /** What an event means for an entity of a type; undefined: nothing. */
  evolve(entityType: string, eventType: string): Evolve | undefined
  /** The aggregate of an entity type: its own, or that of its abstract. */
  aggregateOf(entityType: string): Aggregate | undefined
  /** A command's data without what the schema calls sensitive. */
  readonly keep: Keep
}

/** What a command handler may ask for besides the app's adapters. */
export const handlerNeeds = ["command", "data", "uow", "now", "key", "signal"] as const

/** Builds the tables, or throws one Error that lists everything that does not fit together, each with its place. */
export function buildRoutes(
  app: App,
  schema: CompiledSchema,
  adapters: Readonly<Record<string, unknown>>,
  steps: Stepping = noSteps,
): Routes {
  const problems: string[] = []
  const aggregates = aggregateTable(app, schema, problems)
  const aggregateOf = (type: string) =>
    aggregates.get(type) ?? aggregates.get(schema.entities.get(type)?.abstract ?? "")
  const commands = commandTable(app, schema, adapters, steps, problems)
  for (const command of schema.commands.values()) {
    const route = commands.get(command.name)
    if (route === undefined) problems.push(`Nothing handles the command ${command.name}`)
    else if (route.kind === "aggregate") checkDecided(command, schema, aggregateOf, problems)
  }
  if (problems.length > 0) throw new Error(`The application does not fit together:\n- ${problems.join("\n- ")}`)
  const evolve = (type: string, event: string) => builtInEvolve[event] ?? aggregateOf(type)?.evolve[event]
  return { schema, commands, evolve, aggregateOf, keep: keeping(schema) }
}

function commandTable(
  app: App,
  schema: CompiledSchema,
  adapters: Readonly<Record<string, unknown>>,
  steps: Stepping,
  problems: string[],
): Map<string, Route> {
  const commands = new Map<string, Route>()
  const transact = schema.commands.get("Transact")
  if (transact !== undefined) commands.set("Transact", { kind: "transact", command: transact })
  const received = schema.commands.get("ReceiveEvent")
  if (received !== undefined) commands.set("ReceiveEvent", { kind: "receive", command: received })
  const noted = schema.commands.get("RunQuery")
  if (noted !== undefined) commands.set("RunQuery", { kind: "note", command: noted })
  const erase = schema.commands.get(eraseCommand)
  if (erase !== undefined) commands.set(eraseCommand, { kind: "handler", command: erase, run: runErase })
  for (const aggregate of app.aggregates) {
    for (const name of Object.keys(aggregate.decide)) {
      const command = schema.commands.get(name)
      const place = `The aggregate ${aggregate.type} decides ${name}`
      if (command === undefined) problems.push(`${place}, but the schema knows no such command`)
      else if (!command.accepts(aggregate.type) && command.target !== aggregate.type)
        problems.push(`${place}, but its target is ${command.target}`)
      // Each variant of an abstract may decide its commands in its own way.
      else if (command.target === aggregate.type || commands.get(name)?.kind !== "aggregate")
        add(commands, { kind: "aggregate", command }, problems)
    }
  }
  for (const name of handlerNeeds) {
    if (name in adapters)
      problems.push(`There is an adapter ${name}, but that is what handlers ask for something else by`)
  }
  for (const handler of app.handlers) addHandler(commands, handler, schema, Object.keys(adapters), problems)
  for (const { type } of app.workflows) {
    const command = schema.commands.get(type)
    // That the schema knows none is told with all else that is wrong with workflows.
    if (command !== undefined) add(commands, { kind: "workflow", command, steps }, problems)
  }
  return commands
}

function checkDecided(
  command: CommandType,
  schema: CompiledSchema,
  aggregateOf: Routes["aggregateOf"],
  problems: string[],
): void {
  for (const type of schema.entities.keys()) {
    if (!command.accepts(type) || aggregateOf(type)?.decide[command.name] !== undefined) continue
    problems.push(`Nothing handles the command ${command.name} on a ${type}`)
  }
}

function aggregateTable(app: App, schema: CompiledSchema, problems: string[]): Map<string, Aggregate> {
  const table = new Map<string, Aggregate>()
  for (const aggregate of app.aggregates) {
    const { type } = aggregate
    const known = schema.entities.has(type) || schema.abstracts.has(type)
    if (!known) problems.push(`There is an aggregate ${type}, but the schema knows no such entity`)
    if (table.has(type)) problems.push(`There are two aggregates ${type}`)
    table.set(type, aggregate)
    for (const name of Object.keys(aggregate.evolve)) {
      const event = schema.events.get(name)
      if (event === undefined)
        problems.push(`The aggregate ${type} evolves by ${name}, but the schema knows no such event`)
      else if (known && event.stream !== type && !event.accepts(type))
        problems.push(`The aggregate ${type} evolves by ${name}, but that is an event of ${event.stream}`)
    }
    for (const event of schema.events.values()) {
      const isIts = event.stream === type || (event.stream !== null && event.accepts(type))
      if (!isIts || event.rejection || event.name in aggregate.evolve) continue
      problems.push(`The aggregate ${type} does not say what ${event.name} means for it`)
    }
  }
  return table
}

function addHandler(
  commands: Map<string, Route>,
  handler: CommandHandler,
  schema: CompiledSchema,
  adapters: readonly string[],
  problems: string[],
): void {
  const command = schema.commands.get(handler.type)
  if (command === undefined) {
    problems.push(`There is a handler for ${handler.type}, but the schema knows no such command`)
    return
  }
  try {
    const run = injector(handler.run, `the handler of ${handler.type}`, [...handlerNeeds, ...adapters], handler.inject)
    add(commands, { kind: "handler", command, run }, problems)
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error))
  }
}

// Where an app's tables are looked at and nothing of it runs.
const noSteps: Stepping = { begin: nothingRuns, advance: nothingRuns, refused: nothingRuns }

function nothingRuns(): never {
  throw new Error("Cannot be: a step is taken where nothing runs")
}

function add(commands: Map<string, Route>, route: Route, problems: string[]): void {
  if (commands.has(route.command.name)) problems.push(`The command ${route.command.name} is handled twice`)
  commands.set(route.command.name, route)
}
