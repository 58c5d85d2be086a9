import { defineSchema, partsOf } from "../../src/index.ts"

const text = { type: "string" } as const
const none = { type: "object", properties: {}, additionalProperties: false } as const
const quoted = {
  type: "object",
  properties: { quote: text, price: { type: "integer" } },
  required: ["quote", "price"],
  additionalProperties: false,
} as const
const clicked = {
  type: "object",
  properties: {
    special: text,
    by: { type: "object", properties: { visitor: text }, required: ["visitor"], additionalProperties: false },
  },
  required: ["special"],
  additionalProperties: false,
} as const

/** A club that one joins over weeks: what the tests of the words of a workflow are about. */
export const schema = defineSchema({
  daybook: 1,
  name: "club",
  version: 1,
  entities: {
    Person: { attributes: { name: { type: "string" }, reminders: { type: "integer" } } },
    Quote: { attributes: { price: { type: "integer" } } },
  },
  commands: {
    BecomeMember: {
      target: "Person",
      data: { type: "object", properties: { plan: text }, required: ["plan"], additionalProperties: false },
    },
    RequestQuote: { target: "Quote", data: none },
    AcceptQuote: { target: "Quote", data: none },
    Remind: { target: "Person", data: none },
    Sweep: { target: null, data: none },
  },
  events: {
    QuoteMade: { stream: "Quote", data: quoted },
    QuoteAccepted: { stream: "Quote", data: quoted },
    NoQuote: { stream: "Quote", rejection: true, data: none },
    Reminded: { stream: "Person", data: none },
    SpecialClicked: { stream: "Outside", data: clicked },
  },
})

export const parts = partsOf(schema)
