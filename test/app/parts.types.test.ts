import { describe, expect, expectTypeOf, test } from "vitest"
import type { Document, EntityAt, Notification, RecordedEvent, RecordedOf } from "../../src/index.ts"
import type { AttributeChanges } from "../../src/commands/built-in.ts"
import { parts, type schema } from "./shop.ts"

const { aggregate, changed, command, created, event, handler, processor, projection, reject, retracted } = parts

// What is wrong is never run: that it does not compile is the test, and `npm run types` is who runs it.
const expectNo = (_wrong: () => unknown) => expect(true).toBe(true)

type Customer = {
  readonly email?: string | undefined
  readonly name: string
  readonly tags: readonly string[]
  readonly friends: readonly string[]
}

describe("an aggregate knows its commands, its events and its state:", () => {
  const evolve = {
    Joined: (_state: Customer, data: { readonly name: string }) => ({ ..._state, ...data }),
    Left: () => null,
  }

  test("data, state and what may be said follow from the schema", () => {
    const customer = aggregate("Customer", {
      decide: {
        Join: (data, state, { exists }) => {
          expectTypeOf(data).toEqualTypeOf<{ readonly name: string }>()
          expectTypeOf(state).toEqualTypeOf<Customer>()
          return exists ? reject("AlreadyIn", {}) : event("Joined", data)
        },
        Leave: (_data, _state, { exists }) => (exists ? [event("Left", {})] : []),
      },
      evolve: { Joined: (state, { name }) => ({ ...state, name }), Left: () => null },
    })
    expect(Object.keys(customer.decide)).toEqual(["Join", "Leave"])
  })

  test("a command may be left to a handler, but not forgotten", () => {
    const decide = { Join: () => event("Joined", { name: "Ann" }), Leave: "by handler" } as const
    expect(Object.keys(aggregate("Customer", { decide, evolve }).decide)).toEqual(["Join"])
    // @ts-expect-error Join is not decided
    expectNo(() => aggregate("Customer", { decide: { Leave: "by handler" }, evolve }))
    // @ts-expect-error Jion is no command
    expectNo(() => aggregate("Customer", { decide: { ...decide, Jion: () => [] }, evolve }))
  })

  test("each event evolves it but rejections, and no other", () => {
    const decide = { Join: () => [], Leave: () => [] }
    // @ts-expect-error Left does not evolve it
    expectNo(() => aggregate("Customer", { decide, evolve: { Joined: state => state } }))
    // @ts-expect-error Repriced is no event of a customer
    expectNo(() => aggregate("Customer", { decide, evolve: { ...evolve, Repriced: () => null } }))
    const Left = () => null
    // @ts-expect-error a customer's name is a string
    expectNo(() => aggregate("Customer", { decide, evolve: { Left, Joined: state => ({ ...state, name: 5 }) } }))
  })

  test("it decides by events of its own streams", () => {
    const decide = { Join: () => [], Leave: () => [] }
    const Leave = () => event("Repriced", { amount: 1 })
    // @ts-expect-error Repriced is an event of an item
    expectNo(() => aggregate("Customer", { decide: { ...decide, Leave }, evolve }))
    // @ts-expect-error Custmer is no entity
    expectNo(() => aggregate("Custmer", { decide, evolve }))
  })

  test("it may be of an abstract, and decides for all variants", () => {
    const item = aggregate("Item", {
      decide: { Reprice: ({ amount }) => event("Repriced", { amount }) },
      evolve: { Repriced: (state, { amount }) => ({ ...state, price: String(amount) }) },
    })
    expect(item.type).toBe("Item")
  })
})

describe("events, rejections and commands are those of the schema, with their data:", () => {
  test("an event is no rejection, and a rejection no event", () => {
    expectTypeOf(event("Joined", { name: "Ann" }).type).toEqualTypeOf<"Joined">()
    // @ts-expect-error it is a rejection
    expectNo(() => event("AlreadyIn", {}))
    // @ts-expect-error it is no rejection
    expectNo(() => reject("Joined", { name: "Ann" }))
    // @ts-expect-error there is no such event
    expectNo(() => event("Jioned", { name: "Ann" }))
  })

  test("data has the right members", () => {
    // @ts-expect-error it is called name
    expectNo(() => event("Joined", { nmae: "Ann" }))
    // @ts-expect-error a name is a string
    expectNo(() => command("Join", "ann", { name: 5 }))
    // @ts-expect-error there is no such command
    expectNo(() => command("Jion", "ann", { name: "Ann" }))
    expectNo(() => handler("Join", ({ data }) => void expectTypeOf(data).toEqualTypeOf<{ readonly name: string }>()))
    expectNo(() => handler("Join", ({ signal }) => void expectTypeOf(signal).toEqualTypeOf<AbortSignal>()))
    // @ts-expect-error there is no such command
    expectNo(() => handler("Jion", () => {}))
  })

  test("the target of a command is named by its id; of an abstract's, with its type", () => {
    expect(command("Join", "ann", { name: "Ann" }).target).toEqual({ type: "Customer", id: "ann" })
    const book = { type: "Book", id: "b" } as const
    expect(command("Reprice", book, { amount: 5 }).target).toEqual(book)
    // @ts-expect-error an item is a book or a toy: which one has to be said
    expectNo(() => command("Reprice", "b", { amount: 5 }))
    // @ts-expect-error a customer is no item
    expectNo(() => command("Reprice", { type: "Customer", id: "ann" }, { amount: 5 }))
  })
})

describe("a processor knows what it hears:", () => {
  test("an event with its data, and the state of its entity", () => {
    const welcome = processor("welcome", {
      on: "Joined",
      pure: ({ event: { data, type }, entity, notification }) => {
        expectTypeOf(type).toEqualTypeOf<"Joined">()
        expectTypeOf(data).toEqualTypeOf<{ readonly name: string }>()
        expectTypeOf(entity).toEqualTypeOf<Customer | null>()
        expectTypeOf(notification).toEqualTypeOf<null>()
      },
      produces: ["Join", "Transact"],
    })
    expect(welcome.on).toEqual(["Joined"])
  })

  test("several events, told apart by their types", () => {
    const both = processor("both", {
      on: ["Joined", "Repriced"],
      pure: ({ event: heard, entity }) => {
        if (heard.type === "Joined") expectTypeOf(heard.data).toEqualTypeOf<{ readonly name: string }>()
        expectTypeOf(entity).toExtend<Customer | { readonly sku?: string | undefined } | null>()
      },
    })
    expect(both.on).toHaveLength(2)
  })

  test("built-in events, which say what differs of any entity", () => {
    const watching = processor("watching", {
      on: ["EntityCreated", "EntityChanged", "EntityRetracted"],
      pure: ({ event: heard, entity }) => {
        expectTypeOf(heard.data).toEqualTypeOf<{ readonly attributes: AttributeChanges }>()
        expectTypeOf(entity).toEqualTypeOf<Document | null>()
      },
    })
    expect(watching.on).toHaveLength(3)
  })

  test("what became of an entity, with its state", () => {
    const greet = processor("greet", {
      on: created("Customer"),
      pure: ({ event: cause, entity, notification }) => {
        expectTypeOf(cause).toEqualTypeOf<RecordedEvent>()
        expectTypeOf(entity).toEqualTypeOf<Customer | null>()
        expectTypeOf(notification).toEqualTypeOf<Notification>()
      },
    })
    const items = processor("items", {
      on: [created("Book"), changed("Item", "price"), retracted("Toy"), "Left"],
      pure: ({ notification }) => void expectTypeOf(notification).toEqualTypeOf<Notification | null>(),
    })
    expect([greet.on, items.on[1]]).toEqual([
      [{ kind: "created", type: "Customer" }],
      { kind: "changed", type: "Item", attribute: "price" },
    ])
  })

  test("and nothing that there is not", () => {
    const pure = () => null
    // @ts-expect-error there is no such event
    expectNo(() => processor("p", { on: "Jioned", pure }))
    // @ts-expect-error there is no such entity
    expectNo(() => created("Custmer"))
    // @ts-expect-error a customer has no price
    expectNo(() => changed("Customer", "price"))
    // @ts-expect-error not every item has pages
    expectNo(() => changed("Item", "pages"))
    // @ts-expect-error there is no such command
    expectNo(() => processor("p", { on: "Joined", pure, produces: ["Jion"] }))
    // @ts-expect-error it is called name
    expectNo(() => processor("p", { on: "Joined", pure: ({ event: { data } }) => command("Join", data.nmae, data) }))
  })

  test("an effect has its adapters and the latest state, what is pure has neither", () => {
    const effect = processor("post", {
      on: "Joined",
      effect: async ({ mail, latest, event: heard }) => {
        expectTypeOf(latest).toEqualTypeOf<(id: string) => Promise<EntityAt | null>>()
        if ((await latest(heard.stream.id)) !== null) await mail.send(heard.data.name)
      },
    })
    expect(effect.mode).toBe("effect")
    // @ts-expect-error only an effect may know more than the past
    expectNo(() => processor("p", { on: "Joined", pure: ({ latest }) => void latest }))
    // @ts-expect-error only an effect talks to the outside
    expectNo(() => processor("p", { on: "Joined", pure: ({ mail }) => void mail }))
    // @ts-expect-error nobody provides a fax
    expectNo(() => processor("p", { on: "Joined", effect: ({ fax }) => void fax }))
  })
})

describe("a projection is a table of events:", () => {
  type Row = { readonly names: readonly string[] }
  const keys = () => "all"

  test("each with its data and one kind of row", () => {
    const names = projection<Row>("names", {
      version: 1,
      on: {
        Joined: { keys: e => e.data.name, fold: (row, { data }) => ({ names: [...(row?.names ?? []), data.name] }) },
        Left: [
          { keys, fold: () => null },
          { keys, fold: row => row },
        ],
        EntityCreated: { keys: e => Object.keys(e.data.attributes), fold: row => row },
      },
      derive: ({ before, after }) => {
        expectTypeOf(before).toEqualTypeOf<Row | null>()
        return after === null ? [] : [event("Left", {})]
      },
    })
    expect(Object.entries(names.on).map(([type, list]) => [type, list.length])).toEqual([
      ["Joined", 1],
      ["Left", 2],
      ["EntityCreated", 1],
    ])
  })

  test("or every event, told apart by its type or by what it has", () => {
    const lines = projection<{ lines: number }>("lines", {
      version: 1,
      on: {
        "*": {
          keys: e => {
            expectTypeOf(e).toEqualTypeOf<RecordedOf<typeof schema>>()
            return "name" in e.data ? e.data.name : e.type
          },
          fold: row => ({ lines: (row?.lines ?? 0) + 1 }),
        },
      },
    })
    expect(Object.keys(lines.on)).toEqual(["*"])
  })

  test("one effect may serve several events, if it takes what each has", () => {
    const count = { keys: (e: RecordedEvent) => e.stream.id, fold: (row: Row | null) => row }
    expect(Object.keys(projection("counted", { version: 1, on: { Joined: count, Repriced: count } }).on)).toHaveLength(
      2,
    )
    const byName = { keys: (e: RecordedOf<typeof schema, "Joined">) => e.data.name, fold: (row: Row | null) => row }
    // @ts-expect-error Repriced has no name
    expectNo(() => projection("named", { version: 1, on: { Joined: byName, Repriced: byName } }))
  })

  test("and nothing that there is not", () => {
    const fold = (row: Row | null) => row
    // @ts-expect-error there is no such event
    expectNo(() => projection<Row>("p", { version: 1, on: { Jioned: { keys, fold } } }))
    // @ts-expect-error it is called name
    expectNo(() => projection<Row>("p", { version: 1, on: { Joined: { keys: e => e.data.nmae, fold } } }))
    // @ts-expect-error that is no such row
    expectNo(() => projection<Row>("p", { version: 1, on: { Joined: { keys, fold: () => ({ nmaes: [] }) } } }))
  })
})
