// What follows `then` asserts: the linter does not know that.
// oxlint-disable vitest/expect-expect
import { AssertionError } from "node:assert"
import { describe, expect, test } from "vitest"
import { event as anyEvent } from "../../src/kernel/message.ts"
import type { Aggregate } from "../../src/kernel/aggregate.ts"
import { given, happened } from "../../src/testing/given.ts"
import { book, card, command, event, library, reject } from "./library.ts"

const borrow = command("Borrow", "book-1", { borrower: "ann" })
const isBorrowed = event("Borrowed", { borrower: "bob" })

describe("given what happened, when a command is tried,", () => {
  test("then just these events happen [N18]", () => {
    given(library)
      .when(borrow)
      .then(event("Borrowed", { borrower: "ann" }))
    given(book, isBorrowed)
      .in(library)
      .when(command("Return", "book-1", {}))
      .then(event("Returned", {}))
    given(card)
      .when(command("IssueCard", "ann", { name: "Ann" }))
      .then(event("CardIssued", { name: "Ann" }))
  })

  test("then the entity is what evolves from them", () => {
    given(library, isBorrowed)
      .at("2030-05-01T00:00:00.000Z")
      .when(command("Return", "book-1", {}))
      .thenState({ readers: ["bob"] })
      .when(borrow)
      .thenState({ borrower: "ann", readers: ["bob", "ann"] })
    given(library)
      .when(command("Return", "book-1", {}))
      .thenState(null)
  })

  test("then it is rejected, with the data where that is said", () => {
    const tried = given(library, isBorrowed).when(borrow)
    tried.thenRejected("AlreadyBorrowed")
    tried.thenRejected("AlreadyBorrowed", { borrower: "bob" })
    tried.then(reject("AlreadyBorrowed", { borrower: "bob" }))
  })

  test("then nothing happens, and what should not happen does not [N19]", () => {
    given(library)
      .when(command("Return", "book-1", {}))
      .thenNothing()
      .thenNot("Returned", "Borrowed")
    given(library).when(borrow).thenNot("AlreadyBorrowed")
  })

  test("then one may go on: with other events, at another time, by somebody else", () => {
    given(library)
      .when(borrow)
      .then(event("Borrowed", { borrower: "ann" }))
      .at("2030-02-01T00:00:00.000Z")
      .by("bob")
      .when(command("Extend", "book-1", {}))
      .then(event("Extended", { until: "2030-02-15T00:00:00.000Z" }))
      .and(event("Returned", {}))
      .when(borrow)
      .thenNot("AlreadyBorrowed")
  })

  test("what happened keeps its own instant, stream and version of its type", () => {
    const old = anyEvent("Borrowed", { reader: "bob" })
    given(library, happened(old, { at: "2029-01-01T00:00:00.000Z", typeVersion: 1 }))
      .when(command("Extend", "book-1", {}))
      .thenNot("Borrowed")
    given(library, happened(isBorrowed, { at: "2029-01-01T00:00:00.000Z" }), happened(isBorrowed, { to: "another" }))
      .when(borrow)
      .thenState({ borrower: "bob", readers: ["bob"], due: "2029-01-15T00:00:00.000Z" })
  })

  test("a command that happened earlier is decided as of then", () => {
    given(library)
      .when({ ...borrow, occurredAt: "2011-10-01T00:38:44.546Z" })
      .thenState({ borrower: "ann", readers: ["ann"], due: "2011-10-15T00:38:44.546Z" })
  })

  test("it may begin with a state instead of events", () => {
    given(book)
      .from({ borrower: "bob", readers: ["bob"] })
      .in(library)
      .when(borrow)
      .thenRejected("AlreadyBorrowed")
  })

  test("a command against the schema is refused before it is decided [L25]", () => {
    given(library)
      .when({ ...borrow, data: {} })
      .thenRefused("invalid")
    given(library)
      .when({ ...borrow, target: { type: "Card", id: "ann" } })
      .thenRefused("invalid")
    given(book)
      .in(library)
      .when({ ...borrow, type: "Frobnicate" })
      .thenRefused("unknown-command")
    given(library, isBorrowed)
      .when({ ...borrow, type: "Frobnicate" })
      .thenRefused("unknown-command")
      .thenState({ borrower: "bob", readers: ["bob"] })
  })
})

describe("it fails with a sentence, what was expected and what was seen,", () => {
  const failures: readonly [string, () => unknown, RegExp][] = [
    [
      "when something else happens",
      () => given(library).when(borrow).then(event("Returned", {})),
      /Borrow does something else\n\nExpected:\n {2}Returned \{\}\nSeen:\n {2}Borrowed \{"borrower":"ann"\}/,
    ],
    [
      "when nothing happens",
      () =>
        given(library)
          .when(command("Return", "b", {}))
          .then(event("Returned", {})),
      /Seen:\n {2}nothing/,
    ],
    [
      "when the order is another",
      () => given(library).when(borrow).then(isBorrowed, isBorrowed),
      /does something else/,
    ],
    [
      "when it is not rejected",
      () => given(library).when(borrow).thenRejected("AlreadyBorrowed"),
      /Borrow is not rejected so/,
    ],
    [
      "when it is rejected otherwise",
      () => given(library, isBorrowed).when(borrow).thenRejected("AlreadyBorrowed", { borrower: "ann" }),
      /AlreadyBorrowed, a rejection, \{"borrower":"bob"\}/,
    ],
    ["when something happens", () => given(library).when(borrow).thenNothing(), /Borrow does something\n/],
    [
      "when what should not happen does",
      () => given(library).when(borrow).thenNot("Returned", "Borrowed"),
      /Expected:\n {2}no Returned, no Borrowed/,
    ],
    [
      "when the state is another",
      () => given(library).when(borrow).thenState({ borrower: "bob", readers: [] }),
      /After Borrow the entity is something else/,
    ],
    [
      "when it is not refused",
      () => given(library).when(borrow).thenRefused("invalid"),
      /Expected:\n {2}refused, invalid\nSeen:\n {2}Borrowed/,
    ],
    [
      "when it is refused",
      () =>
        given(library)
          .when({ ...borrow, data: {} })
          .thenNothing(),
      /Seen:\n {2}refused, invalid: Borrow is against its schema/,
    ],
    [
      "when what comes of it is against the schema",
      () => given(library).when(command("IssueCard", "c", { name: "a name of more than twenty letters" })),
      /against the schema of Card/,
    ],
  ]

  test.each(failures)("%s", (_when, run, message) => {
    expect(run).toThrow(AssertionError)
    expect(run).toThrow(message)
  })

  test("when what is given is not what the schema knows", () => {
    expect(() => given(library, anyEvent("Borowed", {})).when(borrow)).toThrow("The schema knows no event Borowed")
    expect(() => given(library, anyEvent("Borrowed", {})).when(borrow)).toThrow("Borrowed is against its schema")
    expect(() => given(library, { ...isBorrowed, rejection: true }).when(borrow)).toThrow("is no rejection")
    expect(() => given(library).when({ ...borrow, type: "Transact" })).toThrow("tried with testApp")
  })

  test("when an aggregate alone lacks what its schema begins with", () => {
    expect(() => given(book).when(borrow)).toThrow("say in(app)")
  })

  test("when it is awaited, though there is nothing to wait for", async () => {
    const decided: unknown = given(library).when(borrow)
    await expect(Promise.resolve(decided)).rejects.toThrow("do not await it")
  })
})

describe("it holds an aggregate to its promises:", () => {
  const wrong = (
    decide: Aggregate["decide"][string],
    evolve: Aggregate["evolve"][string] = state => state,
  ): Aggregate => {
    return { kind: "aggregate", type: "Book", decide: { Borrow: decide }, evolve: { Borrowed: evolve } }
  }

  test("a decision that answers otherwise the second time is not pure", () => {
    let times = 0
    const aggregate = wrong(() => anyEvent("Borrowed", { times: (times += 1) }))
    expect(() => given(aggregate).when(borrow)).toThrow("not decided purely")
  })

  test("a decision may not change the state, nor evolving what it is handed [N38]", () => {
    const deciding = wrong((_data, state: { readers: string[] }) => {
      state.readers.push("eve")
      return []
    })
    expect(() => given(deciding).in(library).when(borrow)).toThrow(TypeError)
    const evolving = wrong(
      () => [],
      (state: { borrower: string }) => {
        state.borrower = "eve"
        return state
      },
    )
    expect(() => given(evolving, isBorrowed).when(borrow)).toThrow(TypeError)
  })

  test("a rejection stands alone", () => {
    const aggregate = wrong(() => [isBorrowed, reject("AlreadyBorrowed", { borrower: "bob" })])
    expect(() => given(aggregate).when(borrow)).toThrow("A rejection changes nothing")
  })

  test("what it says is what the schema knows", () => {
    const aggregate = wrong(() => anyEvent("Borrowed", { who: "ann" }))
    expect(() => given(aggregate).in(library).when(borrow)).toThrow("Borrowed is against its schema")
  })
})
