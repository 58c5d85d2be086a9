import { instanceType } from "../kernel/workflow.ts"
import type { JsonObject } from "../kernel/json.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import { jsonSchemaOf } from "../schema/json-schema.ts"
import type { CommandType, EventType } from "../schema/types.ts"
import { commandOptions, messageSchemas, schemaRef, shape } from "./schemas.ts"

/** JSON Schemas by the names they have in a document about an application. */
export type Schemas = Readonly<Record<string, JsonObject>>

/**
 * The name of a component about a thing of the application. Other than its own name it holds only what a component's
 * name may hold, and it is another one for another thing.
 */
export function component(kind: "Command" | "CommandData" | "Event" | "EventData" | "Entity", name: string): string {
  return `${kind}.${encodeURIComponent(name).replaceAll("%", ".")}`
}

/** The schemas of everything that is said with this very application: its own commands and events among them. */
export function schemasOf(schema: CompiledSchema): Schemas {
  const table: Record<string, JsonObject> = { ...messageSchemas }
  const commands = [...schema.commands.values()]
  for (const command of commands) {
    table[component("CommandData", command.name)] = command.jsonSchema
    table[component("Command", command.name)] = commandSchema(command, schema)
  }
  for (const event of schema.events.values()) {
    table[component("EventData", event.name)] = event.jsonSchema
    table[component("Event", event.name)] = eventSchema(event, schema)
  }
  for (const entity of Object.keys(schema.expanded.entities).filter(name => name !== instanceType))
    table[component("Entity", entity)] = jsonSchemaOf(schema, "entities", entity)
  table["Command"] = { anyOf: commands.map(c => schemaRef(component("Command", c.name))) }
  return table
}

const newTarget = { ...schemaRef("Id"), description: "Without one it is something new, and is given one" }

/** A command of one type, as it is sent. */
function commandSchema(command: CommandType, schema: CompiledSchema): JsonObject {
  const { name, target, jsonSchema } = command
  const types = target === null ? [] : (schema.abstracts.get(target) ?? [target])
  return {
    ...shape({
      "id?": { ...schemaRef("Id"), description: "Its idempotency key; without one it is given one" },
      type: { const: name },
      ...(target === null ? {} : { target: shape({ type: { enum: types }, "id?": newTarget }) }),
      data: schemaRef(component("CommandData", name)),
      ...Object.fromEntries(Object.entries(commandOptions).map(([key, option]) => [`${key}?`, option])),
    }),
    title: name,
    ...(typeof jsonSchema["description"] === "string" ? { description: jsonSchema["description"] } : {}),
  }
}

/** An event of one type, as it is recorded. */
function eventSchema({ name, stream, rejection }: EventType, schema: CompiledSchema): JsonObject {
  const types = stream === null ? null : (schema.abstracts.get(stream) ?? [stream])
  const of = types === null ? {} : { stream: { properties: { type: { enum: types } } } }
  const data = schemaRef(component("EventData", name))
  const told = { type: { const: name }, ...of, data, rejection: rejection ? { const: true } : { type: "boolean" } }
  return { title: name, allOf: [schemaRef("Event"), { type: "object", properties: told }] }
}
