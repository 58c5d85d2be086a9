import { daybook, defineSchema, partsOf, type App } from "daybook"

const five = (indexed: boolean) =>
  ({
    name: { type: "string", index: indexed },
    sku: { type: "string", index: indexed },
    quantity: { type: "integer" },
    price: { type: "number" },
    note: { type: "string" },
  }) as const

const data = {
  type: "object",
  properties: {
    name: { type: "string" },
    sku: { type: "string" },
    quantity: { type: "integer", minimum: 0 },
    price: { type: "number", minimum: 0 },
    note: { type: "string" },
  },
  required: ["name", "sku", "quantity", "price", "note"],
  additionalProperties: false,
} as const

const change = {
  type: "object",
  properties: { name: { type: "string" }, quantity: { type: "integer", minimum: 0 } },
  required: ["name", "quantity"],
  additionalProperties: false,
} as const

/** Two entities of five attributes: `Plain` with none of them looked up, `Indexed` with two. */
export const schema = defineSchema({
  daybook: 1,
  name: "bench",
  version: 1,
  entities: { Plain: { attributes: five(false) }, Indexed: { attributes: five(true) } },
  commands: {
    AddPlain: { target: "Plain", data },
    ChangePlain: { target: "Plain", data: change },
    AddIndexed: { target: "Indexed", data },
    ChangeIndexed: { target: "Indexed", data: change },
  },
  events: {
    PlainAdded: { stream: "Plain", data },
    PlainChanged: { stream: "Plain", data: change },
    IndexedAdded: { stream: "Indexed", data },
    IndexedChanged: { stream: "Indexed", data: change },
  },
})

const { aggregate, event, processor, projection } = partsOf(schema)

const plain = aggregate("Plain", {
  decide: {
    AddPlain: added => [event("PlainAdded", added)],
    ChangePlain: changed => [event("PlainChanged", changed)],
  },
  evolve: {
    PlainAdded: (_state, added) => added,
    PlainChanged: (state, changed) => ({ ...state, ...changed }),
  },
})

const indexed = aggregate("Indexed", {
  decide: {
    AddIndexed: added => [event("IndexedAdded", added)],
    ChangeIndexed: changed => [event("IndexedChanged", changed)],
  },
  evolve: {
    IndexedAdded: (_state, added) => added,
    IndexedChanged: (state, changed) => ({ ...state, ...changed }),
  },
})

/** A tally with a hundred rows, as a read model of many events has. */
export const perQuantity = projection<{ count: number; sum: number }>("per-quantity", {
  version: 1,
  on: {
    PlainAdded: {
      keys: e => String(e.data.quantity % 100),
      fold: (row, e) => ({ count: (row?.count ?? 0) + 1, sum: (row?.sum ?? 0) + e.data.price }),
    },
  },
})

export const benchApp = daybook({ schema, aggregates: [plain, indexed] })

/** The same with a processor that tells of each entity that is made. */
export const hearingApp = (hear: (id: string) => void): App => {
  const told = processor("told", { on: "PlainAdded", effect: ({ event: { stream } }) => hear(stream.id) })
  return daybook({ schema, aggregates: [plain, indexed], processors: [told] })
}

export const projectingApp = daybook({ schema, aggregates: [plain, indexed], projections: [perQuantity] })

/** The data of the i-th entity: with it, an event's data is about 250 bytes of JSON. */
export const dataOf = (i: number) => ({
  name: `Product ${i % 5_003} of the spring catalogue`,
  sku: `SKU-${i % 9_973}-1111-2222`,
  quantity: i % 1_000,
  price: (i % 10_000) / 100,
  note: "Delivered in a box of twelve, to be kept dry and below thirty degrees, best before the end of the year after next, handle with care at all times.",
})
