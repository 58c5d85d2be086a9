import { erasedEvent } from "../kernel/erased.ts"
import type { JsonObject } from "../kernel/json.ts"
import { lifeEvents } from "../kernel/life.ts"
import { instanceType } from "../kernel/workflow.ts"
import { lazyValidator } from "./ajv.ts"
import { published } from "./compile-message.ts"
import type { EntityDef } from "./grammar.ts"
import type { CommandType, EventType } from "./types.ts"

/** What the built-in messages are called. A schema cannot define its own under these names. */
export const builtInNames = {
  commands: ["Transact", "ReceiveEvent", "RunQuery", "Erase"],
  events: ["EntityCreated", "EntityChanged", "EntityRetracted", "NothingHappened", erasedEvent, ...lifeEvents],
} as const

const name: JsonObject = { type: "string", minLength: 1 }
const named: JsonObject = {
  description: "An id, a ~name of this transaction, or [attribute, value]",
  type: ["string", "array"],
}

const put: JsonObject = {
  properties: {
    entity: name,
    id: named,
    set: { type: "object", description: "By attribute, its value; null: no value any more" },
    add: { type: "object", additionalProperties: { type: "array" } },
    remove: { type: "object", additionalProperties: { type: "array" } },
  },
  required: ["entity"],
  additionalProperties: false,
}

const retract: JsonObject = { properties: { retract: named }, additionalProperties: false }

const cas: JsonObject = {
  properties: { cas: named, attr: name, old: {}, new: {} },
  required: ["attr", "old", "new"],
  additionalProperties: false,
}

const op: JsonObject = {
  type: "object",
  dependentSchemas: { retract, cas },
  if: { anyOf: [{ required: ["retract"] }, { required: ["cas"] }] },
  else: put,
}

const transactData: JsonObject = {
  type: "object",
  properties: { ops: { type: "array", items: op } },
  required: ["ops"],
  additionalProperties: false,
}

const receiveData: JsonObject = {
  type: "object",
  properties: {
    type: name,
    data: { type: "object" },
    to: { ...name, description: "The lasting command that it is told to; without it, whoever waits for it is found" },
  },
  required: ["type"],
  additionalProperties: false,
}

const eraseData: JsonObject = {
  type: "object",
  properties: {
    entity: { ...name, description: "The id of the entity whose past is erased; what is so now stays" },
    attributes: { type: "array", items: name, minItems: 1, description: "Of these attributes; without it, of all" },
  },
  required: ["entity"],
  additionalProperties: false,
}

const runData: JsonObject = {
  type: "object",
  properties: { name, data: {} },
  required: ["name"],
  additionalProperties: false,
}

/**
 * `Transact` changes entities without any code of the application; `ReceiveEvent` takes in what happened outside;
 * `RunQuery` keeps that somebody has asked a query, and does nothing; `Erase` takes what an entity was out of all that is kept.
 */
export const builtInCommands: readonly CommandType[] = [
  {
    name: "Transact",
    target: null,
    requires: "write",
    sensitive: [],
    jsonSchema: published("commands", "Transact", transactData, "Changes entities: all of it, or nothing"),
    accepts: () => false,
    validate: lazyValidator(transactData),
  },
  {
    name: "ReceiveEvent",
    target: null,
    // Each event says itself what telling it takes.
    requires: "read",
    sensitive: [],
    jsonSchema: published("commands", "ReceiveEvent", receiveData, "Takes in an event that happened outside"),
    accepts: () => false,
    validate: lazyValidator(receiveData),
  },
  {
    name: "RunQuery",
    target: null,
    // That somebody has asked is not theirs to say.
    requires: "operate",
    sensitive: [],
    jsonSchema: published("commands", "RunQuery", runData, "Keeps that somebody has asked a query"),
    accepts: () => false,
    validate: lazyValidator(runData),
  },
  {
    name: "Erase",
    target: null,
    requires: "operate",
    sensitive: [],
    jsonSchema: published("commands", "Erase", eraseData, "Takes what an entity was out of all that is kept"),
    accepts: () => false,
    validate: lazyValidator(eraseData),
  },
]

const change: JsonObject = { type: "object", properties: { old: {}, new: {} }, additionalProperties: false }

const changeData: JsonObject = {
  type: "object",
  properties: {
    attributes: { type: "object", additionalProperties: change },
    "@erased": { description: "The attributes of which something was erased", type: "array", items: name },
  },
  required: ["attributes"],
  additionalProperties: false,
}

const nothing: JsonObject = { type: "object", additionalProperties: false }

/** That a command came to nothing: there was nothing to do. It says no, so that this is never silent. */
const nothingHappened: EventType = {
  name: "NothingHappened",
  stream: null,
  version: 1,
  rejection: true,
  requires: "operate",
  jsonSchema: published("events", "NothingHappened", nothing, "There was nothing to do"),
  accepts: () => true,
  validate: lazyValidator(nothing),
}

/** What `Transact` records: one event for each entity it touched, with the attributes that differ. */
const entityEvents = ["EntityCreated", "EntityChanged", "EntityRetracted"].map((event): EventType => ({
  name: event,
  stream: null,
  version: 1,
  rejection: false,
  requires: "operate",
  jsonSchema: published(
    "events",
    event,
    changeData,
    "By attribute what it was and what it is; a side that is missing: no value",
  ),
  accepts: () => true,
  validate: lazyValidator(changeData),
}))

const erasedData: JsonObject = {
  type: "object",
  properties: {
    attributes: { type: "array", items: name, description: "Of these attributes; without it, of all" },
    transactions: {
      description:
        "Which transactions are not what they were, with their hashes and the hashes of what is left of them",
      type: "array",
      items: {
        type: "object",
        properties: { t: { type: "integer" }, hash: name, left: name },
        required: ["t", "hash", "left"],
        additionalProperties: false,
      },
    },
  },
  required: ["transactions"],
  additionalProperties: false,
}

/** That what an entity was has been erased. It changes nothing of what it is. */
const erased: EventType = {
  name: erasedEvent,
  stream: null,
  version: 1,
  rejection: false,
  requires: "operate",
  jsonSchema: published("events", erasedEvent, erasedData, "What the entity was has been erased"),
  accepts: () => true,
  validate: lazyValidator(erasedData),
}

/** What instances of lasting commands record in their streams: what led to a step, what is another since, what is asked for. */
const instanceEvents = lifeEvents.map((event): EventType => ({
  name: event,
  stream: instanceType,
  version: 1,
  rejection: false,
  requires: "operate",
  jsonSchema: published("events", event, { type: "object" }, "How far a lasting command has got"),
  accepts: entity => entity === instanceType,
  validate: () => [],
}))

/** The events that no schema defines. */
export const builtInEvents: readonly EventType[] = [...entityEvents, nothingHappened, erased, ...instanceEvents]

const json = { type: "json" } as const
const text = { type: "string" } as const
const integer = { type: "integer" } as const

/** The instance of a lasting command, as an entity: `kernel/life.ts` says what its attributes are. */
export const builtInEntities: Readonly<Record<string, EntityDef>> = {
  [instanceType]: {
    attributes: {
      command: text,
      workflow: text,
      version: integer,
      owner: text,
      target: json,
      parent: text,
      state: text,
      data: json,
      waits: json,
      timers: json,
      children: json,
      mailbox: json,
      listens: { type: "string", many: true, index: true },
      gate: text,
      limited: { type: "string", index: true },
      priority: { type: "number" },
      goesOn: { type: "boolean" },
      sent: integer,
      fired: integer,
      heard: integer,
      stuck: json,
      result: json,
      error: json,
    },
  },
}
