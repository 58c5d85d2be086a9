import { isObject, type JsonObject } from "../kernel/json.ts"
import { instanceType, outsideStream } from "../kernel/workflow.ts"
import { lazyValidator, type JsonSchema } from "./ajv.ts"
import type { CommandDef, EventDef } from "./grammar.ts"
import type { CommandType, EventType } from "./types.ts"

/** The dialect of every JSON Schema here. */
export const dialect = "https://json-schema.org/draft/2020-12/schema"

/** A command type, ready to be used. `targets`: the entity types its target may be of. */
export function compileCommand(name: string, definition: CommandDef, targets: readonly string[]): CommandType {
  return {
    name,
    target: definition.target,
    requires: definition.requires ?? "write",
    sensitive: definition.sensitive ?? [],
    jsonSchema: published("commands", name, dataSchema(definition.data), definition.doc),
    accepts: entity => targets.includes(entity),
    validate: lazyValidator(dataSchema(definition.data)),
  }
}

/** An event type, ready to be used. `streams`: the entity types whose streams it may be in. */
export function compileEvent(name: string, definition: EventDef, streams: readonly string[]): EventType {
  return {
    name,
    stream: definition.stream,
    version: definition.version ?? 1,
    rejection: definition.rejection === true,
    requires: definition.requires ?? "operate",
    jsonSchema: published("events", name, dataSchema(definition.data), definition.doc),
    // What is told from outside may be told to one instance.
    accepts: entity => streams.includes(entity) || (definition.stream === outsideStream && entity === instanceType),
    validate: lazyValidator(dataSchema(definition.data)),
  }
}

/** A JSON Schema as it is served: it says its dialect, and its own address. */
export function published(
  kind: "commands" | "events" | "entities",
  name: string,
  schema: JsonSchema,
  doc?: string,
): JsonObject {
  const body = isObject(schema) ? schema : schema ? {} : { not: {} }
  const description = doc === undefined ? {} : { description: doc }
  return { title: name, ...description, ...body, $schema: dialect, $id: `/schema/${kind}/${encodeURIComponent(name)}` }
}

// The data of a message is an object; a schema that leaves this open does not make it less so.
function dataSchema(data: JsonSchema | undefined): JsonSchema {
  if (data === undefined || data === true) return { type: "object" }
  return isObject(data) && !("type" in data) && !("$ref" in data) ? { type: "object", ...data } : data
}
