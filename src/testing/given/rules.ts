import { buildUpcast, type Upcast } from "../../app/upcast.ts"
import type { App } from "../../kernel/app.ts"
import type { Document } from "../../kernel/entity.ts"
import type { Request } from "../../kernel/handler.ts"
import type { Event } from "../../kernel/message.ts"
import { Refusal, type Fault } from "../../kernel/refusal.ts"
import { compileSchema, type CompiledSchema } from "../../schema/compile.ts"
import { parseSchema } from "../../schema/parse.ts"
import { stateOf } from "../../schema/state.ts"

/** What an app's schema says of what is given and what is seen. Where there is no app, nothing is said. */
export type Rules = {
  readonly version: number
  readonly upcast: Upcast
  versionOf(eventType: string): number
  streamOf(eventType: string): string | null
  /** A document as decisions see it: with the lists that are empty; for an entity that is not there, its initial state. */
  stateOf(entityType: string, document: Document | null): Document
  /** Why a command would be refused before it is decided; null: it would not. */
  refusalOf(command: Request): Refusal | null
  /** Throws when an event is not one that the schema knows. An older version than the newest is not looked at. */
  checkEvent(event: Event, typeVersion?: number): void
  /** What of a document is against the schema. */
  faultsOf(entityType: string, document: Document): readonly Fault[]
}

/** The rules where no app is given: everything goes. */
export const noRules: Rules = {
  version: 1,
  upcast: event => event,
  versionOf: () => 1,
  streamOf: () => null,
  stateOf: (_type, document) => document ?? {},
  refusalOf: () => null,
  checkEvent() {},
  faultsOf: () => [],
}

const known = new WeakMap<App, Rules>()

/** The rules of an app. Its schema is compiled once. */
export function rulesOf(app: App): Rules {
  const before = known.get(app)
  if (before !== undefined) return before
  const rules = compiled(compileSchema(parseSchema(app.schema)), app)
  known.set(app, rules)
  return rules
}

function compiled(schema: CompiledSchema, app: App): Rules {
  return {
    version: schema.version,
    upcast: buildUpcast(app, schema),
    versionOf: type => schema.events.get(type)?.version ?? 1,
    streamOf: type => schema.events.get(type)?.stream ?? null,
    stateOf: (type, document) => stateOf(schema.entities.get(type), document),
    refusalOf: command => refusalOf(schema, command),
    checkEvent: (event, typeVersion) => checkEvent(schema, event, typeVersion),
    faultsOf: (type, document) => schema.entities.get(type)?.validate(document) ?? [],
  }
}

function refusalOf(schema: CompiledSchema, { type, target, data }: Request): Refusal | null {
  const command = schema.commands.get(type)
  if (command === undefined) return new Refusal("unknown-command", `The schema knows no command ${type}`, { type })
  if (command.target !== null && (target === null || !command.accepts(target.type))) {
    const found = target?.type ?? "none"
    return new Refusal("invalid", `The target of ${type} is a ${command.target}, not ${found}`, { type, found })
  }
  const faults = command.validate(data)
  return faults.length === 0
    ? null
    : new Refusal("invalid", `${type} is against its schema: ${faultsText(faults)}`, {}, faults)
}

function checkEvent(schema: CompiledSchema, event: Event, typeVersion?: number): void {
  const type = schema.events.get(event.type)
  if (type === undefined) throw new Error(`The schema knows no event ${event.type}`)
  if (type.rejection !== event.rejection) {
    throw new Error(
      `To the schema ${event.type} is ${type.rejection ? "a rejection" : "no rejection"}; here it is the contrary`,
    )
  }
  const faults = typeVersion === undefined || typeVersion === type.version ? type.validate(event.data) : []
  if (faults.length > 0) throw new Error(`${event.type} is against its schema: ${faultsText(faults)}`)
}

/** Faults as one line. */
export function faultsText(faults: readonly Fault[]): string {
  return faults.map(({ path, message }) => `${path === "" ? "it" : path} ${message}`).join("; ")
}
