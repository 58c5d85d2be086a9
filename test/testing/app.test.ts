import { describe, expect, test } from "vitest"
import { Refusal } from "../../src/kernel/refusal.ts"
import { sqliteStore } from "../../src/adapters/sqlite/index.ts"
import { testApp } from "../../src/testing/app.ts"
import { emptyMemory, memoryStore } from "../../src/testing/memory-store.ts"
import { command, library } from "./library.ts"

const sent = async () => "sent"

describe("a whole app under simulated time", () => {
  test("answers commands, and goes round until nothing is left to do [L5, N18]", async () => {
    const app = await testApp(library, { adapters: { mail: { send: sent } } })
    expect(await app.ask(command("IssueCard", "ann", { name: "Ann" }))).toMatchObject({ state: "succeeded", t: 1 })
    const outcome = await app.send("Borrow", "book-1", { borrower: "ann" })
    expect(outcome.events.map(event => event.type)).toEqual(["Borrowed"])
    await app.settle()

    await app.thenSeen("Reminded", { book: "book-1" })
    await app.thenNot("AlreadyBorrowed", "Returned")
    expect((await app.events("Borrowed", "Reminded")).map(event => event.type)).toEqual(["Borrowed", "Reminded"])
    expect((await app.commands("Remind")).map(instance => instance.parent)).toEqual([outcome.id])
    expect(await app.state("ann")).toEqual({ name: "Ann", reminded: 1 })
    expect(await app.state("nobody")).toBeNull()
    app.adapter("mail").called("send", "ann", "You have book-1")
    await app.close()
  })

  test("says what was seen where something was expected [N19]", async () => {
    const app = await testApp(library)
    await app.send("Borrow", "book-1", { borrower: "ann" })
    await expect(app.thenSeen("Borrowed", { borrower: "bob" })).rejects.toThrow(
      /Seen:\n {2}Borrowed \{"borrower":"ann"\}/,
    )
    await expect(app.thenNot("Borrowed")).rejects.toThrow("no Borrowed")
    expect(() => app.adapter("fax")).toThrow("it has mail")
    await app.close()
  })

  test("takes who asks, ids and versions from the test, and time from the clock", async () => {
    const app = await testApp(library, { start: "2031-01-01T00:00:00.000Z" })
    const sending = { as: "bob", id: "c-1", expectedVersion: 0, occurredAt: "2020-01-01T00:00:00.000Z" }
    const { events } = await app.send("Borrow", { type: "Book", id: "book-1" }, { borrower: "bob" }, sending)
    expect(events).toMatchObject([
      { actor: "bob", at: "2031-01-01T00:00:00.000Z", occurredAt: "2020-01-01T00:00:00.000Z" },
    ])
    await expect(app.send("Extend", "book-1", {}, { expectedVersion: 7 })).rejects.toThrow(Refusal)
    await app.at("2031-02-01T00:00:00.000Z")
    await app.advance(1_500)
    expect((await app.send("Extend", "book-1")).events[0]?.at).toBe("2031-02-01T00:00:01.500Z")
    await app.close()
  })

  test("runs the same way twice from the same seed", async () => {
    const run = async (seed: number) => {
      const app = await testApp(library, { seed })
      for (const id of ["a", "b", "c"]) await app.send("Borrow", id, { borrower: "ann" })
      await app.settle()
      const log = await app.events()
      await app.close()
      return log
    }
    expect(await run(1)).toEqual(await run(1))
    expect(await run(1)).not.toEqual(await run(2))
  })

  test("what fails is tried again when its time has come, not before", async () => {
    let busy = true
    const mail = { send: () => (busy ? Promise.reject(new Error("The line was busy")) : sent()) }
    const app = await testApp(library, { adapters: { mail } })
    await app.send("IssueCard", "ann", { name: "Ann" })
    await app.send("Borrow", "book-1", { borrower: "ann" })
    await app.settle()
    await app.thenNot("Reminded")
    const triedAtFirst = app.adapter("mail").calls.length
    await app.settle()
    expect(app.adapter("mail").calls).toHaveLength(triedAtFirst)

    busy = false
    await app.advance(60_000)
    await app.thenSeen("Reminded", { book: "book-1" })
    await app.close()
  })
})

describe("a restart", () => {
  test("goes on where the crash was, and repeats no effect that is done [N40]", async () => {
    const app = await testApp(library, { adapters: { mail: { send: sent } } })
    await app.send("IssueCard", "ann", { name: "Ann" })
    await app.send("Borrow", "book-1", { borrower: "ann" })
    // Long enough that the processor has written down how far it has got.
    await app.advance(1_000)
    const before = [await app.events(), await app.state("ann")]
    const calls = app.adapter("mail").calls.length

    await app.restart()
    await app.settle()
    await app.daybook.rebuild("shelves")
    await app.settle()
    expect([await app.events(), await app.state("ann")]).toEqual(before)
    app.adapter("mail").calledTimes(calls)
    await app.close()
  })

  test("makes up for what the crash interrupted, with the same key", async () => {
    let hangs = true
    const mail = { send: () => (hangs ? new Promise<string>(() => {}) : sent()) }
    const app = await testApp(library, { adapters: { mail } })
    await app.send("IssueCard", "ann", { name: "Ann" })
    await app.send("Borrow", "book-1", { borrower: "ann" })
    await app.clock.idle()
    app.adapter("mail").calledTimes(1)

    await app.restart()
    hangs = false
    await app.restart()
    await app.settle()
    await app.thenSeen("Reminded", { book: "book-1" })
    const keys = app.adapter("mail").calls.map(call => call.args[2])
    expect(keys.length).toBeGreaterThan(1)
    expect(new Set(keys).size).toBe(1)
    await app.close()
  })

  test("nothing of the life before it goes on: no timer, no call that comes back, no write", async () => {
    const answers: (() => void)[] = []
    const mail = {
      send: () =>
        new Promise<string>(resolve => {
          answers.push(() => resolve("sent"))
        }),
    }
    const app = await testApp(library, { adapters: { mail } })
    await app.send("IssueCard", "ann", { name: "Ann" })
    await app.send("Borrow", "book-1", { borrower: "ann" })
    await app.clock.idle()
    await app.restart()
    await app.clock.idle()
    expect(answers).toHaveLength(2)

    answers[0]!()
    await app.clock.idle()
    await app.thenNot("Reminded")
    answers[1]!()
    await app.settle()
    expect(await app.events("Reminded")).toHaveLength(1)
    await app.close()
  })

  test("comes before an answer, and the command is done once all the same when it is sent again", async () => {
    const app = await testApp(library)
    const lost = app.send("Borrow", "book-1", { borrower: "ann" }, { id: "c-1" })
    await app.restart()
    await expect(lost).rejects.toThrow("restarted before Borrow was answered")
    expect(await app.state("book-1")).toBeNull()
    const again = await app.send("Borrow", "book-1", { borrower: "ann" }, { id: "c-1" })
    const andAgain = await app.send("Borrow", "book-1", { borrower: "ann" }, { id: "c-1" })
    expect([again.state, andAgain.t]).toEqual(["succeeded", again.t])
    await app.close()
  })

  test.each([
    ["a memory that outlives it", () => memoryApp()],
    ["one store that is kept", () => testApp(library, { store: sqliteStore({ path: ":memory:" }) })],
  ])("opens the app again on %s", async (_what, open) => {
    const app = await open()
    await app.send("Borrow", "book-1", { borrower: "ann" })
    await app.settle()
    await app.restart()
    expect((await app.state("book-1"))?.["borrower"]).toBe("ann")
    expect((await app.send("Borrow", "book-1", { borrower: "bob" })).state).toBe("rejected")
    await app.close()
  })
})

function memoryApp() {
  const memory = emptyMemory()
  return testApp(library, { store: () => memoryStore({ memory }) })
}
