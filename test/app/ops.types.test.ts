import { describe, expect, expectTypeOf, test } from "vitest"
import type { Request } from "../../src/index.ts"
import { parts } from "./shop.ts"

const { transact } = parts

// What is wrong is never run: that it does not compile is the test, and `npm run types` is who runs it.
const expectNo = (_wrong: () => unknown) => expect(true).toBe(true)

describe("a transaction is a list of ops, each with the attributes of its entity:", () => {
  test("values are those that can be given", () => {
    const asked = transact([
      { entity: "Customer", id: "~ann", set: { name: "Ann", email: null, tags: ["new"], friends: ["~ann", "bob"] } },
      {
        entity: "Customer",
        id: ["Customer/email", "bob@example.org"],
        add: { tags: ["old"] },
        remove: { friends: ["~ann"] },
      },
      { entity: "Book", set: { price: 12.5, pages: 300, author: ["Customer/email", "bob@example.org"] } },
      { entity: "Toy", id: "t", set: { color: "red", price: "3" } },
      { retract: ["Item/sku", "1"] },
      { cas: "t", attr: "color", old: "red", new: "blue" },
    ])
    expectTypeOf(asked).toEqualTypeOf<Request>()
    expect(asked).toMatchObject({ type: "Transact", target: null, data: { ops: { length: 6 } } })
  })

  test("and nothing that there is not", () => {
    // @ts-expect-error there is no such entity
    expectNo(() => transact([{ entity: "Custmer", set: {} }]))
    // @ts-expect-error nothing is an item that is neither a book nor a toy
    expectNo(() => transact([{ entity: "Item", set: {} }]))
    // @ts-expect-error there is no such attribute
    expectNo(() => transact([{ entity: "Customer", set: { nmae: "Ann" } }]))
    // @ts-expect-error a name is a string
    expectNo(() => transact([{ entity: "Customer", set: { name: 5 } }]))
    // @ts-expect-error there is no such color
    expectNo(() => transact([{ entity: "Toy", set: { color: "green" } }]))
    // @ts-expect-error a name is one value: set it
    expectNo(() => transact([{ entity: "Customer", add: { name: ["Ann"] } }]))
    // @ts-expect-error nobody is found by a name
    expectNo(() => transact([{ entity: "Customer", id: ["Customer/name", "Ann"], set: {} }]))
    // @ts-expect-error there is no such attribute
    expectNo(() => transact([{ cas: "t", attr: "colour", old: null, new: "red" }]))
    // @ts-expect-error no value is null: a member that is undefined would say neither
    expectNo(() => transact([{ entity: "Customer", set: { name: undefined } }]))
  })
})
