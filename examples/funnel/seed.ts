import type { ImportedCommand } from "daybook"

const ann = { type: "Person", id: "ann" }

/** Something to look at: what the store sells, a special, who works there, and somebody who has just looked in. */
export const seed: readonly ImportedCommand[] = [
  {
    type: "Transact",
    target: null,
    data: {
      ops: [
        { entity: "Product", id: "rope", set: { name: "Rope, 50 m", price: 40 } },
        { entity: "Product", id: "lamp", set: { name: "Storm lamp", price: 25 } },
        { entity: "Special", id: "spring", set: { title: "Storm lamps for the price of candles", product: "lamp" } },
        { entity: "Employee", id: "sam", set: { name: "Sam" } },
      ],
    },
  },
  { type: "MeetPerson", target: ann, data: { name: "Ann Arbor", email: "ann@example.org" } },
  { type: "ViewPage", target: ann, data: { page: "lamps" } },
]
