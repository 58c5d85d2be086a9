import { describe, expect, test } from "vitest"
import { fold } from "../../src/app/fold.ts"
import { testApp } from "../../src/testing/app.ts"
import { book, card, command, library } from "../testing/library.ts"

describe("a stream, folded from the left up to any of its events, is the entity as it was then", () => {
  test("by what its aggregate says of each [N37]", async () => {
    const app = await testApp(library)
    const id = "book-1"
    await app.ask(command("Borrow", id, { borrower: "ann" }))
    await app.ask(command("Borrow", id, { borrower: "bob" }))
    await app.ask(command("Return", id, {}))
    await app.ask(command("Borrow", id, { borrower: "bob" }))
    const { events } = await app.daybook.stream(id, 1, 100)
    expect(events.map(({ type }) => type)).toEqual(["Borrowed", "AlreadyBorrowed", "Returned", "Borrowed"])
    for (const [i, { t }] of events.entries()) {
      const then = await (await app.daybook.snapshot(t)).entity(id)
      expect(fold(book, { readers: [] }, events.slice(0, i + 1))).toEqual({ readers: [], ...then?.document })
    }
    await app.close()
  })

  test("and by what the built-in events say, which need no aggregate [N37]", async () => {
    const app = await testApp(library)
    const transact = (op: object) => app.send("Transact", null, { ops: [{ ...op }] })
    await transact({ entity: "Card", id: "ann", set: { name: "Ann" } })
    await app.ask(command("Remind", "ann", { book: "book-1" }))
    await transact({ entity: "Card", id: "ann", set: { name: "Anna" } })
    await transact({ retract: "ann" })
    const { events } = await app.daybook.stream("ann", 1, 100)
    expect(events.map((_, i) => fold(card, {}, events.slice(0, i + 1)))).toEqual([
      { name: "Ann" },
      { name: "Ann", reminded: 1 },
      { name: "Anna", reminded: 1 },
      null,
    ])
    await app.close()
  })

  test("nothing has happened: nothing is there", () => {
    expect(fold(book, { readers: [] }, [])).toBeNull()
  })
})
