import type { JsonObject } from "../kernel/json.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import { component, schemasOf } from "./app-schemas.ts"
import { schemaRef } from "./schemas.ts"

/** The AsyncAPI 3 document of this very application: the commands it takes, and the events it tells. */
export function asyncapi(schema: CompiledSchema): JsonObject {
  const commands = [...schema.commands.keys()].map(name => component("Command", name))
  const events = [...schema.events.keys()].map(name => component("Event", name))
  return {
    asyncapi: "3.0.0",
    info: { title: schema.schema.name, version: String(schema.version) },
    defaultContentType: "application/json",
    channels: {
      commands: channel("/commands", "Commands, each answered with its outcome", commands),
      outcomes: channel(null, "What came of a command, told to who asked", ["Outcome"]),
      events: channel("/events", "All events in order, as server-sent events: id is T.N, event the type", events),
    },
    operations: {
      takeCommand: {
        action: "receive",
        channel: channelRef("commands"),
        messages: messageRefs("commands", commands),
        reply: { channel: channelRef("outcomes"), messages: messageRefs("outcomes", ["Outcome"]) },
      },
      tellEvent: { action: "send", channel: channelRef("events"), messages: messageRefs("events", events) },
    },
    components: {
      messages: Object.fromEntries([...commands, ...events, "Outcome"].map(name => [name, message(name)])),
      schemas: schemasOf(schema),
    },
  }
}

function channel(address: string | null, description: string, names: readonly string[]): JsonObject {
  const messages = Object.fromEntries(names.map(name => [name, { $ref: `#/components/messages/${name}` }]))
  return { address, description, messages }
}

function channelRef(name: string): JsonObject {
  return { $ref: `#/channels/${name}` }
}

function messageRefs(channel: string, names: readonly string[]): JsonObject[] {
  return names.map(name => ({ $ref: `#/channels/${channel}/messages/${name}` }))
}

function message(name: string): JsonObject {
  return { name, contentType: "application/json", payload: schemaRef(name) }
}
