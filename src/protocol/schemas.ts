import type { JsonObject } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import { problems } from "./problem.ts"

/** Where a schema of this table is found in a document that holds it. */
export function schemaRef(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` }
}

const { idCharsMax, nameCharsMax } = limits
const id: JsonObject = { type: "string", minLength: 1, maxLength: idCharsMax, pattern: "^[^\\u0000-\\u001f\\u007f]*$" }
const name: JsonObject = { type: "string", minLength: 1, maxLength: nameCharsMax }
const t: JsonObject = { type: "integer", minimum: 0, description: "The number of a transaction; 0: before the first" }
const instant: JsonObject = { type: "string", format: "date-time" }
const orNull = (schema: JsonObject): JsonObject => ({ anyOf: [schema, { type: "null" }] })
const list = (items: JsonObject): JsonObject => ({ type: "array", items })
const state: JsonObject = {
  enum: "queued running waiting retrying aborting stuck succeeded rejected failed aborted".split(" "),
}

/** An object whose members are all required, but for those named with a question mark. */
export function shape(members: JsonObject, description?: string): JsonObject {
  const properties = Object.fromEntries(Object.entries(members).map(([key, schema]) => [key.replace("?", ""), schema]))
  const required = Object.keys(members).filter(key => !key.endsWith("?"))
  return { type: "object", ...(description === undefined ? {} : { description }), properties, required }
}

/** A page: its items, and what `after` is for the next one. */
export function pageOf(items: JsonObject, more: JsonObject = {}): JsonObject {
  return shape({ ...more, items: list(items), next: orNull({ type: "string" }) })
}

/** Everything that a command may be sent with besides its type, target and data. */
export const commandOptions: JsonObject = {
  expectedVersion: {
    ...t,
    description: "Refuse (conflict) unless the target's stream is at this version; 0: unless it is new",
  },
  occurredAt: { ...instant, description: "When it really happened, if not now; its events carry it" },
  basisT: { anyOf: [t, instant], description: "Refuse (conflict) if the target changed after this moment" },
}

const outcome = {
  id: schemaRef("Id"),
  state,
  t,
  events: list(schemaRef("Event")),
  "result?": {},
  "error?": schemaRef("CommandError"),
}

const text: JsonObject = { type: "string" }
const moment = schemaRef("Moment")
const ofWhen = {
  "asOf?": moment,
  "since?": moment,
  "minBasisT?": { ...moment, description: "Waits until it is there" },
  "timeoutMs?": { type: "integer", minimum: 1 },
}
const asked = (members: JsonObject) => ({ ...shape({ ...members, ...ofWhen }), additionalProperties: false })
const pattern: JsonObject = { anyOf: [{ type: "array", minItems: 1 }, { type: "object" }] }
const limit: JsonObject = { type: "integer", minimum: 1 }
const querySchema: JsonObject = {
  oneOf: [
    asked({ pull: pattern, of: { anyOf: [schemaRef("Naming"), list(schemaRef("Naming"))] } }),
    {
      ...shape({ find: { type: "array", minItems: 1 }, "where?": list({ type: "array" }), ...ofWhen }),
      description: "Datalog",
    },
    asked({ history: schemaRef("Naming"), "limit?": limit, "after?": text }),
    asked({ diff: schemaRef("Naming"), from: moment, to: moment }),
    asked({ name, "data?": {} }),
  ],
}

/** JSON Schema (2020-12) of everything that is said, whatever the application. Each refers to others by `schemaRef`. */
export const messageSchemas: Readonly<Record<string, JsonObject>> = {
  Id: id,
  Name: name,
  T: t,
  Moment: { anyOf: [t, instant], description: "A t, or an instant that stands for the last t at or before it" },
  Target: shape({ type: name, id }),
  Event: shape(
    {
      id,
      type: name,
      stream: shape({ type: name, id, version: { type: "integer", minimum: 1 } }),
      t,
      n: { type: "integer", minimum: 0, description: "Its place in its transaction: (t, n) orders all events" },
      at: instant,
      "occurredAt?": instant,
      data: { type: "object" },
      rejection: { type: "boolean", description: "It says no: it is recorded and changes nothing" },
      causedBy: shape({ type: name, id }),
      correlationId: id,
      actor: id,
      schemaVersion: { type: "integer" },
      typeVersion: { type: "integer", minimum: 1 },
    },
    "An event as it is recorded",
  ),
  Outcome: shape(outcome, "What came of a command"),
  Accepted: shape({ id, state }, "The command is durable; it will be processed once, whatever happens"),
  Refused: shape({ id: orNull(id), state: { const: "refused" }, code: schemaRef("Code"), error: schemaRef("Problem") }),
  CommandError: { type: "object", description: "Why a command has failed: a code, a sentence, and the facts" },
  Instance: shape(
    {
      id,
      type: name,
      state,
      owner: id,
      target: orNull(schemaRef("Target")),
      data: {},
      parent: orNull(id),
      children: list(id),
      waits: list({ type: "object" }),
      timers: list({ type: "object" }),
      result: {},
      error: orNull(schemaRef("CommandError")),
      createdAt: instant,
      updatedAt: instant,
      "archivedAt?": instant,
      t: orNull(t),
      history: list(shape({ state, at: instant, t: orNull(t) })),
    },
    "The record of how far a command has got",
  ),
  Code: { enum: Object.keys(problems) },
  Fault: shape({
    path: { type: "string", description: "JSON Pointer into the input" },
    code: name,
    message: { type: "string" },
  }),
  Problem: shape(
    {
      type: { type: "string", format: "uri" },
      title: { type: "string" },
      status: { type: "integer" },
      detail: { type: "string" },
      code: schemaRef("Code"),
      "errors?": list(schemaRef("Fault")),
    },
    "Why something was not done (RFC 9457), with the facts as further members",
  ),
  File: shape(
    {
      file: id,
      size: { type: "integer", minimum: 0 },
      sha256: { type: "string", pattern: "^[0-9a-f]{64}$" },
      mediaType: { type: "string" },
    },
    "A file that was uploaded: what an attribute of type file holds",
  ),
  Naming: {
    anyOf: [id, { type: "array", minItems: 2, maxItems: 2 }],
    description: "An id, or a lookup [attribute, value] by the full name of a unique attribute",
  },
  Query: querySchema,
  QueryAnswer: shape({
    basisT: { ...t, description: "The t that it was computed at" },
    result: {},
    "next?": { type: "string", description: "What after is for what comes next" },
    "errors?": list(shape({ path: text, source: text, message: text })),
  }),
  RightsQuestion: shape({
    subject: { anyOf: [schemaRef("Naming"), { type: "null" }], description: "Null: anonymous" },
    entity: schemaRef("Naming"),
    "permission?": text,
  }),
  RightsAnswer: shape({ "allowed?": { type: "boolean" }, groups: list(text), permissions: list(text) }),
  Explanation: shape({
    allowed: { type: "boolean" },
    groups: list(text),
    permissions: list(text),
    paths: list(shape({ group: text, from: orNull(text), steps: list({ type: "object" }) })),
    missing: list(text),
  }),
  Stream: shape({ type: name, id, version: { type: "integer", minimum: 1 } }),
  DeadLetter: shape({
    id: { type: "string" },
    consumer: { type: "string" },
    t,
    n: { type: "integer" },
    entity: id,
    state: { enum: ["retrying", "blocked", "dead"] },
    error: orNull({ type: "string" }),
    attempts: list(shape({ at: instant, error: { type: "string" } })),
    event: orNull(schemaRef("Event")),
  }),
  Projection: shape({
    name,
    version: { type: "integer" },
    t,
    lag: { type: "integer", description: "In transactions" },
    live: { type: "boolean" },
    error: orNull({ type: "string" }),
  }),
}
