import { daybook } from "../../src/app/define.ts"
import { partsOf } from "../../src/app/parts.ts"
import { defineSchema } from "../../src/schema/infer.ts"

const text = { type: "string", minLength: 1 } as const
const who = {
  type: "object",
  properties: { borrower: text },
  required: ["borrower"],
  additionalProperties: false,
} as const
const none = { type: "object", properties: {}, additionalProperties: false } as const
const open = {
  assign: [{ group: "everybody", when: true }],
  permissions: { read: "everybody", write: "everybody" },
} as const

/** A lending library, small enough to be known by heart: what the tests of this room are told about. */
export const schema = defineSchema({
  daybook: 1,
  name: "library",
  version: 3,
  groups: { everybody: { label: "Everybody" } },
  entities: {
    Book: {
      ...open,
      attributes: {
        borrower: { type: "string", index: true },
        readers: { type: "string", many: true },
        due: { type: "instant" },
      },
    },
    Shelf: { ...open, attributes: {} },
    Card: {
      ...open,
      attributes: { name: { type: "string", required: true, maxLength: 20 }, reminded: { type: "integer" } },
    },
  },
  commands: {
    Borrow: { target: "Book", data: who },
    Return: { target: "Book", data: none },
    Extend: { target: "Book", data: none },
    IssueCard: { target: "Card", data: { type: "object", properties: { name: text }, required: ["name"] } },
    Remind: { target: "Card", data: { type: "object", properties: { book: text }, required: ["book"] } },
  },
  events: {
    Borrowed: { stream: "Book", version: 2, data: who },
    Returned: { stream: "Book", data: none },
    Extended: { stream: "Book", data: { type: "object", properties: { until: text }, required: ["until"] } },
    AlreadyBorrowed: { stream: "Book", rejection: true, data: who },
    ShelfOpened: { stream: "Shelf", data: none },
    CardIssued: { stream: "Card", data: { type: "object", properties: { name: text }, required: ["name"] } },
    Reminded: { stream: "Card", data: { type: "object", properties: { book: text }, required: ["book"] } },
  },
})

/** What the library asks of the outside. */
export type Mail = { readonly send: (to: string, text: string, key: string) => Promise<string> }

const parts = partsOf(schema).adapters<{ mail: Mail }>()

export const { event, reject, command } = parts

const dayMs = 86_400_000

/** A book. Two weeks after it was borrowed it is due. */
export const book = parts.aggregate("Book", {
  decide: {
    Borrow: ({ borrower }, state) =>
      state.borrower === undefined
        ? event("Borrowed", { borrower })
        : reject("AlreadyBorrowed", { borrower: state.borrower }),
    Return: (_data, state) => (state.borrower === undefined ? [] : event("Returned", {})),
    Extend: (_data, _state, { occurredAt }) =>
      event("Extended", { until: new Date(Date.parse(occurredAt) + 14 * dayMs).toISOString() }),
  },
  evolve: {
    Borrowed: (state, { borrower }, { occurredAt }) => ({
      ...state,
      borrower,
      readers: [...state.readers, borrower],
      ...(occurredAt === undefined ? {} : { due: new Date(Date.parse(occurredAt) + 14 * dayMs).toISOString() }),
    }),
    Returned: ({ readers }) => ({ readers }),
    Extended: (state, { until }) => ({ ...state, due: until }),
  },
})

/** A reader's card. */
export const card = parts.aggregate("Card", {
  decide: {
    IssueCard: ({ name }) => event("CardIssued", { name }),
    Remind: ({ book: which }) => event("Reminded", { book: which }),
  },
  evolve: {
    CardIssued: (_state, { name }) => ({ name }),
    Reminded: state => ({ ...state, reminded: (state.reminded ?? 0) + 1 }),
  },
})

/** Writes to whoever borrows, then notes it on the card. */
export const confirm = parts.processor("confirm", {
  on: "Borrowed",
  async effect({ event: { data, stream }, mail, key }) {
    await mail.send(data.borrower, `You have ${stream.id}`, key)
    return command("Remind", data.borrower, { book: stream.id })
  },
})

/** Asks every new card's holder to take the first book. Talks to nobody. */
export const greet = parts.processor("greet", {
  on: parts.created("Card"),
  pure: async ({ notification, entity, snapshot }) => {
    const free = await snapshot.idsOf("Book")
    return free.length > 0 && entity?.name !== "Nobody"
      ? [command("Remind", notification.entity, { book: free[0]! })]
      : []
  },
})

/** Who has which books: one row for each reader. */
export const shelves = parts.projection<{ books: readonly string[] }>("shelves", {
  version: 1,
  derive: ({ before, after }) => (before === null && after !== null ? [event("ShelfOpened", {})] : []),
  on: {
    Borrowed: {
      keys: ({ data }) => data.borrower,
      fold: (row, { stream }) => ({ books: [...(row?.books ?? []), stream.id] }),
    },
  },
})

/** The whole library. Its upcaster is from when borrowers were called readers. */
export const library = daybook({
  schema,
  aggregates: [book, card],
  processors: [confirm, greet],
  projections: [shelves],
  upcasters: [parts.upcaster("Borrowed", 1, ({ reader, ...rest }) => ({ ...rest, borrower: reader }))],
  adapters: { mail: { send: () => Promise.reject(new Error("This is no test")) } satisfies Mail },
})
