import { builtInEvolve } from "./built-in.ts"
import type { Aggregate, Evolve } from "../kernel/aggregate.ts"
import type { App } from "../kernel/app.ts"
import type { CommandHandler } from "../kernel/handler.ts"
import { injector } from "../kernel/inject.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import type { CommandType } from "../schema/types.ts"

/** How one command type is handled: by an aggregate's decision, by code that may wait, or by `Transact`. */
export type Route =
  | { readonly kind: "aggregate"; readonly command: CommandType; readonly aggregate: Aggregate }
  | { readonly kind: "handler"; readonly command: CommandType; readonly run: (needs: Readonly<Record<string, unknown>>) => unknown }
  | { readonly kind: "transact"; readonly command: CommandType }

/** Every command type with its one way to be handled, and every entity type with what its events mean. */
export type Routes = {
  readonly schema: CompiledSchema
  readonly commands: ReadonlyMap<string, Route>
  /** What an event means for an entity of a type; undefined: nothing. */
  evolve(entityType: string, eventType: string): Evolve | undefined
  aggregateOf(entityType: string): Aggregate | undefined
}

/** What a command handler may ask for besides the app's adapters. */
export const handlerNeeds = ["command", "data", "uow", "now", "key"] as const

/** Builds the tables, or throws one Error that lists everything that does not fit together, each with its place. */
export function buildRoutes(app: App, schema: CompiledSchema, adapters: Readonly<Record<string, unknown>>): Routes {
  const problems: string[] = []
  const aggregates = aggregateTable(app, schema, problems)
  const commands = new Map<string, Route>()

  for (const command of schema.commands.values()) {
    if (command.target === null && command.name === "Transact") commands.set(command.name, { kind: "transact", command })
  }
  for (const aggregate of app.aggregates) {
    for (const name of Object.keys(aggregate.decide)) {
      const command = schema.commands.get(name)
      const place = `The aggregate ${aggregate.type} decides ${name}`
      if (command === undefined) problems.push(`${place}, but the schema knows no such command`)
      else if (!command.accepts(aggregate.type) && command.target !== aggregate.type)
        problems.push(`${place}, but its target is ${command.target}`)
      else add(commands, { kind: "aggregate", command, aggregate }, problems)
    }
  }
  for (const handler of app.handlers) addHandler(commands, handler, schema, Object.keys(adapters), problems)
  for (const command of schema.commands.values()) {
    if (!commands.has(command.name)) problems.push(`Nothing handles the command ${command.name}`)
  }
  if (problems.length > 0) throw new Error(`The application does not fit together:\n- ${problems.join("\n- ")}`)

  const aggregateOf = (type: string) => aggregates.get(type) ?? aggregates.get(schema.entities.get(type)?.abstract ?? "")
  const evolve = (type: string, event: string) => builtInEvolve[event] ?? aggregateOf(type)?.evolve[event]
  return { schema, commands, evolve, aggregateOf }
}

function aggregateTable(app: App, schema: CompiledSchema, problems: string[]): Map<string, Aggregate> {
  const table = new Map<string, Aggregate>()
  for (const aggregate of app.aggregates) {
    const { type } = aggregate
    const known = schema.entities.has(type) || [...schema.entities.values()].some(e => e.abstract === type)
    if (!known) problems.push(`There is an aggregate ${type}, but the schema knows no such entity`)
    if (table.has(type)) problems.push(`There are two aggregates ${type}`)
    table.set(type, aggregate)
    for (const name of Object.keys(aggregate.evolve)) {
      if (!schema.events.has(name)) problems.push(`The aggregate ${type} evolves by ${name}, but the schema knows no such event`)
    }
    for (const event of schema.events.values()) {
      if (event.stream !== type || event.rejection || event.name in aggregate.evolve) continue
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

function add(commands: Map<string, Route>, route: Route, problems: string[]): void {
  if (commands.has(route.command.name)) problems.push(`The command ${route.command.name} is handled twice`)
  commands.set(route.command.name, route)
}
