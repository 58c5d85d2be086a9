import { daybook } from "../../src/app/define.ts"
import type { App } from "../../src/kernel/app.ts"
import type { JsonObject } from "../../src/kernel/json.ts"
import { open } from "./bank.ts"

/** People, teams and documents, which nothing but `Transact` decides about. */
export const schema = {
  daybook: 1,
  name: "registry",
  version: 1,
  groups: { anybody: {} },
  types: { email: { type: "string", format: "email" } },
  entities: {
    Person: {
      ...open,
      attributes: {
        name: { type: "string", required: true, maxLength: 20 },
        email: { type: "email", unique: "identity" },
        nick: { type: "string", unique: "value" },
        age: { type: "integer", minimum: 0 },
        status: { type: "enum", values: { active: "Active", gone: "Gone" }, default: "active" },
        tags: { type: "string", many: true, index: true },
        boss: { type: "ref", to: ["Person"] },
        friends: { type: "ref", many: true, to: ["Person"] },
        home: { type: "ref", to: ["Address"], component: true },
        pets: { type: "ref", many: true, to: ["Pet"], component: true },
        code: { type: "string", sensitive: true },
        since: { type: "instant" },
        extra: { type: "json", many: true },
      },
    },
    Address: {
      ...open,
      attributes: { street: { type: "string", required: true }, room: { type: "ref", to: ["Room"], component: true } },
    },
    Room: { ...open, attributes: { number: { type: "integer" } } },
    Pet: { ...open, attributes: { name: { type: "string" } } },
    Team: {
      ...open,
      attributes: {
        title: { type: "string" },
        subtitle: { type: "string" },
        from: { type: "date" },
        to: { type: "date" },
        lead: { type: "ref", to: ["Person"], required: true },
        any: { type: "ref" },
      },
      required: [["title", "subtitle"], { allOrNone: ["from", "to"] }],
    },
    Document: {
      abstract: {
        ...open,
        attributes: { key: { type: "string", unique: "identity" }, folder: { type: "ref", to: ["Folder"] } },
      },
      variants: { Folder: { attributes: {} }, File: { attributes: { size: { type: "integer" } } } },
    },
  },
} as const

export const registryApp: App = daybook({ schema })

/** An op that makes or changes a person. */
export const person = (id: string, set: JsonObject = {}): JsonObject => ({
  entity: "Person",
  id,
  set: { name: id, ...set },
})
