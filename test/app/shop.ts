import { defineSchema, partsOf } from "../../src/index.ts"

const text = { type: "string" } as const
const none = { type: "object", properties: {}, additionalProperties: false } as const
const named = { type: "object", properties: { name: text }, required: ["name"], additionalProperties: false } as const
const amount = { type: "object", properties: { amount: { type: "integer" } }, required: ["amount"] } as const

/** A shop with a bit of everything that a schema can say: what the tests of the parts of an application are about. */
export const schema = defineSchema({
  daybook: 1,
  name: "shop",
  version: 1,
  types: { money: { type: "decimal" } },
  entities: {
    Customer: {
      attributes: {
        email: { type: "string", unique: "identity" },
        name: { type: "string", required: true },
        tags: { type: "string", many: true },
        friends: { type: "ref", to: ["Customer"], many: true },
      },
    },
    Item: {
      abstract: { attributes: { sku: { type: "string", unique: "identity" }, price: { type: "money" } } },
      variants: {
        Book: { attributes: { pages: { type: "integer" }, author: { type: "ref", to: ["Customer"] } } },
        Toy: { attributes: { color: { type: "enum", values: { red: "Red", blue: "Blue" } } } },
      },
    },
  },
  commands: {
    Join: { target: "Customer", data: named },
    Leave: { target: "Customer", data: none },
    Reprice: { target: "Item", data: amount },
  },
  events: {
    Joined: { stream: "Customer", data: named },
    Left: { stream: "Customer", data: none },
    AlreadyIn: { stream: "Customer", rejection: true, data: none },
    Repriced: { stream: "Item", data: amount },
  },
})

export const parts = partsOf(schema).adapters<{ readonly mail: { send(to: string): Promise<void> } }>()
