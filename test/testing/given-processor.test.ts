// What follows `then` asserts: the linter does not know that.
// oxlint-disable vitest/expect-expect
import { AssertionError } from "node:assert"
import { describe, expect, test } from "vitest"
import { changed, retracted, type Processor } from "../../src/kernel/processor.ts"
import { given, happened } from "../../src/testing/given.ts"
import { command, confirm, event, greet, library, shelves, type Mail } from "./library.ts"

const borrowed = happened(event("Borrowed", { borrower: "ann" }), { to: "book-1" })
const reminds = command("Remind", "ann", { book: "book-1" })

describe("given a processor, when an event is delivered,", () => {
  test("then it sends just these commands, and asks its adapters just this [N18]", async () => {
    const mail: Mail = { send: async () => "sent" }
    await given(confirm)
      .in(library)
      .using({ mail })
      .when(borrowed)
      .thenSends(reminds)
      .thenNot("Borrow")
      .thenAdapter("mail")
      .called("send", "ann", "You have book-1")
      .thenAdapter("mail")
      .calledTimes(1)
  })

  test("what nobody hands in is a fake that takes every call", async () => {
    await given(confirm).in(library).when(borrowed).thenSends(reminds).thenAdapter("mail").called("send")
  })

  test("the key is the same at each attempt, and another for another event", async () => {
    const keyAt = async (attempt: number, given_ = borrowed) => {
      const { spies } = await given(confirm).attempt(attempt).when(given_)
      return spies.get("mail")?.calls[0]?.args[2]
    }
    const other = happened(borrowed.event, { to: "book-1", causedBy: { type: "Borrow", id: "another" } })
    expect(await keyAt(1)).toBe(await keyAt(2))
    expect(await keyAt(1)).not.toBe(await keyAt(1, other))
  })

  test("a failure of an adapter is a failure of the delivery, and nothing is sent", async () => {
    const mail: Mail = { send: () => Promise.reject(new Error("The line was busy")) }
    await given(confirm).using({ mail }).when(borrowed).thenFails("busy").thenAdapter("mail").calledTimes(1)
    await expect(given(confirm).using({ mail }).when(borrowed).thenSends(reminds)).rejects.toThrow("The line was busy")
  })

  test("then it hears what became of an entity, and knows what was there [N19]", async () => {
    const greeting = given(greet).in(library)
    await greeting.whenCreated("Card", "ann", { name: "Ann" }).thenNothing()
    const book = { type: "Book", id: "book-1", document: {} }
    await greeting.knowing(book).whenCreated("Card", "ann", { name: "Ann" }).thenSends(reminds)
    await greeting.knowing(book).whenCreated("Card", "ann", { name: "Nobody" }).thenNothing()
  })

  test("its entity is handed over as its state; the latest is what is known by now", async () => {
    const seen: unknown[] = []
    type Needs = { entity: unknown; latest: (id: string) => Promise<{ document: unknown } | null> }
    const run = async ({ entity, latest }: Needs) => void seen.push(entity, (await latest("book-1"))?.document)
    const looking: Processor = { ...confirm, run }
    const book = { type: "Book", id: "book-1", document: { borrower: "bob" } }
    await given(looking).in(library).knowing(book).when(borrowed).thenNothing()
    await given(looking).in(library).when(borrowed).thenNothing()
    expect(seen).toEqual([{ borrower: "bob", readers: [] }, { borrower: "bob" }, null, undefined])
    await expect(given({ ...looking, mode: "pure" }).when(borrowed)).rejects.toThrow("is pure, and asks for latest")
  })

  test("a change is heard where the attribute differs that is watched", async () => {
    const seen: unknown[] = []
    const run = ({ notification, entity }: { notification: unknown; entity: unknown }) =>
      void seen.push(notification, entity)
    const watching: Processor = {
      ...greet,
      on: [changed("Card", "Card/name"), retracted("Card")],
      run,
      name: "watching",
    }
    await given(watching).whenChanged("Card", "ann", { name: "Ann" }, { name: "Anna" }).thenNothing()
    expect(seen).toMatchObject([{ kind: "changed", entity: "ann", attributes: ["name"] }, { name: "Anna" }])
    await given(watching).whenRetracted("Card", "ann", { name: "Ann" }).thenNothing()
    const other = given(watching).whenChanged("Card", "ann", { name: "Ann" }, { name: "Ann", reminded: 1 })
    await expect(other).rejects.toThrow("does not hear it")
  })
})

describe("it fails with what was expected and what was seen", () => {
  test.each([
    [
      "when it sends something else",
      () => given(confirm).when(borrowed).thenSends(),
      /Seen:\n {2}Remind to Card ann \{"book":"book-1"\}/,
    ],
    ["when it sends anything", () => given(confirm).when(borrowed).thenNothing(), /sends something\n/],
    ["when it sends what it should not", () => given(confirm).when(borrowed).thenNot("Remind"), /no Remind/],
    ["when it does not fail", () => given(confirm).when(borrowed).thenFails("busy"), /does not fail/],
    [
      "when an adapter was called",
      () => given(confirm).when(borrowed).thenAdapter("mail").notCalled(),
      /The adapter mail was called\n\nExpected:\n {2}no call\nSeen:\n {2}send\("ann","You have book-1"|send\("ann", "You have book-1"/,
    ],
    [
      "when an adapter was called with something else",
      () => given(confirm).when(borrowed).thenAdapter("mail").called("send", "bob"),
      /send\("bob"\)/,
    ],
    [
      "when it asks for no such adapter",
      () => given(confirm).when(borrowed).thenAdapter("fax").notCalled(),
      /does not ask for the adapter fax/,
    ],
    [
      "when it does not listen to the event",
      () => given(confirm).when(event("Returned", {})),
      /does not hear it\n\nExpected:\n {2}Borrowed\nSeen:\n {2}Returned/,
    ],
  ])("%s", async (_when, run, message) => {
    const failing = run()
    await expect(failing).rejects.toThrow(AssertionError)
    await expect(failing).rejects.toThrow(message)
  })

  test("when what it sends is against the schema", async () => {
    const wrong: Processor = { ...confirm, run: () => ({ ...reminds, data: {} }) }
    await expect(given(wrong).in(library).when(borrowed)).rejects.toThrow("Remind is against its schema")
  })

  test("when what it returns is no command, or it is pure and asks for the outside", async () => {
    const wrong: Processor = { ...confirm, run: () => "Remind" as never }
    await expect(given(wrong).when(borrowed).thenSends(reminds)).rejects.toThrow("no command")
    await expect(given({ ...confirm, mode: "pure" }).when(borrowed)).rejects.toThrow("is pure, and asks for mail")
  })
})

describe("given events, a projection comes to rows:", () => {
  const again = happened(event("Borrowed", { borrower: "ann" }), { to: "book-2" })

  test("these, all of these, and none but these [N18, N19]", () => {
    given(shelves, borrowed, again)
      .in(library)
      .thenRow("ann", { books: ["book-1", "book-2"] })
      .thenRows({ ann: { books: ["book-1", "book-2"] } })
      .thenNoRow("bob")
      .thenDerives(event("ShelfOpened", {}))
    given(shelves)
      .and(borrowed)
      .thenRow("ann", { books: ["book-1"] })
    given(shelves).thenRows({})
  })

  test("it fails with what was expected and what was seen", () => {
    const seen = given(shelves, borrowed)
    expect(() => seen.thenRow("ann", { books: [] })).toThrow(
      /Expected:\n {2}\{"books":\[\]\}\nSeen:\n {2}\{"books":\["book-1"\]\}/,
    )
    expect(() => seen.thenRow("bob", { books: [] })).toThrow(/Seen:\n {2}no row/)
    expect(() => seen.thenNoRow("ann")).toThrow("a row that it should not have")
    expect(() => seen.thenRows({})).toThrow("The rows of shelves are others")
    expect(() => seen.thenDerives()).toThrow("derives other events")
  })

  test("one that is not pure is found out", () => {
    let times = 0
    const wrong = { ...shelves, on: { Borrowed: [{ keys: () => "row", fold: () => ({ times: (times += 1) }) }] } }
    expect(() => given(wrong, borrowed).thenRows({})).toThrow("is not pure")
  })
})
