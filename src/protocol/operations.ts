import type { JsonObject } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import { asking } from "./asking.ts"
import { lasting } from "./lasting.ts"
import { ok, type Operation } from "./operation.ts"
import { pageOf, schemaRef, shape } from "./schemas.ts"

const text: JsonObject = { type: "string" }
const moment = schemaRef("Moment")
const limit: JsonObject = {
  type: "integer",
  minimum: 1,
  description: "How many; more than the most is answered with the most",
}
const listed: JsonObject = { type: "string", description: "Several, separated by commas" }
const events: JsonObject = { type: "array", items: schemaRef("Event") }
const prefer: JsonObject = {
  type: "string",
  description: `respond-async, or wait=N seconds, at most ${limits.waitSecondsMax}`,
}
const tagged = { "If-None-Match": text }
const described = (body: JsonObject = { type: "object" }): Operation["answers"] => ({
  200: { means: "The document", body },
  304: { means: "The client has it" },
})
const jsonSchema: Operation["answers"] = {
  200: { means: "JSON Schema 2020-12", body: { type: "object" }, media: "application/schema+json" },
  304: { means: "The client has it" },
}

const commands: readonly Operation[] = [
  {
    method: "post",
    path: "/commands",
    id: "requestCommands",
    summary: "Asks for one command, or for many, each of which stands alone",
    headers: { Prefer: prefer, "Idempotency-Key": { ...schemaRef("Id"), description: "The id of the command" } },
    body: {
      anyOf: [
        schemaRef("Command"),
        { type: "array", maxItems: limits.commandsPerRequestMax, items: schemaRef("Command") },
      ],
    },
    answers: {
      200: {
        means: "The outcome; of an array, one for each, in order",
        body: {
          anyOf: [
            schemaRef("Outcome"),
            { type: "array", items: { anyOf: [schemaRef("Outcome"), schemaRef("Accepted"), schemaRef("Refused")] } },
          ],
        },
      },
      202: { means: "It is durable, and not yet at its end", body: schemaRef("Accepted") },
    },
  },
  {
    method: "get",
    path: "/commands",
    id: "listCommands",
    summary: "Commands that were asked for, newest first",
    query: {
      owner: schemaRef("Id"),
      state: text,
      type: schemaRef("Name"),
      parent: schemaRef("Id"),
      archived: { enum: ["true", "false", "both"], description: "Those in the archive; usually those that are not" },
      limit,
      after: schemaRef("Id"),
    },
    answers: ok("A page", pageOf(schemaRef("Instance"))),
  },
  {
    method: "get",
    path: "/commands/{id}",
    id: "getCommand",
    summary: "How far a command has got, or had got at t",
    query: { asOf: moment },
    answers: ok("It", schemaRef("Instance")),
  },
  {
    method: "post",
    path: "/commands/{id}/abort",
    id: "abortCommand",
    summary: "Aborts a command; at its end, nothing happens",
    answers: ok("Its state", schemaRef("Accepted")),
  },
  ...lasting,
]

const reading: readonly Operation[] = [
  {
    method: "get",
    path: "/events",
    id: "readEvents",
    summary: "All events in order; with Accept: text/event-stream, a feed that goes on",
    query: { after: moment, types: listed, limit },
    headers: {
      "Last-Event-ID": { type: "string", pattern: "^\\d+(\\.\\d+)?$", description: "Where a feed goes on: after T.N" },
    },
    answers: {
      200: {
        means: "A page; next is the after of the next one",
        body: shape({ events, next: schemaRef("T"), isEnd: { type: "boolean" } }),
        also: { "text/event-stream": { schema: { type: "string" } } },
      },
    },
  },
  {
    method: "get",
    path: "/streams",
    id: "listStreams",
    summary: "The streams there are, in order of their ids",
    query: { type: schemaRef("Name"), after: schemaRef("Id"), limit },
    answers: ok("A page", pageOf(schemaRef("Stream"))),
  },
  {
    method: "get",
    path: "/streams/{type}/{id}",
    id: "readStream",
    summary: "The events of one entity from a version on, without a gap",
    query: { from: { type: "integer", minimum: 1 }, limit, types: listed },
    answers: ok(
      "A page; next is the from of the next one",
      shape({ events, version: { type: "integer" }, isEnd: { type: "boolean" }, next: { type: "integer" } }),
    ),
  },
]

const describing: readonly Operation[] = [
  {
    method: "get",
    path: "/schema",
    id: "getSchema",
    summary: "The schema as it is written",
    headers: tagged,
    answers: described(),
  },
  ...(["commands", "events", "entities"] as const).map((kind): Operation => ({
    method: "get",
    path: `/schema/${kind}/{type}`,
    id: `getSchemaOf${kind.charAt(0).toUpperCase()}${kind.slice(1)}`,
    summary: kind === "entities" ? "What an entity is" : `What the data of one type of ${kind} is`,
    headers: tagged,
    answers: jsonSchema,
  })),
  {
    method: "get",
    path: "/catalogue",
    id: "getCatalogue",
    summary: "Who produces and who consumes what, and what there is of each entity type",
    headers: tagged,
    answers: described(),
  },
  {
    method: "get",
    path: "/openapi.json",
    id: "getOpenapi",
    summary: "This document",
    headers: tagged,
    answers: described(),
  },
  {
    method: "get",
    path: "/asyncapi.json",
    id: "getAsyncapi",
    summary: "The messages, in AsyncAPI",
    headers: tagged,
    answers: described(),
  },
]

const bytes: JsonObject = { description: `Any bytes, at most ${limits.uploadBytesMax}` }
const files: readonly Operation[] = [
  {
    method: "post",
    path: "/files",
    id: "uploadFile",
    summary: "Takes in a file, which a command may refer to from then on",
    bodies: { "*/*": bytes, "multipart/form-data": { ...shape({ file: bytes }), maxProperties: 1 } },
    answers: { 201: { means: "It is there; within a day, a transaction has to hold it", body: schemaRef("File") } },
  },
  {
    method: "get",
    path: "/files/{id}",
    id: "downloadFile",
    summary: "A file that some entity holds",
    headers: tagged,
    answers: {
      200: { means: "Its bytes, under its own media type", body: bytes, media: "*/*" },
      304: { means: "The client has it" },
    },
  },
]

const operating: readonly Operation[] = [
  {
    method: "post",
    path: "/archive",
    id: "archiveCommands",
    summary: "Moves commands that have ended to the archive, with all that they caused",
    body: shape({ olderThan: { type: "string", description: 'An instant, or a length of time like "P90D"' } }),
    answers: ok("It is done", shape({ id: schemaRef("Id"), t: schemaRef("T"), archived: { type: "integer" } })),
  },
  {
    method: "post",
    path: "/archive/restore",
    id: "restoreCommands",
    summary: "Brings commands back from the archive",
    body: shape({ ids: { type: "array", maxItems: limits.archivedAtOnceMax, items: schemaRef("Id") } }),
    answers: ok("It is done", shape({ id: schemaRef("Id"), t: schemaRef("T"), restored: { type: "integer" } })),
  },
  {
    method: "get",
    path: "/dead-letters",
    id: "listDeadLetters",
    summary: "What could not be delivered, newest first",
    query: { after: text, limit },
    answers: ok("A page", pageOf(schemaRef("DeadLetter"))),
  },
  ...(["redrive", "drop"] as const).map((verb): Operation => ({
    method: "post",
    path: `/dead-letters/{id}/${verb}`,
    id: `${verb}DeadLetter`,
    summary: verb === "drop" ? "Gives a delivery up" : "Tries a delivery again",
    answers: ok("It is done", { type: "object" }),
  })),
  {
    method: "get",
    path: "/projections",
    id: "listProjections",
    summary: "How far each projection is",
    answers: ok("All", pageOf(schemaRef("Projection"))),
  },
  {
    method: "post",
    path: "/projections/{name}/rebuild",
    id: "rebuildProjection",
    summary: "Builds a projection again beside the one that is read, then swaps",
    headers: { Prefer: prefer },
    answers: {
      200: { means: "It is swapped", body: schemaRef("Projection") },
      202: { means: "It is being built", body: schemaRef("Projection") },
    },
  },
  {
    method: "get",
    path: "/projections/{name}/rows",
    id: "readRows",
    summary: "Rows of a projection: those with these keys, or a page of all",
    query: {
      keys: listed,
      after: text,
      limit,
      minT: { ...moment, description: "Waits until the projection is there" },
    },
    answers: ok("A page", pageOf(shape({ key: text, row: {} }), { t: schemaRef("T") })),
  },
  {
    method: "get",
    path: "/health",
    id: "getHealth",
    summary: "Whether the process lives",
    answers: ok("It does", { type: "object" }),
  },
  {
    method: "get",
    path: "/ready",
    id: "getReady",
    summary: "Whether it can serve",
    answers: ok("It can", { type: "object" }),
  },
  {
    method: "get",
    path: "/metrics",
    id: "getMetrics",
    summary: "Counts and times, for Prometheus",
    answers: { 200: { means: "The metrics", body: text, media: "text/plain" } },
  },
]

/** Every call over HTTP. */
export const operations: readonly Operation[] = [
  ...commands,
  ...reading,
  ...asking,
  ...describing,
  ...files,
  ...operating,
]
